#pragma once

#include <cstdint>
#include <memory>

#include "strategy/pass.hpp"
#include "strategy/phases.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

/// What a strategy for backward data or transposed convolution is made for.
struct TransposedRequest {
    /// The problem whose source is made here, with the bias and the activation that end it. The
    /// memory orders are those of the arrays that are read and written.
    Request request;
    Pass pass = Pass::backward_data;
    /// {height, width}, or {depth, height, width}, of what is read.
    Dims input;

    /// Channels of the multiplier are summed; else each makes one of its own.
    bool sums() const noexcept { return pass == Pass::backward_data; }
    std::int64_t all_channels() const noexcept {
        return request.problem.channels * request.problem.multiplier;
    }
    std::int64_t src_channels() const noexcept {
        return sums() ? all_channels() : request.problem.channels;
    }
    std::int64_t dst_channels() const noexcept {
        return sums() ? request.problem.channels : all_channels();
    }
    Backward axis(std::size_t dim) const;
    /// Multiply-adds, and what moving the elements is worth of them.
    std::int64_t work() const;
};

/// Two spatial dimensions as three with a depth of 1; three as they are.
TransposedRequest with_depth(const TransposedRequest& request);

/// The best strategy that can serve. Its weights are those of the problem.
std::unique_ptr<const Strategy> make_transposed(const TransposedRequest& request);

// Each throws Unsupported where it cannot serve.

/// The forward convolution by the kernel turned round, for a stride of 1.
std::unique_ptr<const Strategy> make_flipped(const TransposedRequest& request);
/// Own kernels, plane by plane, for memory of any order.
std::unique_ptr<const Strategy> make_transposed_planes(const TransposedRequest& request);
/// Own kernels for channels-last memory.
std::unique_ptr<const Strategy> make_transposed_pixels(const TransposedRequest& request);

}  // namespace dwconv::strategy
