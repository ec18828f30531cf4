#include <vector>

#include "check.hpp"
#include "onednn/library.hpp"
#include "reference.hpp"
#include "simd/transpose.hpp"

namespace {

using dwconv::simd::Level;

void check_size(dwconv::simd::Transpose transpose, std::int64_t rows, std::int64_t columns) {
    const std::int64_t src_stride = columns + 3;
    const std::int64_t dst_stride = rows + 2;
    const auto src = dwconv::check::integers(rows * src_stride, 1);
    std::vector<float> dst(static_cast<std::size_t>(columns * dst_stride), 99.0f);
    transpose(src.data(), src_stride, dst.data(), dst_stride, rows, columns);
    for (std::int64_t c = 0; c < columns; ++c) {
        for (std::int64_t r = 0; r < dst_stride; ++r) {
            const float got = dst[static_cast<std::size_t>(c * dst_stride + r)];
            // What lies between the rows of the destination is not touched.
            CHECK(got == (r < rows ? src[static_cast<std::size_t>(r * src_stride + c)] : 99.0f));
        }
    }
}

}  // namespace

int main() {
    std::vector<Level> levels = {Level::baseline};
    if (dwconv::onednn::simd_level() != Level::baseline) levels.push_back(Level::avx2);
    for (const Level level : levels) {
        const auto transpose = dwconv::simd::transpose_for(level);
        for (std::int64_t rows = 0; rows <= 35; ++rows) {
            for (std::int64_t columns = 0; columns <= 35; ++columns) {
                check_size(transpose, rows, columns);
            }
        }
    }
}
