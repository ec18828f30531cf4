#include "dwconv/problem.hpp"

#include <algorithm>
#include <cstring>

#include "dwconv/errors.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv {

namespace {

void mix(std::size_t& seed, std::size_t value) {
    // The 64-bit golden-ratio mix of boost::hash_combine.
    seed ^= value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2);
}

std::uint32_t bits_of(float value) {
    // +0 and -0 compare equal, and must hash alike.
    value += 0.0f;
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

}  // namespace

Problem Problem::normalized() const {
    Problem full = *this;
    const std::size_t rank = spatial.size();
    if (full.stride.empty()) full.stride = Dims(rank, 1);
    if (full.dilation.empty()) full.dilation = Dims(rank, 1);
    if (full.padding.empty()) full.padding = Paddings(rank, Padding{});
    if (full.is_depthwise()) full.groups = 0;
    return full;
}

Dims Problem::output_spatial() const {
    Dims output;
    for (std::size_t i = 0; i < spatial.size(); ++i) {
        const Padding pad = padding.empty() ? Padding{} : padding[i];
        const std::int64_t extent = (kernel[i] - 1) * (dilation.empty() ? 1 : dilation[i]) + 1;
        const std::int64_t room = spatial[i] + pad.low + pad.high - extent;
        // Most strides are 1, and a division takes long where all of a small problem takes 1 µs.
        const std::int64_t step = stride.empty() ? 1 : stride[i];
        output.push_back(room < 0 ? 0 : (step == 1 ? room : room / step) + 1);
    }
    return output;
}

Dims Problem::src_shape() const {
    Dims shape = {batch, channels};
    for (const std::int64_t size : spatial) shape.push_back(size);
    return shape;
}

Dims Problem::weights_shape() const {
    Dims shape =
        is_depthwise() ? Dims{channels, multiplier} : Dims{out_channels(), group_channels()};
    for (const std::int64_t size : kernel) shape.push_back(size);
    return shape;
}

Dims Problem::dst_shape() const {
    Dims shape = {batch, out_channels()};
    for (const std::int64_t size : output_spatial()) shape.push_back(size);
    return shape;
}

std::int64_t Problem::flops() const {
    return 2 * element_count(dst_shape()) * group_channels() * element_count(kernel);
}

std::int64_t Problem::nbytes() const {
    const auto bytes = [](std::int64_t count, DataType dtype) {
        return count * static_cast<std::int64_t>(size_of(dtype));
    };
    const std::int64_t of_channels = (bias ? 1 : 0) + (scale ? 1 : 0) + (shift ? 1 : 0);
    return bytes(element_count(src_shape()), src_dtype) +
           bytes(element_count(weights_shape()), weights_dtype) +
           bytes(element_count(dst_shape()), dst_dtype) * (add ? 2 : 1) +
           bytes(of_channels * out_channels(), DataType::float32);
}

bool Problem::operator==(const Problem& other) const noexcept {
    return batch == other.batch && channels == other.channels && groups == other.groups &&
           multiplier == other.multiplier && spatial == other.spatial && kernel == other.kernel &&
           stride == other.stride && dilation == other.dilation && padding == other.padding &&
           bias == other.bias && scale == other.scale && shift == other.shift && add == other.add &&
           activation == other.activation && src_dtype == other.src_dtype &&
           weights_dtype == other.weights_dtype && dst_dtype == other.dst_dtype;
}

Paddings padding_by(PaddingRule rule, const Problem& problem) {
    const Problem full = problem.normalized();
    if (rule == PaddingRule::causal) {
        if (full.spatial.size() != 1) {
            throw InvalidArgument({"padding", "'causal' for one spatial dimension alone",
                                   std::to_string(full.spatial.size()) + " of them"});
        }
        // A kernel or dilation below 1 is for validate() to refuse.
        return {{std::max<std::int64_t>((full.kernel[0] - 1) * full.dilation[0], 0), 0}};
    }
    Paddings padding;
    for (std::size_t i = 0; i < full.spatial.size(); ++i) {
        // A stride below 1 is for validate() to refuse; here it must only not be divided by.
        const std::int64_t stride = std::max<std::int64_t>(full.stride[i], 1);
        const std::int64_t output = (full.spatial[i] + stride - 1) / stride;
        const std::int64_t extent = (full.kernel[i] - 1) * full.dilation[i] + 1;
        const std::int64_t total =
            std::max<std::int64_t>((output - 1) * stride + extent - full.spatial[i], 0);
        const std::int64_t less = total / 2;
        padding.push_back(rule == PaddingRule::same_upper ? Padding{less, total - less}
                                                          : Padding{total - less, less});
    }
    return padding;
}

}  // namespace dwconv

std::size_t std::hash<dwconv::Problem>::operator()(const dwconv::Problem& p) const noexcept {
    using dwconv::mix;
    std::size_t seed = 0;
    const auto add = [&seed](std::int64_t value) { mix(seed, static_cast<std::size_t>(value)); };
    for (const std::int64_t value : {p.batch, p.channels, p.groups, p.multiplier}) add(value);
    for (const auto* dims : {&p.spatial, &p.kernel, &p.stride, &p.dilation}) {
        add(static_cast<std::int64_t>(dims->size()));
        for (const std::int64_t value : *dims) add(value);
    }
    for (const dwconv::Padding& pad : p.padding) {
        add(pad.low);
        add(pad.high);
    }
    add((p.bias ? 1 : 0) + (p.scale ? 2 : 0) + (p.shift ? 4 : 0) + (p.add ? 8 : 0));
    add(static_cast<std::int64_t>(p.activation.kind));
    add(dwconv::bits_of(p.activation.alpha));
    add(dwconv::bits_of(p.activation.beta));
    add(static_cast<std::int64_t>(p.src_dtype));
    add(static_cast<std::int64_t>(p.weights_dtype));
    add(static_cast<std::int64_t>(p.dst_dtype));
    return seed;
}
