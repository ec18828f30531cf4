#include "simd/quad_convolution.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "ceil_div.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv::simd {

namespace {

/// Quads in use at a time stay in the first-level cache.
constexpr std::int64_t quads_in_cache = 5 * 1024;
/// Of large kernels rather shorter pieces of more rows are in the cache, so that fewer are made
/// twice.
constexpr std::int64_t few_quads = 4;
constexpr std::int64_t short_piece = longest_quad_row / 2;
/// Each less its zero point.
constexpr std::int64_t largest_product = 255 * 255;
/// Of channels-last memory, in blocks that begin at as many different channels as there are.
constexpr std::int64_t most_places = 16 * 1024;

/// After so many blocks of channels-last memory, one begins with the first channel again.
std::int64_t blocks_of(std::int64_t channels, std::int64_t block) {
    return channels / std::gcd(channels, block);
}

/// Of a row of so many elements, for a kernel of so many quads.
std::int64_t piece_of(std::int64_t length, std::int64_t quads, std::int64_t block) {
    if (length <= longest_quad_row) return length;
    const std::int64_t usual = quads <= few_quads ? longest_quad_row : short_piece;
    const std::int64_t even = ceil_div(length, ceil_div(length, usual));
    return ceil_div(even, block) * block;
}

}  // namespace

void QuadColumns::set_order() {
    // The bytes of four quads are in four numbers of 32 bits that follow one another.
    has_order = stride + dilation <= 5;
    for (std::int64_t quarter = 0; has_order && quarter < 4; ++quarter) {
        for (std::int64_t i = 0; i < 4; ++i) {
            order.words[quarter * 4 + i] = static_cast<std::int32_t>(quarter * stride + i);
            for (std::int64_t tap = 0; tap < quad_taps; ++tap) {
                order.bytes[quarter * 16 + i * 4 + tap] =
                    static_cast<std::uint8_t>(i * stride + tap * dilation);
            }
        }
    }
}

/// Some rows of a piece of a plane of the destination; of several planes, where all rows are one
/// block.
struct QuadConvolution::Block {
    std::int64_t plane;
    std::int64_t planes;
    std::int64_t row;
    std::int64_t rows;
    std::int64_t begin;
    std::int64_t end;
    std::int64_t channel;  ///< the first plane's; 0 of channels-last memory

    std::int64_t length() const { return end - begin; }
};

bool QuadConvolution::serves(const Problem& problem, PlanarOrder order,
                             const QuadKernels& kernels) {
    const std::int64_t block = kernels.block();
    return problem.spatial.size() == 2 &&
           (order == PlanarOrder::planes ||
            (problem.multiplier == 1 &&
             blocks_of(problem.channels, block) * block <= most_places)) &&
           element_count(problem.kernel) <= largest_sum / largest_product;
}

QuadConvolution::QuadConvolution(const Problem& problem, PlanarOrder order,
                                 const QuadKernels& kernels)
    : kernels_(&kernels),
      src_signed_(problem.src_dtype == DataType::int8),
      dst_signed_(problem.dst_dtype == DataType::int8),
      channels_(problem.out_channels()),
      multiplier_(problem.multiplier),
      src_rows_(problem.spatial[0]),
      dst_rows_(problem.output_spatial()[0]),
      kernel_rows_(problem.kernel[0]),
      kernel_columns_(problem.kernel[1]),
      row_stride_(problem.stride[0]),
      row_dilation_(problem.dilation[0]),
      row_padding_(problem.padding[0].low) {
    const bool by_channel = order == PlanarOrder::planes;
    period_ = by_channel ? 1 : channels_;
    planes_ = problem.batch * (by_channel ? channels_ : 1);
    src_pitch_ = problem.spatial[1] * period_;
    dst_pitch_ = problem.output_spatial()[1] * period_;
    columns_.columns = problem.spatial[1];
    columns_.channels = period_;
    columns_.stride = problem.stride[1];
    columns_.dilation = problem.dilation[1];
    columns_.first = -problem.padding[1].low;
    columns_.flip = src_signed_ ? 0x80 : 0;
    columns_.set_order();
    places_ = is_planes() ? channels_ : blocks_of(channels_, block_length()) * block_length();
    piece_ = piece_of(dst_pitch_, kernel_rows_ * groups(), block_length());
    place_rows();
}

