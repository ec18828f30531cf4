#include "dwconv/layout.hpp"

#include <algorithm>
#include <array>

#include "dwconv/errors.hpp"

namespace dwconv {

namespace {

constexpr std::array<std::string_view, 12> supported = {
    "NCHW", "NHWC", "CHW", "HWC", "NCW", "NWC", "CW", "WC", "NCDHW", "NDHWC", "CDHW", "DHWC"};

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

/// "'a', 'b' or 'c'"
template <std::size_t N>
std::string listed(const std::array<std::string_view, N>& list) {
    std::string text = quoted(list[0]);
    for (std::size_t i = 1; i < N; ++i) text += (i + 1 == N ? " or " : ", ") + quoted(list[i]);
    return text;
}

/// The dimensions of the kernel at the end of a shape, as a user would write them.
std::string kernel_text(std::size_t spatial_rank) {
    if (spatial_rank == 1) return ", k)";
    return spatial_rank == 2 ? ", kh, kw)" : ", kd, kh, kw)";
}

/// The three forms for this number of channels.
std::string expected_weights(std::int64_t channels, std::size_t spatial_rank) {
    const std::string c = std::to_string(channels);
    const std::string kernel = kernel_text(spatial_rank);
    return "shape (" + c + kernel + ", (" + c + "*M, 1" + kernel + " or (" + c + ", M, 1" + kernel;
}

std::string expected_transposed_weights(std::int64_t channels, std::size_t spatial_rank) {
    const std::string c = std::to_string(channels);
    const std::string kernel = kernel_text(spatial_rank);
    return "shape (" + c + kernel + ", (" + c + ", M" + kernel + " or (" + c + ", M, 1" + kernel;
}

void require_a_channel(std::int64_t channels) {
    if (channels >= 1) return;
    throw InvalidArgument({"src", "at least 1 channel", std::to_string(channels)});
}

}  // namespace

std::string to_string(const Dims& dims) {
    std::string text = "(";
    for (std::size_t i = 0; i < dims.size(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
    }
    return text + (dims.size() == 1 ? ",)" : ")");
}

Layout::Layout(std::string_view letters) : letters_(letters) {
    if (std::find(supported.begin(), supported.end(), letters) == supported.end()) {
        throw InvalidArgument({"layout", listed(supported), quoted(letters)});
    }
    for (const char letter : std::string_view("NCDHW")) {
        const std::size_t position = letters.find(letter);
        // Any has a width, not all a depth and a height. A batch that is not there keeps its place.
        if (letter != 'N' && position == letters.npos) continue;
        positions_.push_back(position);
    }
}

template <class View>
View Layout::permuted(View view, const char* argument) const {
    if (view.shape.size() != rank()) {
        throw InvalidArgument(
            {argument, std::to_string(rank()) + " dimensions for layout " + quoted(letters_),
             "shape " + to_string(view.shape)});
    }
    View canonical = view;
    canonical.shape = {};
    canonical.strides = {};
    if (!batched()) {
        canonical.shape.push_back(1);
        canonical.strides.push_back(element_count(view.shape));
    }
    for (std::size_t dim = batched() ? 0 : 1; dim < spatial_rank() + 2; ++dim) {
        canonical.shape.push_back(view.shape[positions_[dim]]);
        canonical.strides.push_back(view.strides[positions_[dim]]);
    }
    if (canonical.shape[1] == 0) {
        throw InvalidArgument({argument, "at least 1 channel", "shape " + to_string(view.shape)});
    }
    return canonical;
}

TensorView Layout::canonical(const TensorView& view, const char* argument) const {
    return permuted(view, argument);
}

MutableTensorView Layout::canonical(const MutableTensorView& view, const char* argument) const {
    return permuted(view, argument);
}

Dims Layout::from_canonical(const Dims& canonical) const {
    Dims own(rank(), 0);
    for (std::size_t dim = batched() ? 0 : 1; dim < canonical.size(); ++dim) {
        own[positions_[dim]] = canonical[dim];
    }
    return own;
}

TensorView canonical_weights(const TensorView& weights, std::int64_t channels,
                             std::size_t spatial_rank) {
    const Dims& shape = weights.shape;
    const Dims& strides = weights.strides;
    const auto wrong = [&] {
        return InvalidArgument(
            {"weights", expected_weights(channels, spatial_rank), to_string(shape)});
    };
    require_a_channel(channels);
    const std::size_t extra = shape.size() - spatial_rank;
    if (shape.size() <= spatial_rank || extra > 3) throw wrong();
    std::int64_t multiplier = 1;
    std::int64_t multiplier_stride = 0;
    std::int64_t channel_stride = strides[0];
    if (extra == 2) {
        if (shape[1] != 1 || shape[0] == 0 || shape[0] % channels != 0) throw wrong();
        multiplier = shape[0] / channels;
        multiplier_stride = strides[0];
        channel_stride = strides[0] * multiplier;
    } else {
        if (shape[0] != channels) throw wrong();
        if (extra == 3) {
            if (shape[1] == 0 || shape[2] != 1) throw wrong();
            multiplier = shape[1];
            multiplier_stride = strides[1];
        }
    }
    TensorView canonical = weights;
    canonical.shape = {channels, multiplier};
    canonical.strides = {channel_stride, multiplier_stride};
    for (std::size_t i = extra; i < shape.size(); ++i) {
        canonical.shape.push_back(shape[i]);
        canonical.strides.push_back(strides[i]);
    }
    return canonical;
}

TensorView canonical_weights(const TensorView& weights, std::int64_t channels, std::int64_t groups,
                             std::size_t spatial_rank) {
    require_a_channel(channels);
    if (groups < 1 || channels % groups != 0) {
        throw InvalidArgument({"groups",
                               "a divisor of the number of channels, " + std::to_string(channels),
                               std::to_string(groups)});
    }
    const Dims& shape = weights.shape;
    const std::int64_t group_channels = channels / groups;
    if (shape.size() != spatial_rank + 2 || shape[0] == 0 || shape[0] % groups != 0 ||
        shape[1] != group_channels) {
        const std::string outputs = groups == 1 ? "O" : std::to_string(groups) + "*M";
        throw InvalidArgument({"weights",
                               "shape (" + outputs + ", " + std::to_string(group_channels) +
                                   kernel_text(spatial_rank),
                               to_string(shape)});
    }
    return groups == channels ? canonical_weights(weights, channels, spatial_rank) : weights;
}

TensorView canonical_transposed_weights(const TensorView& weights, std::int64_t channels,
                                        std::size_t spatial_rank) {
    const Dims& shape = weights.shape;
    const bool is_canonical = shape.size() == spatial_rank + 2;
    const bool has_channels = shape.size() > spatial_rank && shape[0] == channels;
    const bool fits = shape.size() < spatial_rank + 3 || shape[2] == 1;
    const bool has_outputs = shape.size() < spatial_rank + 2 || shape[1] != 0;
    if (channels >= 1 && !(has_channels && has_outputs && fits)) {
        throw InvalidArgument(
            {"weights", expected_transposed_weights(channels, spatial_rank), to_string(shape)});
    }
    return is_canonical ? weights : canonical_weights(weights, channels, spatial_rank);
}

}  // namespace dwconv
