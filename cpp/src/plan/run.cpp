#include "plan/run.hpp"

#include "onednn/scratch.hpp"
#include "plan/kept_weights.hpp"

namespace dwconv {

void run(const strategy::Strategy& strategy, const TensorView& src,
         const strategy::PackedWeights& weights, const TensorView& add,
         const MutableTensorView& dst) {
    if (add.data == nullptr) {
        run(strategy, src, weights, dst);
    } else if (src.shape.size() == rank_of_lines) {
        strategy.run_adding(lifted(src), weights, lifted(add), lifted(dst));
    } else {
        strategy.run_adding(src, weights, add, dst);
    }
}

void pack_and_run(const std::shared_ptr<const strategy::Prepared>& prepared,
                  const TensorView& weights, const TensorView& bias, const TensorView& src,
                  const TensorView& add, const MutableTensorView& dst) {
    const auto& strategy = static_cast<const strategy::Strategy&>(*prepared);
    if (KeptWeights::can_keep(strategy, weights, bias)) {
        thread_local KeptWeights kept;
        run(strategy, src, kept.packed(prepared, weights, bias), add, dst);
        return;
    }
    float* const memory = onednn::thread_scratch().weights.reserve(strategy.packed_size());
    run(strategy, src, strategy.pack(weights, bias, memory), add, dst);
}

}  // namespace dwconv
