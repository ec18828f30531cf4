#include "plan/run.hpp"

#include "onednn/scratch.hpp"

namespace dwconv {

void pack_and_run(const strategy::Strategy& strategy, const TensorView& weights,
                  const TensorView& bias, const TensorView& src, const MutableTensorView& dst) {
    float* const memory = onednn::thread_scratch().weights.reserve(strategy.packed_size());
    strategy.run(src, strategy.pack(weights, bias, memory), dst);
}

}  // namespace dwconv
