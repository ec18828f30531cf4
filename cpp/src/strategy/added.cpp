#include "onednn/library.hpp"
#include "simd/add.hpp"
#include "strategy/residual.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

namespace {

Request without_epilogue(Request request) {
    request.problem.add = false;
    request.problem.activation = {};
    return request;
}

/// A strategy that leaves out the activation, and a pass over its result that adds and applies it.
class Added final : public Strategy {
public:
    Added(const Request& request, StrategyKind kind)
        : convolution_(make_strategy(without_epilogue(request), kind)),
          activation_(request.problem.activation),
          threads_(request.threads) {}

    StrategyKind kind() const noexcept override { return convolution_->kind(); }
    std::string implementation() const override {
        return convolution_->implementation() + ", " + simd::add_name(onednn::simd_level());
    }
    bool needs_its_orders() const noexcept override { return convolution_->needs_its_orders(); }
    std::size_t packed_size() const noexcept override { return convolution_->packed_size(); }
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        return convolution_->pack(weights, bias, packed);
    }

    void run(const TensorView&, const PackedWeights&, const MutableTensorView&) const override {
        throw std::logic_error("dwconv: a strategy without what it adds");
    }
    void run_adding(const TensorView& src, const PackedWeights& weights, const TensorView& add,
                    const MutableTensorView& dst) const override {
        convolution_->run(src, weights, dst);
        add_array(add, dst, threads_, activation_);
    }

private:
    std::unique_ptr<const Strategy> convolution_;
    simd::FusedActivation activation_;
    int threads_;
};

}  // namespace

std::unique_ptr<const Strategy> make_added(const Request& request, StrategyKind kind) {
    return std::make_unique<Added>(request, kind);
}

}  // namespace dwconv::strategy
