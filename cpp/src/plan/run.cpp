#include "plan/run.hpp"

#include "onednn/scratch.hpp"
#include "plan/kept_weights.hpp"

namespace dwconv {

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
