#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cache/lru_cache.hpp"
#include "check.hpp"
#include "fork.hpp"

namespace {

using Cache = dwconv::LruCache<int, int>;
using dwconv::check::throws;

std::unique_ptr<const int> square(int key) { return std::make_unique<const int>(key * key); }

int get(Cache& cache, int key) {
    return *cache.get_or_create(key, [key] { return square(key); });
}

/// Whether the key is there; a key that is not is built, but not kept.
bool holds(Cache& cache, int key) {
    struct Missing {};
    return !throws<Missing>(
        [&] { cache.get_or_create(key, []() -> Cache::Pointer { throw Missing(); }); });
}

bool counts(const Cache& cache, std::uint64_t hits, std::uint64_t misses, std::uint64_t evictions,
            std::size_t size) {
    const dwconv::CacheInfo info = cache.info();
    return info.hits == hits && info.misses == misses && info.evictions == evictions &&
           info.size == size;
}

void evicts_what_was_used_longest_ago() {
    Cache cache(2);
    CHECK(get(cache, 1) == 1 && get(cache, 2) == 4 && counts(cache, 0, 2, 0, 2));
    CHECK(get(cache, 1) == 1 && counts(cache, 1, 2, 0, 2));
    CHECK(get(cache, 3) == 9 && counts(cache, 1, 3, 1, 2));
    CHECK(holds(cache, 1) && holds(cache, 3) && !holds(cache, 2));
    CHECK(cache.info().capacity == 2);
}

void returns_the_same_value_and_outlives_eviction() {
    Cache cache(1);
    const auto first = cache.get_or_create(5, [] { return std::make_shared<int>(25); });
    CHECK(first == cache.get_or_create(5, [] { return std::make_shared<int>(0); }));
    CHECK(get(cache, 6) == 36 && *first == 25 && first.use_count() == 1);
}

void resizing_evicts_the_oldest() {
    Cache cache(4);
    for (int key = 0; key < 4; ++key) get(cache, key);
    get(cache, 0);
    cache.resize(2);
    CHECK(counts(cache, 1, 4, 2, 2) && cache.info().capacity == 2);
    CHECK(holds(cache, 0) && holds(cache, 3) && !holds(cache, 1) && !holds(cache, 2));
    cache.resize(3);
    get(cache, 7);
    CHECK(cache.info().size == 3);
    cache.resize(0);
    CHECK(cache.info().size == 0 && cache.info().evictions == 5 && get(cache, 7) == 49);
    CHECK(cache.info().size == 0 && cache.info().evictions == 5);
}

void capacity_0_always_builds() {
    Cache cache(0);
    CHECK(get(cache, 2) == 4 && get(cache, 2) == 4 && counts(cache, 0, 2, 0, 0));
}

void clearing_forgets_values_and_counts() {
    Cache cache(2);
    for (const int key : {1, 1, 2, 3}) get(cache, key);
    cache.clear();
    CHECK(counts(cache, 0, 0, 0, 0) && cache.info().capacity == 2 && !holds(cache, 3));
}

void builds_may_use_the_cache() {
    Cache cache(2);
    CHECK(*cache.get_or_create(9, [&] { return std::make_shared<int>(get(cache, 2) + 1); }) == 5);
    CHECK(holds(cache, 2) && holds(cache, 9));
}

/// A build under way in a thread of its own, which waits for `go`.
class SlowBuild {
public:
    SlowBuild(Cache& cache, int key, int value)
        : thread_([&cache, key, value, this] {
              try {
                  result = *cache.get_or_create(key, [&] {
                      begun_.set_value();
                      if (!go_.get_future().get()) throw std::runtime_error("failed");
                      return std::make_unique<const int>(value);
                  });
              } catch (const std::runtime_error&) {
                  result = failed;
              }
          }) {
        begun_.get_future().wait();
    }
    void end(bool well) {
        go_.set_value(well);
        thread_.join();
    }

