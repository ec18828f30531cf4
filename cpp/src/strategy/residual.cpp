#include "strategy/residual.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "dwconv/types.hpp"
#include "parallel.hpp"

namespace dwconv::strategy {

namespace {

/// Elements that are worth a tile of their own.
constexpr std::int64_t tile_size = 32 * 1024;

/// Both arrays have their elements in the same places, without gaps.
bool same_dense_order(const TensorView& src, const MutableTensorView& dst) {
    const MemoryOrder order = memory_order(src);
    return order != MemoryOrder::strided && order == memory_order(dst);
}

void add_strided(const TensorView& src, const MutableTensorView& dst) {
    const Dims& shape = src.shape;
    for (std::int64_t n = 0; n < shape[0]; ++n) {
        for (std::int64_t c = 0; c < shape[1]; ++c) {
            for (std::int64_t y = 0; y < shape[2]; ++y) {
                const float* const from =
                    src.floats() + n * src.strides[0] + c * src.strides[1] + y * src.strides[2];
                float* const to =
                    dst.floats() + n * dst.strides[0] + c * dst.strides[1] + y * dst.strides[2];
                for (std::int64_t x = 0; x < shape[3]; ++x) {
                    to[x * dst.strides[3]] += from[x * src.strides[3]];
                }
            }
        }
    }
}

}  // namespace

void add_to(float* to, const float* from, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) to[i] += from[i];
}

void add_array(const TensorView& src, const MutableTensorView& dst, int threads) {
    if (!same_dense_order(src, dst)) {
        add_strided(src, dst);
        return;
    }
    const std::int64_t size = element_count(src.shape);
    parallel_for(ceil_div(size, tile_size), threads, [&](TileQueue& queue) {
        while (const auto tile = queue.next()) {
            const std::int64_t begin = *tile * tile_size;
            add_to(dst.floats() + begin, src.floats() + begin, std::min(tile_size, size - begin));
        }
    });
}

}  // namespace dwconv::strategy
