#include "strategy/band_depthwise.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "onednn/library.hpp"
#include "simd/planar.hpp"

namespace dwconv::strategy {

namespace {

static_assert(band_margin >= 2 * simd::longest_vector, "planar may read two vectors too far");

/// oneDNN's kernels, one for each kind of band.
class KernelBands final : public BandDepthwise {
public:
    KernelBands(const Problem& problem, std::int64_t rows)
        : grid_(problem, {1, problem.out_channels(), rows}) {
        kernels_ = &grid_.kernels();
        for (const AxisBlock& block : grid_.rows()) {
            bands_.push_back({{block.out_begin, block.out_end}, {block.in_begin, block.in_end}});
        }
    }

    /// Whether it can serve: on whole rows of the source as they lie, and fast.
    bool serves() const {
        const auto& rows = grid_.rows();
        const auto& columns = grid_.columns();
        return grid_.problem().multiplier == 1 && columns.size() == 1 &&
               columns[0].inputs() == grid_.problem().spatial[1] && grid_.all_fast() &&
               std::none_of(rows.begin(), rows.end(),
                            [](const AxisBlock& block) { return block.is_padding(); });
    }

    std::string implementation() const override { return grid_.implementation(); }
    std::size_t packed_size() const noexcept override { return grid_.packed_size(); }
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        return grid_.pack(weights, bias, packed);
    }

    void run(const BandPlace& place, const PackedWeights& weights, const float* from, float* to,
             TileCalls& calls) const override {
        const auto index = place.image * static_cast<std::int64_t>(bands_.size()) +
                           static_cast<std::int64_t>(place.band);
        convolve_tile(grid_, grid_.tile(index), weights, from, to, calls);
    }

private:
    TileGrid grid_;
};

/// The project's own kernels, which take any part of an array.
class PlanarBands final : public BandDepthwise {
public:
    PlanarBands(const Problem& problem, BandMemory memory, std::int64_t rows)
        : src_row_(problem.spatial[1] * problem.channels),
          src_size_(problem.spatial[0] * src_row_),
          dst_row_(problem.output_spatial()[1] * problem.out_channels()),
          dst_size_(problem.output_spatial()[0] * dst_row_),
          // To the kernels, a band in scratch memory is one of an image that has others before and
          // behind it, so that they read beyond it and make no copies of its first and last rows.
          image_(memory == BandMemory::array ? -1 : ceil_div(band_margin, src_size_)),
          convolution_(with_images(problem, image_), simd::PlanarOrder::channels_last,
                       onednn::simd_level()) {
        kernels_ = &none_;
        const std::int64_t height = problem.output_spatial()[0];
        const std::int64_t even = ceil_div(height, ceil_div(height, rows));
        for (std::int64_t row = 0; row < height; row += even) {
            const Range band = {row, std::min(row + even, height)};
            const simd::PlanarRows read = convolution_.rows_read(band.begin, band.end);
            bands_.push_back({band, {read.begin, read.end}});
        }
    }

    std::string implementation() const override { return convolution_.name(); }
    std::size_t packed_size() const noexcept override { return convolution_.packed_size(); }
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        return {packed, convolution_.pack(weights, bias, packed)};
    }

    void run(const BandPlace& place, const PackedWeights& weights, const float* from, float* to,
             TileCalls& /*calls*/) const override {
        const Band& band = bands_[place.band];
        const std::int64_t image = image_ < 0 ? place.image : image_;
        const simd::PlanarArrays arrays = {from - image * src_size_ - band.sources.begin * src_row_,
                                           to - image * dst_size_ - band.rows.begin * dst_row_,
                                           weights.data};
        const simd::PlanarPart part = {image, image + 1, band.rows.begin, band.rows.end};
        if (weights.finite) {
            thread_local simd::PlanarScratch scratch;
            convolution_.run(arrays, part, scratch);
        } else {
            convolution_.run_exactly(arrays, part);
        }
    }

private:
    static Problem with_images(Problem problem, std::int64_t before) {
        if (before >= 0) problem.batch = 2 * before + 1;
        return problem;
    }

    std::int64_t src_row_;
    std::int64_t src_size_;
    std::int64_t dst_row_;
    std::int64_t dst_size_;
    /// Of a band in scratch memory, which image it is to the kernels; -1 in an array.
    std::int64_t image_;
    simd::PlanarConvolution convolution_;
    onednn::Kernels none_;
};

/// Whether the rules for whole arrays in this order choose the project's own kernels.
bool planar_is_better(const Problem& problem, MemoryOrder order) {
    return make_strategy({problem, order, order, 1}, StrategyKind::automatic)->kind() ==
           StrategyKind::planar;
}

}  // namespace

std::unique_ptr<const BandDepthwise> make_band_depthwise(const Problem& problem, BandMemory memory,
                                                         std::int64_t rows, MemoryOrder whole) {
    if (!planar_is_better(problem, whole)) {
        auto kernels = std::make_unique<KernelBands>(problem, rows);
        if (kernels->serves()) return kernels;
    }
    return std::make_unique<PlanarBands>(problem, memory, rows);
}

}  // namespace dwconv::strategy
