#pragma once

#include <cstddef>
#include <cstdint>

#include "dwconv/tensor_view.hpp"

namespace dwconv::strategy {

/// A view's elements as runs that are evenly spaced, and the dimensions around them.
struct ElementRuns {
    Dims sizes;    ///< of what is around, the outermost first
    Dims strides;  ///< in elements
    std::int64_t length = 1;
    std::int64_t stride = 1;  ///< of a run's elements

    explicit ElementRuns(const TensorView& view) {
        bool begun = false;
        InlineVector<std::size_t, max_rank> around;
        for (std::size_t dim = view.shape.size(); dim-- > 0;) {
            if (view.shape[dim] == 1) continue;
            if (!begun) {
                begun = true;
                length = view.shape[dim];
                stride = view.strides[dim];
            } else if (around.empty() && view.strides[dim] == length * stride) {
                length *= view.shape[dim];
            } else {
                around.push_back(dim);
            }
        }
        for (std::size_t i = around.size(); i-- > 0;) {
            sizes.push_back(view.shape[around[i]]);
            strides.push_back(view.strides[around[i]]);
        }
    }

    /// Calls `body` with the index of the first element of each run, in order.
    template <class Body>
    void for_each(const Body& body, std::size_t dim = 0, std::int64_t first = 0) const {
        if (dim == sizes.size()) {
            body(first);
            return;
        }
        for (std::int64_t i = 0; i < sizes[dim]; ++i) {
            for_each(body, dim + 1, first + i * strides[dim]);
        }
    }
};

}  // namespace dwconv::strategy
