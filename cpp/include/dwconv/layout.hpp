#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dwconv/export.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv {

/// The order of an array's dimensions, by letters: "NCHW", "NHWC", "NCW", "NWC", "NCDHW", "NDHWC",
/// and the same without N. N is the batch, C the channels; without N, an array is one image,
/// sequence or volume.
class DWCONV_EXPORT Layout {
public:
    /// @throws InvalidArgument for letters that are not a layout
    explicit Layout(std::string_view letters);

    std::string_view letters() const noexcept { return letters_; }
    std::size_t rank() const noexcept { return letters_.size(); }
    std::size_t spatial_rank() const noexcept { return rank() - (batched() ? 2 : 1); }
    bool batched() const noexcept { return letters_[0] == 'N'; }

    /// The view with its dimensions in the order (n, c, spatial…), n = 1 where there is none.
    /// @param argument  the view's name in the error
    /// @throws InvalidArgument where the view's rank is not the layout's, or it has no channels
    TensorView canonical(const TensorView& view, const char* argument) const;
    MutableTensorView canonical(const MutableTensorView& view, const char* argument) const;

    /// The inverse for a shape: (n, c, spatial…) to the layout's own order.
    Dims from_canonical(const Dims& canonical) const;

private:
    template <class View>
    View permuted(View view, const char* argument) const;

    std::string letters_;
    /// Where each canonical dimension is among the letters; nothing for a batch that is not there.
    InlineVector<std::size_t, max_rank> positions_;
};

/// Weights as {channels, multiplier, kernel…}, from one of the forms (channels, k…),
/// (channels·M, 1, k…) and (channels, M, 1, k…), which their rank tells apart.
/// @throws InvalidArgument naming `weights`
DWCONV_EXPORT TensorView canonical_weights(const TensorView& weights, std::int64_t channels,
                                           std::size_t spatial_rank);

/// The same of a transposed convolution, from one of the forms (channels, k…), (channels, M, k…)
/// and (channels, M, 1, k…).
/// @throws InvalidArgument naming `weights`
DWCONV_EXPORT TensorView canonical_transposed_weights(const TensorView& weights,
                                                      std::int64_t channels,
                                                      std::size_t spatial_rank);

/// Weights (O, channels / groups, k…) of a convolution with groups, as Problem::weights_shape() has
/// them.
/// @throws InvalidArgument naming `groups` or `weights`
DWCONV_EXPORT TensorView canonical_weights(const TensorView& weights, std::int64_t channels,
                                           std::int64_t groups, std::size_t spatial_rank);

/// "(1, 2, 3)"
DWCONV_EXPORT std::string to_string(const Dims& dims);

}  // namespace dwconv
