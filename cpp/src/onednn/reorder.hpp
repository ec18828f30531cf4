#pragma once

#include <dnnl.hpp>
#include <optional>

#include "dwconv/tensor_view.hpp"

namespace dwconv::onednn {

/// The view as oneDNN describes memory; nothing where it cannot, since elements overlap or lie in
/// reverse order.
std::optional<dnnl::memory::desc> describe(const TensorView& view);

/// A change of layout, compiled for one thread. Immutable and safe to run on any number of threads.
class Reorder {
public:
    Reorder(const dnnl::memory::desc& from, const dnnl::memory::desc& to);

    bool is_from(const dnnl::memory::desc& from) const { return from_ == from; }
    bool is_to(const dnnl::memory::desc& to) const { return to_ == to; }
    /// @throws BackendError
    void operator()(const float* from, float* to) const;

private:
    dnnl::memory::desc from_;
    dnnl::memory::desc to_;
    dnnl::memory::desc scratchpad_;
    dnnl::reorder primitive_;
};

}  // namespace dwconv::onednn
