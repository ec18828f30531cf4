#include "strategy/even_tiles.hpp"

#include <algorithm>
#include <chrono>

#include "ceil_div.hpp"
#include "check.hpp"

namespace {

using namespace dwconv;
using strategy::Items;

/// By the definition: the largest size of those with the shortest time.
std::int64_t tried_one_by_one(const Items& items, std::int64_t most, std::int64_t threads) {
    const auto time = [&](std::int64_t size) {
        const std::int64_t tiles = ceil_div(items.images * ceil_div(items.count, size), threads);
        return tiles * (items.bytes * size + strategy::cost_of_tile);
    };
    std::int64_t best = std::clamp<std::int64_t>(most, 1, items.count);
    for (std::int64_t size = best - 1; size >= 1; --size) {
        if (time(size) < time(best)) best = size;
    }
    return best;
}

void test_sizes() {
    for (const std::int64_t count : {1, 2, 7, 56, 112, 1000}) {
        for (const std::int64_t images : {1, 3, 8}) {
            for (const std::int64_t bytes : {4, 1000, 100000}) {
                for (const std::int64_t most : {0, 1, 5, 30, 2000}) {
                    for (const std::int64_t threads : {1, 2, 5, 64}) {
                        const Items items = {count, images, bytes};
                        CHECK(even_size(items, most, threads) ==
                              tried_one_by_one(items, most, threads));
                    }
                }
            }
        }
    }
}

/// A plan for a row of any length takes no longer than a convolution of it.
void test_long_rows() {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    CHECK(strategy::even_size({2000000000, 1, 8}, 1000000000, 2) > 1000000);
    CHECK(Clock::now() - begin < std::chrono::seconds(1));
}

}  // namespace

int main() {
    test_sizes();
    test_long_rows();
}
