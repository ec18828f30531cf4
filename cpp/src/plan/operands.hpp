#pragma once

#include "dwconv/plan.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "strategy/strategy.hpp"

namespace dwconv {

/// An empty view stands for an array that there is not.
inline const TensorView no_array;

inline bool is_given(const TensorView& view) noexcept {
    return view.data != nullptr || !view.shape.empty();
}

/// A problem with its weights, checked: what both doors, Plan and depthwise(), begin with.
struct Operands {
    Problem problem;     ///< as asked, normalized and valid
    TensorView weights;  ///< lifted
    TensorView bias;

    /// Of a problem that adds nothing.
    /// @throws InvalidArgument, InvalidType, Unsupported
    Operands(const Problem& problem, const TensorView& weights, const TensorView& bias);
};

/// @throws InvalidArgument where this is no array with an element for each channel of the
/// destination
void require_channels(const char* argument, const TensorView& given, const Problem& problem);

/// The request for a problem under these options; it is lifted, and `threads` becomes a number.
/// @throws InvalidArgument
strategy::Request request_of(const Problem& problem, const PlanOptions& options);

/// For a pass that has one way alone, which the error names.
/// @throws Unsupported where the options name a strategy, or ask for tuning
void require_no_choice(const PlanOptions& options, const char* pass);

/// `View` is TensorView or MutableTensorView, neither of which is copied for this.
/// @throws InvalidArgument, InvalidType where an array is not there, or not as expected
template <class View>
void require_array(const char* argument, const View& given, DataType dtype, const Dims& shape);

/// What the source and the destination of a problem look like, worked out once.
class ArrayForms {
public:
    /// `problem` is valid.
    explicit ArrayForms(const Problem& problem);
    /// Of float32. The names are for errors.
    ArrayForms(const Dims& src, const Dims& dst, const char* src_name = "src",
               const char* dst_name = "dst")
        : src_name_(src_name), dst_name_(dst_name), src_shape_(src), dst_shape_(dst) {}

    /// @throws InvalidArgument, InvalidType where an array's shape or type is not the problem's.
    void require(const TensorView& src, const MutableTensorView& dst) const;
    /// The same of what is added.
    void require_add(const TensorView& add) const;

private:
    const char* src_name_ = "src";
    const char* dst_name_ = "dst";
    DataType src_dtype_ = DataType::float32;
    Dims src_shape_;
    DataType dst_dtype_ = DataType::float32;
    Dims dst_shape_;
};

}  // namespace dwconv
