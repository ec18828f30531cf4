#include "plan/run.hpp"

#include "onednn/scratch.hpp"
#include "plan/kept_weights.hpp"
#include "plan/lift.hpp"

namespace dwconv {

void run(const strategy::Strategy& strategy, const TensorView& src,
         const strategy::PackedWeights& weights, const MutableTensorView& dst) {
    // Views are not copied for nothing: a small convolution takes no longer than some copies.
    if (src.shape.size() == rank_of_lines) {
        strategy.run(lifted(src), weights, lifted(dst));
    } else {
        strategy.run(src, weights, dst);
    }
}

void pack_and_run(const std::shared_ptr<const strategy::Prepared>& prepared,
                  const TensorView& weights, const TensorView& bias, const TensorView& src,
                  const MutableTensorView& dst) {
    const auto& strategy = static_cast<const strategy::Strategy&>(*prepared);
    if (KeptWeights::can_keep(strategy, weights, bias)) {
        thread_local KeptWeights kept;
        run(strategy, src, kept.packed(prepared, weights, bias), dst);
        return;
    }
    float* const memory = onednn::thread_scratch().weights.reserve(strategy.packed_size());
    run(strategy, src, strategy.pack(weights, bias, memory), dst);
}

}  // namespace dwconv
