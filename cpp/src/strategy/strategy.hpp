#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "dwconv/types.hpp"

namespace dwconv::strategy {

/// What a strategy is made for.
struct Request {
    Problem problem;  ///< normalized and valid
    MemoryOrder src_order = MemoryOrder::channels_first;
    MemoryOrder dst_order = MemoryOrder::channels_first;
    int threads = 1;
    /// Of what is added, where the problem adds something.
    MemoryOrder add_order = MemoryOrder::channels_first;
};

/// Weights and bias as a strategy wants them; the memory is the caller's.
struct PackedWeights {
    const float* data = nullptr;
    /// False where a weight is NaN or infinite: 0 · inf must not be formed in the padding then.
    bool finite = true;
};

/// What the cache of plans holds.
class Prepared {
public:
    virtual ~Prepared() = default;
};

/// One way of running one problem, made ready. Immutable; any number of threads may use it.
class Strategy : public Prepared {
public:
    virtual StrategyKind kind() const noexcept = 0;
    /// The names of the kernels that run, oneDNN's or our own, each once.
    virtual std::string implementation() const = 0;
    /// True where it runs on arrays in the orders of its request alone.
    virtual bool needs_its_orders() const noexcept = 0;
    /// Elements that pack() writes.
    virtual std::size_t packed_size() const noexcept = 0;
    /// `weights` is {channels, multiplier, kernel…}, `bias` {channels · multiplier}; any strides.
    /// `bias.data` is null where the problem has none. `packed` is aligned to 64 bytes.
    virtual PackedWeights pack(const TensorView& weights, const TensorView& bias,
                               float* packed) const = 0;
    /// `src` and `dst` have the problem's shapes; `dst` is written in full.
    virtual void run(const TensorView& src, const PackedWeights& weights,
                     const MutableTensorView& dst) const = 0;
    /// The same where the problem adds something: `add` has the shape and the type of `dst`.
    /// make_strategy() makes for such a problem none that cannot.
    virtual void run_adding(const TensorView& /*src*/, const PackedWeights& /*weights*/,
                            const TensorView& /*add*/, const MutableTensorView& /*dst*/) const {
        throw std::logic_error("dwconv: a strategy that adds nothing");
    }
};

// Each throws Unsupported where the strategy cannot serve the request, with the reason.

std::unique_ptr<const Strategy> make_direct(const Request& request);
std::unique_ptr<const Strategy> make_tiled(const Request& request);
/// `tiled` in three dimensions.
std::unique_ptr<const Strategy> make_tiled_volumes(const Request& request);
std::unique_ptr<const Strategy> make_planar(const Request& request);
std::unique_ptr<const Strategy> make_reordered(const Request& request);
/// The strategy that `kind` names, and then a pass over its result that adds, in any orders.
std::unique_ptr<const Strategy> make_added(const Request& request, StrategyKind kind);
/// For other types than float32.
std::unique_ptr<const Strategy> make_converted(const Request& request);
/// The same with the rows of planes converted one after the other; null where that cannot serve, or
/// is not better.
std::unique_ptr<const Strategy> make_converted_rows(const Request& request);

/// The strategy that `kind` names; for `automatic`, the best of those that can serve.
std::unique_ptr<const Strategy> make_strategy(const Request& request, StrategyKind kind);

/// Whether planar is the best for planes of float32, in two dimensions.
bool planar_is_best_for_planes(const Problem& problem);
/// Whether planar's sums of planes roll down the rows; see simd::sums_roll().
bool sums_roll(const Problem& problem);

}  // namespace dwconv::strategy
