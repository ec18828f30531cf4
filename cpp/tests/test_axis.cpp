#include <algorithm>
#include <cstdint>

#include "check.hpp"
#include "strategy/axis.hpp"

namespace {

using dwconv::strategy::Axis;
using dwconv::strategy::AxisBlock;

std::int64_t outputs_of(const Axis& axis, std::int64_t pad_high) {
    const std::int64_t extent = (axis.kernel - 1) * axis.dilation + 1;
    const std::int64_t room = axis.input + axis.pad_low + pad_high - extent;
    return room < 0 ? 0 : room / axis.stride + 1;
}

/// Each tap of each output that meets the input does so in the block too, at the same place.
void check_block(const Axis& axis, const AxisBlock& block) {
    const std::int64_t extent = (block.taps() - 1) * axis.dilation + 1;
    for (std::int64_t o = block.out_begin; o < block.out_end; ++o) {
        for (std::int64_t t = 0; t < axis.kernel; ++t) {
            const std::int64_t at = o * axis.stride - axis.pad_low + t * axis.dilation;
            if (at < 0 || at >= axis.input) continue;
            CHECK(t >= block.tap_begin && t < block.tap_end);
            const std::int64_t in_block = (o - block.out_begin) * axis.stride - block.pad_low +
                                          (t - block.tap_begin) * axis.dilation + block.in_begin;
            CHECK(in_block == at);
            CHECK(at >= block.in_begin && at < block.in_end);
        }
    }
    if (block.is_padding()) return;
    // What the block describes is a convolution with exactly its outputs.
    const std::int64_t room = block.inputs() + block.pad_low + block.pad_high - extent;
    CHECK(room / axis.stride + 1 == block.outputs());
    CHECK(block.in_begin >= 0 && block.in_begin < block.in_end && block.in_end <= axis.input);
    CHECK(std::max(block.pad_low, block.pad_high) < extent);
}

void check_axis(const Axis& axis, std::int64_t size, std::int64_t max_padding) {
    std::int64_t next = 0;
    for (const AxisBlock& block : split_axis(axis, size, max_padding)) {
        CHECK(block.out_begin == next);
        CHECK(block.outputs() >= 1 && block.outputs() <= size);
        CHECK(std::max(block.pad_low, block.pad_high) <= max_padding);
        check_block(axis, block);
        next = block.out_end;
    }
    CHECK(next == axis.output);
}

/// All small axes there are.
void test_all_small_axes() {
    int axes = 0;
    for (std::int64_t input = 1; input <= 7; ++input) {
        for (std::int64_t kernel = 1; kernel <= 4; ++kernel) {
            for (std::int64_t stride = 1; stride <= 3; ++stride) {
                for (std::int64_t dilation = 1; dilation <= 3; ++dilation) {
                    for (std::int64_t low = 0; low <= 6; low += 2) {
                        for (std::int64_t high = 0; high <= 6; high += 3) {
                            Axis axis = {input, 0, kernel, stride, dilation, low};
                            axis.output = outputs_of(axis, high);
                            if (axis.output == 0) continue;
                            ++axes;
                            for (const std::int64_t size : {1, 2, 3, 100}) {
                                for (const std::int64_t padding : {0, 1, 3, 100}) {
                                    check_axis(axis, size, padding);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    CHECK(axes > 2000);
}

void test_whole_axis_stays_whole() {
    // Stride 3 leaves the last two inputs unread; in one piece they belong to the block all the
    // same.
    const Axis axis = {12, 4, 1, 3, 1, 0};
    CHECK(split_axis(axis, 4)[0].in_end == 12);
    CHECK(split_axis(axis, 2)[1].in_end == 10);
}

}  // namespace

int main() {
    test_all_small_axes();
    test_whole_axis_stays_whole();
}
