#pragma once

#include <cstdint>
#include <vector>

#include "onednn/scratch.hpp"
#include "strategy/row_ring.hpp"
#include "strategy/source_rows.hpp"
#include "strategy/tap_blocks.hpp"
#include "strategy/weights_axes.hpp"

namespace dwconv::strategy {

/// Memory of one thread.
struct WeightsBuffers {
    onednn::ScratchBuffer sums;
    onednn::ScratchBuffer rows;
    std::vector<const float*> src_rows;
    std::vector<const float*> diff_rows;
};

/// A plane, or a vector of channels, of source and gradient, and the rows of outputs that count.
struct WeightsPlanes {
    PlaneRows src;
    PlaneRows diff_dst;
    std::int64_t begin;
    std::int64_t end;
};

/// Sums the products of planes, band by band.
///
/// A band is that of the source's rows which begin with those of outputs `begin` to `end` by the
/// first tap. The gradients that they meet by other taps are those of outputs before: so no row of
/// the source is in two bands, and the rows of the gradient that are stay in a ring.
class WeightsBands {
public:
    /// `vectors`: lanes are channels; else columns.
    WeightsBands(const WeightsAxis& rows, const WeightsAxis& columns,
                 const simd::WeightsKernels& kernels, bool vectors);

    const TapBlocks& blocks() const noexcept { return blocks_; }
    /// Rows of a band, at most.
    std::int64_t band() const noexcept { return band_; }
    /// Where the bands end for outputs up to `end`.
    std::int64_t end(std::int64_t end) const noexcept { return end + blocks_.last_offset(); }
    /// Terms of each lane of a sum over a row.
    std::int64_t terms() const noexcept { return columns_; }

    /// The work of one thread.
    class Worker {
    public:
        Worker(const WeightsBands& bands, WeightsBuffers& buffers);

        /// Adds the products of a band by all taps to `sums`, a vector each in the order of the
        /// blocks.
        void add_products(const WeightsPlanes& planes, std::int64_t begin, std::int64_t end,
                          float* sums);
        /// Adds the gradient of these outputs to one vector.
        void add_gradient(const PlaneRows& diff_dst, std::int64_t begin, std::int64_t end,
                          float* sums);

    private:
        void add_block(const WeightsPlanes& planes, const TapBlock& taps, std::int64_t begin,
                       std::int64_t end, float* sums) const;
        void list_source(const WeightsPlanes& planes, std::int64_t begin, std::int64_t end);
        void list_gradient(const PlaneRows& diff_dst, std::int64_t begin, std::int64_t end,
                           const float** rows);
        void take_source_row(const PlaneRows& src, std::int64_t row, float* to) const;
        void take_gradient_row(const PlaneRows& diff_dst, std::int64_t row, float* to) const;

        const WeightsBands& bands_;
        WeightsBuffers& buffers_;
        const float* ones_;
        const float* zeros_;
        RowRing src_;
        RowRing diff_;
    };

private:
    friend class Worker;

    WeightsAxis rows_;
    WeightsAxis columns_axis_;
    const simd::WeightsKernels& kernels_;
    bool vectors_;
    TapBlocks blocks_;
    std::int64_t columns_;  ///< vectors of a row of the gradient
    SourceRows source_rows_;
    std::int64_t src_pitch_;  ///< in floats, as all that follow
    std::int64_t diff_pitch_;
    std::vector<std::int64_t> column_taps_;
    std::vector<std::int64_t> src_places_;
    std::vector<std::int64_t> diff_places_;
    std::int64_t band_;
};

}  // namespace dwconv::strategy
