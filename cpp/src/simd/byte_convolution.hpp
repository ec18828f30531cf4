#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "dwconv/problem.hpp"
#include "simd/level.hpp"
#include "simd/planar_geometry.hpp"

namespace dwconv::simd {

/// The numbers of a quantized convolution, each less its zero point where that is not a member.
struct ByteWeights {
    const float* weights;       ///< {channels, taps}, integers from -255 to 255
    const std::int32_t* bias;   ///< {channels}, or null
    const float* multipliers;   ///< {channels}
    std::int32_t src_zero = 0;  ///< what padding is
    std::int32_t dst_zero = 0;

    /// The largest magnitude of a sum of so many taps of a channel, and of its bias.
    std::int64_t largest_sum(std::int64_t channel, std::int64_t taps) const;
};

struct ByteArrays {
    const void* src;
    void* dst;
    const float* packed;
};

/// Some rows of some strips of the destination: those of a plane, or of an image that is
/// channels-last, next to each other, and then those of the next one.
struct BytePart {
    std::int64_t strip;
    std::int64_t strip_end;
    std::int64_t row;
    std::int64_t row_end;
};

/// A convolution of uint8 or int8 in two dimensions on dense memory with exact sums, which are
/// multiplied and rounded to one of these types again. Immutable.
class ByteConvolution {
public:
    ByteConvolution() = default;
    ByteConvolution(const ByteConvolution&) = delete;
    ByteConvolution& operator=(const ByteConvolution&) = delete;
    virtual ~ByteConvolution() = default;

    /// Of the kernels, as "quads:avx512_vnni 3x3".
    virtual std::string name() const = 0;

    /// Of the destination.
    virtual std::int64_t strips() const noexcept = 0;
    virtual std::int64_t rows() const noexcept = 0;

    /// Floats that pack() writes.
    virtual std::size_t packed_size() const noexcept = 0;
    virtual void pack(const ByteWeights& weights, float* packed) const = 0;

    /// Floats of scratch memory, aligned to 64 bytes, for run().
    virtual std::size_t scratch_size() const noexcept = 0;
    virtual void run(const ByteArrays& arrays, const BytePart& part, float* scratch) const = 0;
};

/// The fastest for this instruction set; null where none can. `problem` is normalized.
std::unique_ptr<const ByteConvolution> make_byte_convolution(const Problem& problem,
                                                             PlanarOrder order, Level level,
                                                             bool has_vnni);

}  // namespace dwconv::simd
