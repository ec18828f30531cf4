#include "strategy/exact.hpp"

#include <algorithm>

namespace dwconv::strategy {

namespace {

/// One output pixel of one image: `taps` are the weights of output channel 0 of the tile.
class Pixel {
public:
    Pixel(const Problem& problem, const Tile& tile, const onednn::KernelGeometry& geometry,
          const float* plain)
        : geometry_(geometry) {
        const Dims shape = problem.weights_shape();
        row_stride_ = shape[3];
        channel_stride_ = shape[2] * shape[3];
        output_stride_ = shape[1] * channel_stride_;
        taps_ = plain + tile.channels.begin * output_stride_ + tile.rows.tap_begin * row_stride_ +
                tile.columns.tap_begin;
    }

    /// The sum for an output channel, `image` being the tile's source.
    float sum(const float* image, std::int64_t output, std::int64_t row,
              std::int64_t column) const {
        const std::int64_t group = output / geometry_.multiplier;
        const float* const source = image + group * geometry_.group_channels;
        const float* const taps = taps_ + output * output_stride_;
        float sum = 0.0f;
        for (std::int64_t a = 0; a < geometry_.kernel[0]; ++a) {
            const std::int64_t y = at(0, row, a);
            if (y < 0 || y >= geometry_.input[0]) continue;
            for (std::int64_t b = 0; b < geometry_.kernel[1]; ++b) {
                const std::int64_t x = at(1, column, b);
                if (x < 0 || x >= geometry_.input[1]) continue;
                const float* const pixel =
                    source + (y * geometry_.input[1] + x) * geometry_.channels;
                for (std::int64_t c = 0; c < geometry_.group_channels; ++c) {
                    sum += pixel[c] * taps[c * channel_stride_ + a * row_stride_ + b];
                }
            }
        }
        return sum;
    }

private:
    std::int64_t at(std::size_t dim, std::int64_t output, std::int64_t tap) const {
        return output * geometry_.stride[dim] - geometry_.pad_low[dim] +
               tap * geometry_.dilation[dim];
    }

    const onednn::KernelGeometry& geometry_;
    const float* taps_;
    std::int64_t row_stride_;
    std::int64_t channel_stride_;
    std::int64_t output_stride_;
};

}  // namespace

bool has_padding(const onednn::KernelGeometry& g) noexcept {
    return g.pad_low[0] > 0 || g.pad_low[1] > 0 || g.pad_high[0] > 0 || g.pad_high[1] > 0;
}

void convolve_exactly(const Problem& problem, const Tile& tile,
                      const onednn::KernelGeometry& geometry, const float* plain,
                      const onednn::Operands& operands) {
    const Pixel pixel(problem, tile, geometry, plain);
    const std::int64_t image = geometry.input[0] * geometry.input[1] * geometry.channels;
    float* to = operands.dst;
    for (std::int64_t n = 0; n < geometry.batch; ++n) {
        for (std::int64_t row = 0; row < geometry.output[0]; ++row) {
            for (std::int64_t column = 0; column < geometry.output[1]; ++column) {
                for (std::int64_t o = 0; o < geometry.out_channels(); ++o) {
                    const float sum = pixel.sum(operands.src + n * image, o, row, column) +
                                      (operands.bias != nullptr ? operands.bias[o] : 0.0f);
                    *to++ = static_cast<float>(problem.activation(sum));
                }
            }
        }
    }
}

}  // namespace dwconv::strategy
