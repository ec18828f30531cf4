#pragma once

#include <memory>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "dwconv/types.hpp"

namespace dwconv {

/// How a problem is to be run, apart from what it computes.
struct PlanOptions {
    /// The memory orders to make ready for. Arrays in another order work too, by another way.
    MemoryOrder src_order = MemoryOrder::channels_first;
    MemoryOrder dst_order = MemoryOrder::channels_first;
    /// The most threads to use; 0 means get_num_threads() at the time the plan is made.
    int threads = 0;
    StrategyKind strategy = StrategyKind::automatic;
    /// Run the strategies that can serve on arrays like the problem's, and take the fastest, where
    /// `strategy` is automatic. The outcome is kept in the cache for the next plan of this problem.
    bool tune = false;
};

/// All that a convolution has for each channel, with any strides. What there is not is an empty
/// view.
struct ConvWeights {
    TensorView weights;  ///< {channels, multiplier, kernel…}, or another form as Plan takes it
    TensorView bias;     ///< {channels · multiplier}, as are the others; see Plan
    TensorView scale;    ///< of float32, or of the source's type where that is float16 or bfloat16
    TensorView shift;    ///< the same
};

/// A problem made ready with its weights: descriptors, compiled kernels, packed weights.
///
/// Immutable, cheap to copy, and safe to use from any number of threads at once and, if made before
/// a fork(), after it in the child.
class DWCONV_EXPORT Plan {
public:
    /// @param problem  its `bias` is taken from whether `bias` is given
    /// @param weights  {channels, multiplier, kernel…}, or one of the other forms that
    ///                 canonical_weights() takes; any strides; copied
    /// @param bias     {channels · multiplier}, or an empty view for none; copied. Of float32, or
    ///                 the type of the source; of int32 where that is int8 or uint8
    /// @throws InvalidArgument, InvalidType, Unsupported, BackendError
    Plan(const Problem& problem, const TensorView& weights, const TensorView& bias = {},
         const PlanOptions& options = {});
    /// The same with scale and shift, which are folded into weights and bias.
    ///
    /// @param problem  its `bias`, `scale` and `shift` are taken from whether they are given
    Plan(const Problem& problem, const ConvWeights& weights, const PlanOptions& options = {});

    /// dst = the problem's convolution of src, of a problem that does not `add`.
    ///
    /// @param src  {batch, channels, spatial…}, any strides
    /// @param dst  {batch, channels · multiplier, output spatial…}, any strides, written in full;
    ///             may not overlap src
    /// @throws InvalidArgument, InvalidType, BackendError
    void execute(const TensorView& src, const MutableTensorView& dst) const;
    /// The same for a problem that does.
    ///
    /// @param add  of the shape and type of dst, any strides; may be src, and may not overlap dst
    void execute(const TensorView& src, const TensorView& add, const MutableTensorView& dst) const;

    const Problem& problem() const noexcept;
    /// The way that runs arrays in the orders the plan was made for.
    StrategyKind strategy() const noexcept;
    /// oneDNN's names of the kernels that it runs, separated by ", ".
    std::string implementation() const;
    int threads() const noexcept;

private:
    struct State;
    std::shared_ptr<const State> state_;
};

}  // namespace dwconv