std::int64_t QuadConvolution::strips() const noexcept {
    return planes_ * ceil_div(dst_pitch_, piece_);
}

std::string QuadConvolution::name() const {
    return "quads:" + std::string(kernels_->name) + " " + std::to_string(kernel_rows_) + "x" +
           std::to_string(kernel_columns_);
}

std::int64_t QuadConvolution::groups() const noexcept {
    return ceil_div(kernel_columns_, quad_taps);
}

/// From a row of quads to the next. Rows of planes are one run, without a gap; of channels-last
/// memory each begins with a block.
std::int64_t QuadConvolution::pitch_of(std::int64_t length) const noexcept {
    return is_planes() ? length : ceil_div(length, block_length()) * block_length();
}

/// Where the quads of a block of rows are: rows of the source by their remainder by the stride,
/// those with the same one after the other, so that all of a block is one run for each tap.
void QuadConvolution::place_rows() {
    std::vector<std::size_t> phase_of;
    for (std::int64_t t = 0; t < kernel_rows_; ++t) {
        const std::int64_t at = t * row_dilation_;
        const std::int64_t row = at % row_stride_;
        const auto found = std::find_if(phases_.begin(), phases_.end(),
                                        [&](const Phase& phase) { return phase.row == row; });
        phase_of.push_back(static_cast<std::size_t>(found - phases_.begin()));
        if (found == phases_.end()) phases_.push_back({row, 0, 0, 0});
        phases_[phase_of.back()].more = at / row_stride_;
    }
    std::int64_t more = 0;
    for (const Phase& phase : phases_) more += phase.more;
    const auto count = static_cast<std::int64_t>(phases_.size());
    const std::int64_t rows = (quads_in_cache / (groups() * pitch_of(piece_)) - more) / count;
    block_rows_ = std::clamp<std::int64_t>(rows, 1, dst_rows_);
    for (Phase& phase : phases_) {
        phase.quads = quads_;
        phase.group_pitch = ceil_div((block_rows_ + phase.more) * pitch_of(piece_), 16) * 16;
        quads_ += groups() * phase.group_pitch;
    }
    if (is_planes() && block_rows_ == dst_rows_ && piece_ == dst_pitch_) {
        block_planes_ = std::clamp<std::int64_t>(quads_in_cache / quads_, 1, channels_);
    }
    const std::int64_t last_piece = dst_pitch_ - (dst_pitch_ - 1) / piece_ * piece_;
    for (std::int64_t tap = 0; tap < most_parts * kernel_rows_; ++tap) {
        const std::int64_t t = tap % kernel_rows_;
        const Phase& phase = phases_[phase_of[static_cast<std::size_t>(t)]];
        const std::int64_t further = t * row_dilation_ / row_stride_;
        for (std::int64_t g = 0; g < groups(); ++g) {
            const std::int64_t first = phase.quads + g * phase.group_pitch;
            offsets_[0].push_back(first + further * pitch_of(piece_));
            offsets_[1].push_back(first + further * pitch_of(last_piece));
        }
    }
}

/// Makes the quads that a block meets. Padding above and below is `kept` where that of a block of
/// the same rows is there.
void QuadConvolution::make_rows(const Header& header, const void* src, const Block& block,
                                bool kept, Quad* quads) const {
    QuadColumns columns = columns_;
    columns.fill = static_cast<std::uint8_t>(header.src_zero);
    const std::uint8_t padding = columns.fill ^ columns.flip;
    const std::int64_t src_size = src_rows_ * src_pitch_;
    const auto* const first_plane =
        static_cast<const std::uint8_t*>(src) + block.plane / multiplier_ * src_size;
    const std::int64_t pitch = pitch_of(block.length());
    for (const Phase& phase : phases_) {
        const std::int64_t rows = block.rows + phase.more;
        // Row i of the phase is row first + i · stride of the source.
        const std::int64_t first = block.row * row_stride_ + phase.row - row_padding_;
        const std::int64_t before = first >= 0 ? 0 : std::min(ceil_div(-first, row_stride_), rows);
        const std::int64_t end =
            first >= src_rows_ ? before
                               : std::clamp(ceil_div(src_rows_ - first, row_stride_), before, rows);
        columns.first = columns_.first;
        for (std::int64_t g = 0; g < groups(); ++g) {
            Quad* const to = quads + phase.quads + g * phase.group_pitch;
            columns.taps = std::min(kernel_columns_ - g * quad_taps, quad_taps);
            for (std::int64_t plane = 0; !kept && plane < block.planes; ++plane) {
                const auto pad = [&](std::int64_t from, std::int64_t until) {
                    std::memset(to + plane * quads_ + from * pitch, padding,
                                static_cast<std::size_t>((until - from) * pitch) * sizeof(Quad));
                };
                pad(0, before);
                pad(end, rows);
            }
            if (end > before) {
                const std::uint8_t* const row =
                    first_plane + (first + before * row_stride_) * src_pitch_;
                kernels_->make(columns,
                               {row, row_stride_ * src_pitch_, end - before, block.begin, block.end,
                                to + before * pitch, pitch, block.planes, src_size, quads_});
            }
            columns.first += quad_taps * columns.dilation;
        }
    }
}

