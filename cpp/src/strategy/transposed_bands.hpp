#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dwconv/tensor_view.hpp"
#include "strategy/plane_tiles.hpp"
#include "strategy/transposed_taps.hpp"

namespace dwconv::strategy {

/// What a band of rows of a plane of the result is made of: those of the source, between zeros, of
/// each depth and each member that a tap meets.
class TransposedBands {
public:
    /// `lanes`: floats of a vector of the kernels that read them. `taps` outlives this.
    TransposedBands(const TransposedRequest& request, const TransposedTaps& taps,
                    std::int64_t lanes);

    /// Rows of the result whose sources fit into a cache.
    std::int64_t most_rows() const noexcept;
    /// Makes room for so many rows of the result.
    void set_rows(std::int64_t rows);

    /// Floats of a row of the source, zeros included.
    std::int64_t pitch() const noexcept { return pitch_; }
    /// Floats of it all.
    std::size_t size() const noexcept { return static_cast<std::size_t>(images_ * image_size_); }
    /// Of each tap, the floats to what it is multiplied by for the first element of its phase.
    const std::vector<std::int64_t>& offsets() const noexcept { return offsets_; }

    /// Copies the sources of the rows of `part` of the planes at the depths from
    /// step · stride on, a stride of them. `src` has three dimensions, `from` is element 0 of its
    /// first member. All the rest of `bands` is zero.
    void fill(const TensorView& src, const float* from, std::int64_t step, const PlanePart& part,
              float* bands) const;

private:
    std::int64_t src_rows(std::int64_t rows) const noexcept;
    void copy_rows(const TensorView& src, const float* from, const PlanePart& part,
                   float* image) const;

    const TransposedTaps& taps_;
    std::int64_t src_height_;
    std::int64_t src_width_;
    std::vector<std::int64_t> depths_;  ///< offsets that occur, in rising order
    std::int64_t images_;               ///< depths and members
    std::int64_t pitch_;
    std::int64_t image_size_ = 0;
    std::vector<std::int64_t> offsets_;
};

}  // namespace dwconv::strategy
