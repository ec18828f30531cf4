#pragma once

// The loops of the depthwise half. Included once by each file that is compiled for an instruction
// set; see lanes.hpp on linkage.

#include "simd/lane_activation.hpp"
#include "simd/lane_clamp.hpp"
#include "simd/strip.hpp"

namespace dwconv::simd {
namespace {

/// A vector of channels walks along the pixels. Its weights stay in registers, and so do the sums
/// of the three pixels that a column of the source belongs to, so that each number is loaded once.
/// The sums of pixel p are in place p % 3.
template <bool Clamps>
class StripWalk {
public:
    DWCONV_INLINE StripWalk(const StripDepthwise& s, std::int64_t channel)
        : clamp_(*s.activation),
          pitch_(s.channels),
          bias_(s.bias + channel),
          dst_(s.dst + channel),
          row_(s.pixels * s.channels) {
        unroll<9>([&](auto tap) __attribute__((always_inline)) {
            taps_[tap.value] = load(s.weights + tap.value * s.channels + channel);
        });
        unroll<strip_sources>([&](auto row) __attribute__((always_inline)) {
            rows_[row.value] = s.rows[row.value] + channel;
        });
        unroll<3>([&](auto place) __attribute__((always_inline)) { begin<place.value>(); });
    }

    /// Adds the next column of the source, x, to pixels x - First to x - Last of the result, by
    /// those columns of the kernel. `Phase` is x % 3.
    template <int Phase, int First, int Last>
    DWCONV_INLINE void add() {
        Floats source[strip_sources];
        unroll<strip_sources>([&](auto row) __attribute__((always_inline)) {
            source[row.value] = load(rows_[row.value] + at_);
        });
        unroll<3>([&](auto tap) __attribute__((always_inline)) {
            unroll<Last - First + 1>([&](auto i) __attribute__((always_inline)) {
                constexpr int column = First + decltype(i)::value;
                unroll<strip_rows>([&](auto row) __attribute__((always_inline)) {
                    sums_[row.value][(Phase + 3 - column) % 3] +=
                        source[row.value + tap.value] * taps_[3 * tap.value + column];
                });
            });
        });
        at_ += pitch_;
    }

    /// The same, where this column is the last one of pixel x - 2.
    template <int Phase, int First = 0>
    DWCONV_INLINE void add_last() {
        constexpr int place = (Phase + 1) % 3;
        add<Phase, First, 2>();
        store(dst_, clamp_(sums_[0][place]));
        store(dst_ + row_, clamp_(sums_[1][place]));
        dst_ += pitch_;
        begin<place>();
    }

    /// The two columns that end a row.
    template <int Phase>
    DWCONV_INLINE void end() {
        add_last<Phase, 1>();
        add_last<(Phase + 1) % 3, 2>();
    }

private:
    template <int Place>
    DWCONV_INLINE void begin() {
        sums_[0][Place] = sums_[1][Place] = load(bias_);
    }

    Floats taps_[9];
    Floats sums_[strip_rows][3];
    Clamp<Clamps> clamp_;
    const float* rows_[strip_sources];
    std::int64_t at_ = 0;
    std::int64_t pitch_;
    const float* bias_;
    float* dst_;
    std::int64_t row_;
};

template <bool Clamps>
void walk_strip(const StripDepthwise& s) {
    for (std::int64_t channel = 0; channel < s.channels; channel += lanes) {
        StripWalk<Clamps> walk(s, channel);
        walk.template add<0, 0, 0>();
        walk.template add<1, 0, 1>();
        std::int64_t left = s.pixels - 2;
        for (; left >= 3; left -= 3) {
            walk.template add_last<2>();
            walk.template add_last<0>();
            walk.template add_last<1>();
        }
        if (left == 0) {
            walk.template end<2>();
            continue;
        }
        walk.template add_last<2>();
        if (left == 1) {
            walk.template end<0>();
            continue;
        }
        walk.template add_last<0>();
        walk.template end<1>();
    }
}

void depthwise_strip(const StripDepthwise& s) {
    if (s.activation->clamps) {
        walk_strip<true>(s);
        return;
    }
    walk_strip<false>(s);
    activate(s.activation->activation, s.dst, strip_rows * s.pixels * s.channels);
}

}  // namespace
}  // namespace dwconv::simd