/// A block of the destination, of the quads that make_rows() made for it.
void QuadConvolution::convolve(const Header& header, const ByteArrays& arrays, const Block& block,
                               const Quad* quads) const {
    const float* const multipliers = arrays.packed + header_floats;
    const auto* const begin = reinterpret_cast<const std::int32_t*>(multipliers + places_);
    const std::int32_t* const biases = begin + places_;
    const std::int64_t dst_size = dst_rows_ * dst_pitch_;
    QuadRun run = {};
    run.quads = quads;
    run.offsets = offsets_[block.length() == piece_ ? 0 : 1].data();
    run.taps = header.parts * kernel_rows_ * groups();
    run.weights = biases + places_ + block.channel * run.taps;
    run.bias = begin + block.channel;
    run.period = is_planes() ? 0 : places_ / block_length();
    run.phase = is_planes() ? 0 : block.begin / block_length() % run.period;
    run.result = {dst_signed_, header.dst_zero, header.wide == 0 ? nullptr : biases + block.channel,
                  multipliers + block.channel};
    run.dst = static_cast<std::uint8_t*>(arrays.dst) + block.plane * dst_size +
              block.row * dst_pitch_ + block.begin;
    run.planes = block.planes;
    run.quad_plane_pitch = quads_;
    run.dst_plane_pitch = dst_size;
    // Rows of a plane follow one another in the destination, too.
    const bool whole = is_planes() && block.length() == dst_pitch_;
    run.count = whole ? block.rows * dst_pitch_ : block.length();
    for (std::int64_t row = 0; row < (whole ? 1 : block.rows); ++row) {
        kernels_->convolve(run);
        run.quads += pitch_of(block.length());
        run.dst += dst_pitch_;
    }
}

void QuadConvolution::run(const ByteArrays& arrays, const BytePart& part, float* scratch) const {
    auto* const quads = reinterpret_cast<Quad*>(scratch);
    Header header;
    std::memcpy(&header, arrays.packed, sizeof header);
    Block block = {};
    // Where a block is all of its planes, all blocks are alike but for their number of planes.
    const bool alike = block_planes_ > 1 && part.row == 0 && part.row_end == dst_rows_;
    std::int64_t kept = 0;
    const std::int64_t pieces = ceil_div(dst_pitch_, piece_);
    for (std::int64_t strip = part.strip; strip < part.strip_end; strip += block.planes) {
        block.plane = strip / pieces;
        block.begin = strip % pieces * piece_;
        block.end = std::min(block.begin + piece_, dst_pitch_);
        block.channel = is_planes() ? block.plane % channels_ : 0;
        block.planes = 1;
        if (block_planes_ > 1 && multiplier_ == 1) {
            // Of one image.
            block.planes =
                std::min({block_planes_, part.strip_end - strip, channels_ - block.channel});
        }
        for (block.row = part.row; block.row < part.row_end; block.row += block.rows) {
            block.rows = std::min(block_rows_, part.row_end - block.row);
            make_rows(header, arrays.src, block, block.planes <= kept, quads);
            convolve(header, arrays, block, quads);
            if (alike) kept = std::max(kept, block.planes);
        }
    }
}

}  // namespace dwconv::simd