    static constexpr int failed = -1;
    std::atomic<int> result{0};

private:
    std::promise<void> begun_;
    std::promise<bool> go_;
    std::thread thread_;
};

/// What `count` more threads get who ask for the key; `meanwhile` runs when all of them wait.
template <class Meanwhile>
std::vector<int> join_build(Cache& cache, int key, int count, Meanwhile&& meanwhile) {
    const auto joined = cache.info().hits + static_cast<std::uint64_t>(count);
    std::vector<int> results(static_cast<std::size_t>(count));
    std::vector<std::thread> threads;
    for (int& result : results) {
        threads.emplace_back([&cache, key, &result] {
            try {
                result = get(cache, key);
            } catch (const std::runtime_error&) {
                result = SlowBuild::failed;
            }
        });
    }
    while (cache.info().hits < joined) std::this_thread::yield();
    meanwhile();
    for (auto& thread : threads) thread.join();
    return results;
}

void one_thread_builds_and_the_others_wait() {
    Cache cache(1);
    SlowBuild build(cache, 3, 33);
    CHECK(cache.info().size == 0);
    const auto results = join_build(cache, 3, 4, [&] { build.end(true); });
    CHECK(results == std::vector<int>(4, 33) && build.result == 33);
    CHECK(counts(cache, 4, 1, 0, 1) && get(cache, 3) == 33);
}

void others_pass_a_build_in_progress() {
    Cache cache(1);
    SlowBuild build(cache, 3, 33);
    CHECK(get(cache, 4) == 16 && get(cache, 5) == 25 && get(cache, 5) == 25);
    const auto results = join_build(cache, 3, 2, [&] { build.end(true); });
    CHECK(results == std::vector<int>(2, 33));  // not 9: it was not evicted
    CHECK(holds(cache, 3) && !holds(cache, 5));
}

void failed_builds_reach_all_and_are_forgotten() {
    Cache cache(2);
    SlowBuild build(cache, 3, 33);
    const auto results = join_build(cache, 3, 3, [&] { build.end(false); });
    CHECK(results == std::vector<int>(3, SlowBuild::failed) && build.result == SlowBuild::failed);
    CHECK(cache.info().size == 0 && get(cache, 3) == 9);
}

void clearing_during_a_build_serves_its_waiters_alone() {
    Cache cache(2);
    SlowBuild build(cache, 3, 33);
    const auto results = join_build(cache, 3, 2, [&] {
        cache.clear();
        CHECK(get(cache, 3) == 9);  // built anew, as the other belongs to the past
        build.end(true);
    });
    CHECK(results == std::vector<int>(2, 33) && build.result == 33);
    CHECK(get(cache, 3) == 9 && counts(cache, 1, 1, 0, 1));

    SlowBuild failing(cache, 4, 0);
    cache.clear();
    SlowBuild newer(cache, 4, 44);
    failing.end(false);  // and takes not the newer build with it
    CHECK(join_build(cache, 4, 1, [&] { newer.end(true); }) == std::vector<int>(1, 44));
}

void many_threads_on_a_small_cache() {
    Cache cache(2);
    constexpr int thread_count = 32, keys = 5, rounds = 2000;
    std::vector<std::atomic<int>> building(keys);
    std::atomic<int> builds{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < thread_count; ++thread) {
        threads.emplace_back([&, thread] {
            for (int round = 0; round < rounds; ++round) {
                const int key = (thread * 7 + round * round) % keys;
                const auto build = [&] {
                    auto& builders = building[static_cast<std::size_t>(key)];
                    CHECK(++builders == 1);  // one builder a key
                    ++builds;
                    if (round % 5 == 0) std::this_thread::yield();
                    --builders;
                    return square(key);
                };
                CHECK(*cache.get_or_create(key, build) == key * key);
                CHECK(cache.info().size <= 2);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    const dwconv::CacheInfo info = cache.info();
    CHECK(info.hits + info.misses == thread_count * rounds);
    CHECK(info.misses == static_cast<std::uint64_t>(builds.load()));
    CHECK(info.misses - info.evictions == info.size && info.size == 2);
}

#if defined(__SANITIZE_THREAD__)
// ThreadSanitizer does not follow a fork() of a process with several threads.
void a_child_has_the_values_and_no_builds() {}
#else
Cache& shared_cache() {
    static Cache cache(4);
    return cache;
}

void a_child_has_the_values_and_no_builds() {
    Cache& cache = shared_cache();
    dwconv::on_fork([] { shared_cache().before_fork(); },
                    [] { shared_cache().after_fork_in_parent(); },
                    [] { shared_cache().after_fork_in_child(); });
    get(cache, 1);
    SlowBuild build(cache, 3, 33);
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread) {
        threads.emplace_back([&cache, &stop] {
            for (int key = 10; !stop; key = key % 20 + 10) get(cache, key), get(cache, 1);
        });
    }
    for (int round = 0; round < 100; ++round) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(10);  // ends a child that hangs
            CHECK(get(cache, 3) == 9 && holds(cache, 3));
            cache.clear();
            CHECK(get(cache, 1) == 1 && counts(cache, 0, 1, 0, 1));
            _exit(dwconv::check::failures == 0 ? 0 : 1);
        }
        int status = -1;
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
        if (status != 0) break;
    }
    stop = true;
    for (auto& thread : threads) thread.join();
    build.end(true);
    CHECK(build.result == 33 && get(cache, 3) == 33);
}
#endif

}  // namespace

int main() {
    evicts_what_was_used_longest_ago();
    returns_the_same_value_and_outlives_eviction();
    resizing_evicts_the_oldest();
    capacity_0_always_builds();
    clearing_forgets_values_and_counts();
    builds_may_use_the_cache();
    one_thread_builds_and_the_others_wait();
    others_pass_a_build_in_progress();
    failed_builds_reach_all_and_are_forgotten();
    clearing_during_a_build_serves_its_waiters_alone();
    many_threads_on_a_small_cache();
    a_child_has_the_values_and_no_builds();
}
