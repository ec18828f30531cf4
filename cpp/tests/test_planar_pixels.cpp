#include <cstddef>
#include <string>
#include <vector>

#include "planar_example.hpp"

namespace {

using namespace dwconv;
using namespace dwconv::check;

/// Channels-last memory along whose columns sums roll, in strips of 28: channels of whole vectors
/// and not, and a depth multiplier of which some, or a part, fill a vector.
void test_columns_roll() {
    for (const char* channels : {"c8", "c20", "c4m2", "c3m8", "c7m3", "c2m12"}) {
        for (const char* kernel : {"k3p1", "k3p0", "k3p2:0x0:2", "k3s2p1", "k3s2p0:3x3:0", "k5p2",
                                   "k5p1:4x0:3", "k5s2p2", "k5s2p1:0x4:1"}) {
            for (const char* size : {"5x9", "6x31", "5x57"}) {
                check_example("n2" + std::string(channels) + "i" + size + kernel + "+bias");
            }
        }
    }
    for (const char* text : {"n1c40i3x3k5p2+relu", "n1c8i2x1k3p1", "n3c9i1x2k3s2p1",
                             "n1c17m2i8x8k3s2x2p4", "n1c128i6x15k5p2+bias", "n1c256i20x32k5p1"}) {
        check_example(text);
    }
}

/// Runs of 7 columns, whole ones and parts, with the padding that kernels know and with other;
/// channels whose pixels are copied, in one part and in several.
void test_runs() {
    for (const char* channels : {"c20", "c64"}) {
        for (const char* kernel : {"k5p2", "k5p1:4x0:3", "k5s2p2", "k5s2p1:0x4:1", "k5s2p4", "k7p3",
                                   "k7p0", "k7p1:6x6:2"}) {
            for (const char* size : {"7x7", "9x14", "8x29", "19x31"}) {
                check_example("n1" + std::string(channels) + "i" + size + kernel + "+bias");
            }
        }
    }
    for (const char* text :
         {"n1c64i1x7k7p3", "n1c64i3x3k5p4", "n1c64i7x2k7p6", "n2c64i14x14k5p2+relu",
          "n1c72i7x14k5s2p2+clip(-3,20)", "n1c128i7x9k3p1+bias", "n1c256i9x14k7p3",
          "n2c136i3x30k3p2", "n1c64i7x7k5p2+leaky_relu(0.5)"}) {
        check_example(text);
    }
}

/// Patches of two and three columns of one row and of two, with the padding that kernels know and
/// with other.
void test_patches() {
    for (const char* channels : {"c64", "c72"}) {
        for (const char* kernel : {"k3p1", "k3p0", "k3p2:0x0:2", "k3p1:2x2:1", "k3s2p1",
                                   "k3s2p0:1x1:0", "k3s2p0:3x3:0", "k3s2p2"}) {
            for (const char* size : {"3x3", "4x5", "5x6", "6x7", "7x8", "8x9", "5x14", "9x31"}) {
                check_example("n2" + std::string(channels) + "i" + size + kernel + "+bias");
            }
        }
    }
    for (const char* text : {"n1c64i1x1k3p1", "n1c64i2x1k3p2+relu", "n1c33i3x2k3s2p1+bias",
                             "n1c128i5x1k3s2p1", "n1c512i3x9k3s2p1+bias",
                             "n1c128i9x9k3p1+clip(-3,20)", "n1c512i3x9k3p1+leaky_relu(0.5)"}) {
        check_example(text);
    }
}

/// Channels whose vectors are aligned, wherever an image begins in a cache line.
void test_alignment() {
    for (const char* text : {"n2c72i5x9k3p1+bias", "n2c128i4x7k3p1", "n1c80i6x9k3s2p1+bias",
                             "n1c120i5x8k5p2+bias", "n1c128i5x14k5p2", "n2c72i9x15k5s2p2+bias"}) {
        const Example e(text);
        const std::vector<float> expected = channels_last(e.expected, e.problem.dst_shape());
        for (const Level level : levels()) {
            for (std::size_t offset = 0; offset < simd::line_floats; ++offset) {
                CHECK(run(e, PlanarOrder::channels_last, level, 4, false, 1, offset) == expected);
            }
        }
    }
}

}  // namespace

int main() {
    test_columns_roll();
    test_runs();
    test_patches();
    test_alignment();
}
