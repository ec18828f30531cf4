#include "strategy/transposed.hpp"

#include <utility>

#include "dwconv/errors.hpp"
#include "strategy/with_depth.hpp"

namespace dwconv::strategy {

namespace {

/// {channels, multiplier, kernel…} with the taps in reverse.
TensorView turned_round(const TensorView& weights) {
    TensorView view = weights;
    const float* first = weights.floats();
    for (std::size_t dim = 2; dim < view.shape.size(); ++dim) {
        first += (view.shape[dim] - 1) * view.strides[dim];
        view.strides[dim] = -view.strides[dim];
    }
    view.data = first;
    return view;
}

/// The convolution of what is read. With a stride of 1, element i is met at the outputs
/// i + pad_low - k · dilation: a correlation by the kernel turned round.
Request forward_request(const TransposedRequest& asked) {
    Request request = asked.request;
    Problem& problem = request.problem;
    if (asked.sums() && problem.multiplier != 1) {
        throw Unsupported({"strategy", "one that can serve this problem",
                           "a sum over the channels of a multiplier"});
    }
    for (std::size_t dim = 0; dim < problem.spatial.size(); ++dim) {
        const Backward axis = asked.axis(dim);
        const Padding padding = {(axis.kernel - 1) * axis.dilation - axis.pad_low,
                                 axis.elements + axis.pad_low - axis.outputs};
        if (axis.stride != 1 || padding.low < 0 || padding.high < 0) {
            throw Unsupported({"strategy", "one that can serve this problem",
                               "a stride, or more padding than taps"});
        }
        problem.padding[dim] = padding;
        problem.spatial[dim] = axis.outputs;
    }
    return request;
}

class Flipped final : public Strategy {
public:
    explicit Flipped(const TransposedRequest& request)
        : forward_(make_strategy(forward_request(request), StrategyKind::automatic)) {}

    StrategyKind kind() const noexcept override { return forward_->kind(); }
    bool needs_its_orders() const noexcept override { return forward_->needs_its_orders(); }
    std::string implementation() const override { return forward_->implementation(); }
    std::size_t packed_size() const noexcept override { return forward_->packed_size(); }
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        return forward_->pack(turned_round(weights), bias, packed);
    }
    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        forward_->run(src, weights, dst);
    }

private:
    std::unique_ptr<const Strategy> forward_;
};

}  // namespace

Backward TransposedRequest::axis(std::size_t dim) const {
    const Problem& problem = request.problem;
    return {problem.spatial[dim],  input[dim],
            problem.kernel[dim],   problem.stride[dim],
            problem.dilation[dim], problem.padding[dim].low};
}

std::int64_t TransposedRequest::work() const {
    const Problem& problem = request.problem;
    const std::int64_t read = problem.batch * element_count(input);
    const std::int64_t products = read * all_channels() * element_count(problem.kernel);
    const std::int64_t written = problem.batch * element_count(problem.spatial) * dst_channels();
    return products + 4 * (read * src_channels() + written);
}

TransposedRequest with_depth(const TransposedRequest& request) {
    TransposedRequest volumes = request;
    volumes.request.problem = with_depth(request.request.problem);
    volumes.input = with_depth(request.input);
    return volumes;
}

std::unique_ptr<const Strategy> make_flipped(const TransposedRequest& request) {
    return std::make_unique<Flipped>(request);
}

std::unique_ptr<const Strategy> make_transposed(const TransposedRequest& request) {
    for (const auto make : {make_flipped, make_transposed_pixels}) {
        try {
            return make(request);
        } catch (const Unsupported&) {
            // The next one.
        }
    }
    return make_transposed_planes(request);
}

}  // namespace dwconv::strategy
