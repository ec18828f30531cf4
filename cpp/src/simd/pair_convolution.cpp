#include "simd/pair_convolution.hpp"

#include <algorithm>
#include <cstring>

#include "ceil_div.hpp"
#include "dwconv/tensor_view.hpp"
#include "simd/rows_read.hpp"

namespace dwconv::simd {

namespace {

/// Planes of source and destination, in use at a time.
constexpr std::int64_t bytes_in_cache = 16 * 1024;

}  // namespace

bool PairConvolution::serves(const Problem& problem, PlanarOrder order) {
    if (problem.spatial.size() != 2) return false;
    const std::int64_t taps = problem.kernel[0];
    const std::int64_t stride = problem.stride[0];
    for (std::size_t d = 0; d < 2; ++d) {
        if (problem.kernel[d] != taps || problem.stride[d] != stride || problem.dilation[d] != 1 ||
            problem.padding[d].low >= taps || problem.padding[d].high >= taps) {
            return false;
        }
    }
    return (taps == 3 || taps == 5) && (stride == 1 || stride == 2) &&
           element_count(problem.src_shape()) != 0 &&
           (order == PlanarOrder::planes ||
            (problem.multiplier == 1 && problem.channels >= pair_bytes));
}

PairConvolution::PairConvolution(const Problem& problem, PlanarOrder order,
                                 const PairKernels& kernels)
    : kernels_(&kernels),
      is_planes_(order == PlanarOrder::planes),
      channels_(problem.out_channels()) {
    const Dims output = problem.output_spatial();
    const std::int64_t channels = is_planes_ ? 1 : channels_;
    shape_.taps = problem.kernel[0];
    shape_.stride = problem.stride[0];
    shape_.src_rows = problem.spatial[0];
    shape_.src_columns = problem.spatial[1];
    shape_.src_pitch = problem.spatial[1] * channels;
    shape_.dst_rows = output[0];
    shape_.dst_columns = output[1];
    shape_.dst_pitch = output[1] * channels;
    shape_.row_padding = problem.padding[0].low;
    shape_.column_padding = problem.padding[1].low;
    shape_.channels = channels;
    shape_.multiplier = problem.multiplier;
    shape_.src_signed = problem.src_dtype == DataType::int8;
    shape_.dst_signed = problem.dst_dtype == DataType::int8;
    sharing_ = is_planes_ ? pair_columns(shape_.stride) : pair_rows(shape_.taps, shape_.stride);
    places_ = is_planes_ ? channels_ : ceil_div(channels_, pair_bytes) * pair_bytes;
    planes_ = problem.batch * (is_planes_ ? channels_ : 1);
    const std::int64_t size =
        shape_.src_rows * shape_.src_pitch + shape_.dst_rows * shape_.dst_pitch;
    together_ = std::max<std::int64_t>(bytes_in_cache / std::max<std::int64_t>(size, 1), 1);
}

std::string PairConvolution::name() const {
    const std::string taps = std::to_string(shape_.taps);
    return "pairs:" + std::string(kernels_->name) + " " + taps + "x" + taps;
}

/// Bytes of the rows of a plane that some of the destination read.
std::int64_t PairConvolution::copied_size() const noexcept {
    const std::int64_t rows = rows_read(most_pair_rows, shape_.stride, shape_.taps);
    return std::min(rows, shape_.src_rows) * shape_.src_pitch;
}

std::size_t PairConvolution::scratch_size() const noexcept {
    const std::int64_t bytes = is_planes_ ? copied_size() + 2 * pair_margin : shape_.src_pitch;
    return static_cast<std::size_t>(ceil_div(bytes, std::int64_t{sizeof(float)}));
}

void PairConvolution::run(const ByteArrays& arrays, const BytePart& part, float* scratch) const {
    const PairNumbers numbers = numbers_of(arrays.packed);
    auto* const bytes = reinterpret_cast<std::uint8_t*>(scratch);
    if (is_planes_) return run_planes(arrays, part, numbers, bytes);
    run_pixels(arrays, part, numbers, bytes);
}

/// Planes of the destination of whose sources vectors of these rows are all within the array.
Range PairConvolution::planes_inside(const Range& src_rows) const noexcept {
    const std::int64_t size = shape_.src_rows * shape_.src_pitch;
    const std::int64_t all = planes_ / shape_.multiplier * size;
    const std::int64_t before = pair_margin - src_rows.begin * shape_.src_pitch;
    const std::int64_t last = all - pair_margin - src_rows.end * shape_.src_pitch;
    return {before > 0 ? ceil_div(before, size) * shape_.multiplier : 0,
            last < 0 ? 0 : (last / size + 1) * shape_.multiplier};
}

void PairConvolution::run_planes(const ByteArrays& arrays, const BytePart& part,
                                 const PairNumbers& numbers, std::uint8_t* copy) const {
    const std::int64_t src_size = shape_.src_rows * shape_.src_pitch;
    for (std::int64_t row = part.row; row < part.row_end; row += most_pair_rows) {
        const std::int64_t row_end = std::min(row + most_pair_rows, part.row_end);
        const std::int64_t top = row * shape_.stride - shape_.row_padding;
        const std::int64_t bottom = top + rows_read(row_end - row, shape_.stride, shape_.taps);
        const std::int64_t begin = std::clamp<std::int64_t>(top, 0, shape_.src_rows);
        const Range src_rows = {begin, std::clamp(bottom, begin, shape_.src_rows)};
        const Range inside = planes_inside(src_rows);
        std::int64_t end = part.strip;
        for (std::int64_t plane = end; plane < part.strip_end; plane = end) {
            const std::int64_t channel = plane % channels_;
            PairPlanes planes = {};
            planes.src =
                static_cast<const std::uint8_t*>(arrays.src) + plane / shape_.multiplier * src_size;
            planes.dst =
                static_cast<std::uint8_t*>(arrays.dst) + plane * shape_.dst_rows * shape_.dst_pitch;
            planes.first = plane % shape_.multiplier;
            planes.row = row;
            planes.row_end = row_end;
            if (plane >= inside.begin && plane < inside.end) {
                end = std::min(
                    {plane + together_, plane - channel + channels_, inside.end, part.strip_end});
            } else {
                end = plane + 1;
                planes.src = copied(planes.src, src_rows, copy);
            }
            planes.planes = end - plane;
            kernels_->planes(shape_, of_channel(numbers, channel), planes);
        }
    }
}

/// Rows of a plane between margins; where the plane would begin.
const std::uint8_t* PairConvolution::copied(const std::uint8_t* plane, const Range& rows,
                                            std::uint8_t* copy) const {
    const std::int64_t at = rows.begin * shape_.src_pitch;
    std::memcpy(copy + pair_margin, plane + at,
                static_cast<std::size_t>(rows.end * shape_.src_pitch - at));
    return copy + pair_margin - at;
}

void PairConvolution::run_pixels(const ByteArrays& arrays, const BytePart& part,
                                 const PairNumbers& numbers, std::uint8_t* padding) const {
    std::memset(padding, static_cast<std::uint8_t>(numbers.src_zero),
                static_cast<std::size_t>(shape_.src_pitch));
    for (std::int64_t image = part.strip; image < part.strip_end; ++image) {
        kernels_->pixels(
            shape_, numbers,
            {static_cast<const std::uint8_t*>(arrays.src) +
                 image * shape_.src_rows * shape_.src_pitch,
             static_cast<std::uint8_t*>(arrays.dst) + image * shape_.dst_rows * shape_.dst_pitch,
             padding, part.row, part.row_end});
    }
}

}  // namespace dwconv::simd
