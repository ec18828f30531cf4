#pragma once

#include "dwconv/tensor_view.hpp"
#include "onednn/scratch.hpp"

namespace dwconv {

/// A plan's own copy, in C order, of weights or of a bias, which may not be there.
class KeptArray {
public:
    explicit KeptArray(const TensorView& view);
    const TensorView& view() const noexcept { return view_; }

private:
    onednn::AlignedBuffer memory_;
    TensorView view_;
};

}  // namespace dwconv
