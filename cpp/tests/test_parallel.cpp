#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "parallel.hpp"

namespace {

using dwconv::parallel_for;
using dwconv::TileQueue;
using dwconv::check::throws;
using namespace std::chrono_literals;

/// The sum of 1 … `tiles`, in parallel.
std::int64_t sum(std::int64_t tiles, int threads) {
    std::atomic<std::int64_t> total{0};
    parallel_for(tiles, threads, [&](TileQueue& queue) {
        while (const auto tile = queue.next()) total += *tile + 1;
    });
    return total;
}

bool sums_right(std::int64_t tiles, int threads) {
    return sum(tiles, threads) == tiles * (tiles + 1) / 2;
}

/// Returns when `count` participants have come here, so that all take part; none may be missing.
class Meeting {
public:
    explicit Meeting(int count) : missing_(count) {}
    void attend() {
        --missing_;
        while (missing_ > 0) std::this_thread::yield();
    }

private:
    std::atomic<int> missing_;
};

void refuses_to_start_what_cannot_be_started() {
    // A stack larger than the address space is a thread that the system cannot start.
    pthread_attr_t before, impossible;
    CHECK(pthread_getattr_default_np(&before) == 0 && pthread_attr_init(&impossible) == 0);
    CHECK(pthread_attr_setstacksize(&impossible, std::size_t{1} << 50) == 0);
    CHECK(pthread_setattr_default_np(&impossible) == 0);
    dwconv::set_pool_threads(4);
    CHECK(sums_right(100, 4) && sums_right(100, 4) && dwconv::worker_count() == 0);
    CHECK(pthread_setattr_default_np(&before) == 0);
    dwconv::set_pool_threads(4);
    CHECK(sums_right(100, 2) && dwconv::worker_count() == 1);  // no more than the call needs
    CHECK(sums_right(100, 4) && dwconv::worker_count() == 3);
    pthread_attr_destroy(&impossible);
    pthread_attr_destroy(&before);
}

void one_participant_leaves_the_pool_alone() {
    CHECK(dwconv::worker_count() == 0);
    for (const auto& [tiles, max_threads, pool_threads] :
         {std::array{1, 8, 8}, std::array{9, 1, 8}, std::array{9, 8, 1}, std::array{9, 0, 8}}) {
        dwconv::set_pool_threads(pool_threads);
        int calls = 0;
        std::vector<std::int64_t> seen;
        parallel_for(tiles, max_threads,
                     [&, caller = std::this_thread::get_id()](TileQueue& queue) {
                         CHECK(std::this_thread::get_id() == caller && queue.seat() == 0);
                         ++calls;
                         while (const auto tile = queue.next()) seen.push_back(*tile);
                     });
        CHECK(calls == 1 && seen.size() == static_cast<std::size_t>(tiles));
        CHECK(std::is_sorted(seen.begin(), seen.end()) && seen.back() == tiles - 1);
    }
    parallel_for(0, 8, [](TileQueue&) { CHECK(!"called for no tiles"); });
    CHECK(dwconv::worker_count() == 0);
}

void each_tile_is_done_once() {
    for (const int pool_threads : {2, 3, 8}) {
        dwconv::set_pool_threads(pool_threads);
        for (const int tiles : {1, 2, 3, 4, 7, 8, 9, 64, 1000, 20011}) {
            for (const int max_threads : {1, 2, 5, 100}) {
                std::vector<std::atomic<int>> done(static_cast<std::size_t>(tiles));
                std::atomic<int> participants{0};
                parallel_for(tiles, max_threads, [&](TileQueue& queue) {
                    ++participants;
                    while (const auto tile = queue.next()) ++done[static_cast<std::size_t>(*tile)];
                });
                CHECK(
                    std::all_of(done.begin(), done.end(), [](auto& times) { return times == 1; }));
                CHECK(participants <= std::min({tiles, max_threads, pool_threads}));
            }
        }
    }
}

/// Which thread does each tile when nobody needs to steal.
std::vector<std::thread::id> owners(int tiles, int threads) {
    std::vector<std::thread::id> owners(static_cast<std::size_t>(tiles));
    Meeting all_here(threads), all_done(threads);
    parallel_for(tiles, threads, [&](TileQueue& queue) {
        all_here.attend();
        const int seat = queue.seat(), share = tiles / threads, rest = tiles % threads;
        const int first = seat * share + std::min(seat, rest);
        const int last = first + share + (seat < rest ? 1 : 0);
        for (int tile = first; tile < last; ++tile) {
            CHECK(queue.next() == tile);
            owners[static_cast<std::size_t>(tile)] = std::this_thread::get_id();
        }
        all_done.attend();
        CHECK(!queue.next());
    });
    return owners;
}

void each_thread_gets_the_same_tiles_each_time() {
    for (const int threads : {2, 4}) {
        dwconv::set_pool_threads(threads);
        const auto first = owners(10, threads);
        CHECK(first[0] == std::this_thread::get_id());
        CHECK(std::set(first.begin(), first.end()).size() == static_cast<std::size_t>(threads));
        for (int round = 0; round < 50; ++round) CHECK(owners(10, threads) == first);
    }
}

void what_others_leave_is_stolen() {
    dwconv::set_pool_threads(2);
    Meeting both(2);
    std::promise<void> all_done;
    std::vector<std::int64_t> tiles;
    parallel_for(6, 2, [&](TileQueue& queue) {
        both.attend();
        if (queue.seat() == 1) return all_done.get_future().wait();  // leaves 3, 4 and 5
        while (const auto tile = queue.next()) tiles.push_back(*tile);
        all_done.set_value();
    });
    CHECK(tiles == std::vector<std::int64_t>{0, 1, 2, 5, 4, 3});
}

void callers_do_not_wait_for_busy_workers() {
    dwconv::set_pool_threads(2);
    std::promise<void> release;
    const auto released = release.get_future().share();
    Meeting both(3);
    std::thread other([&] {
        parallel_for(2, 2, [&](TileQueue&) {
            both.attend();
            released.wait();
        });
    });
    both.attend();  // the only worker is now inside the other's call
    for (int round = 0; round < 100; ++round) CHECK(sums_right(50, 2));
    release.set_value();
    other.join();
}

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void exceptions_reach_the_caller() {
    dwconv::set_pool_threads(3);
    for (const int thrower : {-1, 0, 1, 2}) {  // -1: all of them
        Meeting all(3);
        std::atomic<int> inside{0};
        std::string text;
        try {
            parallel_for(300, 3, [&](TileQueue& queue) {
                ++inside;
                all.attend();
                if (thrower < 0 || queue.seat() == thrower) {
                    --inside;
                    throw Failure("seat " + std::to_string(queue.seat()));
                }
                while (queue.next()) std::this_thread::sleep_for(1ms);  // what is left is dropped
                --inside;
            });
        } catch (const Failure& failure) {
            text = failure.what();
        }
        CHECK(inside == 0);
        CHECK(thrower < 0 ? text.size() == 6 : text == "seat " + std::to_string(thrower));
        CHECK(sums_right(1000, 3));
    }
    CHECK(throws<Failure>([] { parallel_for(1, 1, [](TileQueue&) { throw Failure(""); }); }));
}

void calls_may_be_nested() {
    dwconv::set_pool_threads(4);
    std::atomic<int> right{0};
    parallel_for(40, 4, [&](TileQueue& queue) {
        while (queue.next()) {
            right += sums_right(100, 4) ? 1 : 0;
            CHECK(
                throws<Failure>([] { parallel_for(9, 4, [](TileQueue&) { throw Failure(""); }); }));
        }
    });
    CHECK(right == 40);
}

/// Threads of the process with the name of the pool's.
int system_threads() {
    int count = 0;
    DIR* const tasks = opendir("/proc/self/task");
    while (const dirent* const task = readdir(tasks)) {
        FILE* const file =
            std::fopen(("/proc/self/task/" + std::string(task->d_name) + "/comm").c_str(), "r");
        if (file == nullptr) continue;
        char name[32] = "";
        if (std::fgets(name, sizeof name, file) != nullptr)
            count += name == std::string("dwconv\n");
        std::fclose(file);
    }
    closedir(tasks);
    return count;
}

void many_callers_share_the_workers() {
    const int before = dwconv::worker_count();
    for (const int threads : {2, 4}) {
        dwconv::set_pool_threads(threads);
        std::vector<std::thread> callers;
        for (int caller = 0; caller < 80; ++caller) {  // more than there are places for
            callers.emplace_back([caller, threads] {
                const int rounds = caller < 16 ? 300 : 3;
                for (int round = 0; round < rounds; ++round) {
                    CHECK(sums_right(1 + (caller * round) % 97, threads));
                }
            });
        }
        for (auto& caller : callers) caller.join();
        CHECK(dwconv::worker_count() <= std::max(before, threads - 1));
        CHECK(system_threads() == dwconv::worker_count());
    }
}

void fewer_threads_are_used_when_told() {
    dwconv::set_pool_threads(6);
    owners(6, 6);
    CHECK(dwconv::worker_count() >= 5 && dwconv::pool_threads() == 6);
    dwconv::set_pool_threads(2);
    std::mutex mutex;
    std::set<std::thread::id> seen;
    for (int round = 0; round < 300; ++round) {
        parallel_for(20, 100, [&](TileQueue& queue) {
            while (queue.next()) {
                const std::lock_guard lock(mutex);
                seen.insert(std::this_thread::get_id());
            }
        });
    }
    CHECK(seen.size() <= 2);
    for (const int threads : {0, dwconv::max_pool_threads + 1}) {
        CHECK(throws<std::invalid_argument>([&] { dwconv::set_pool_threads(threads); }));
    }
    CHECK(dwconv::pool_threads() == 2);
}

void workers_take_no_signals_and_have_a_name() {
    dwconv::set_pool_threads(2);
    Meeting both(2);
    parallel_for(2, 2, [&](TileQueue& queue) {
        both.attend();
        sigset_t blocked;
        pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
        char name[16] = "";
        pthread_getname_np(pthread_self(), name, sizeof name);
        const bool worker = queue.seat() != 0;
        for (const int signal : {SIGINT, SIGTERM, SIGCHLD, SIGALRM}) {
            CHECK((sigismember(&blocked, signal) == 1) == worker);
        }
        CHECK((name == std::string("dwconv")) == worker);
    });
}

std::chrono::nanoseconds processor_time() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void an_idle_pool_takes_no_processor_time() {
    dwconv::set_pool_threads(4);
    owners(4, 4);
    std::this_thread::sleep_for(50ms);
    const auto before = processor_time();
    std::this_thread::sleep_for(200ms);
    CHECK(processor_time() - before < 20ms);
}

void the_default_is_read_from_the_environment() {
    const int processors = dwconv::default_pool_threads(nullptr);
    CHECK(processors >= 1);
    for (const auto& [text, threads] : {std::pair{"3", 3}, {"5,2,1", 5}, {" 7 ", 7}, {"2 ,1", 2}}) {
        CHECK(dwconv::default_pool_threads(text) == threads);
    }
    for (const char* const text : {"", " ", "0", "-2", "four", "4x", ",3", "99999999999", "1.5"}) {
        CHECK(dwconv::default_pool_threads(text) == processors);
    }
    CHECK(dwconv::default_pool_threads("1000000") == dwconv::max_pool_threads);
}

#if defined(__SANITIZE_THREAD__)
// ThreadSanitizer refuses to start threads in the child of a process with several threads.
void children_have_a_pool_of_their_own() {}
#else
/// What a child did: its exit code, or -1 if it ended otherwise or hung.
int run_child(const std::function<void()>& act) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);  // ends a child that hangs
        act();
        _exit(dwconv::check::failures == 0 ? 0 : 1);
    }
    int status = -1;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

#if defined(__SANITIZE_ADDRESS__)
/// The allocator of AddressSanitizer takes its locks into the child as they are: no other thread
/// may be in it at the moment of the fork.
constexpr int busy_callers = 0;
#else
constexpr int busy_callers = 3;
#endif

void children_have_a_pool_of_their_own() {
    dwconv::set_pool_threads(3);
    owners(3, 3);  // all workers are up
    std::atomic<bool> stop{false};
    std::vector<std::thread> callers;
    for (int caller = 0; caller < busy_callers; ++caller) {
        callers.emplace_back([caller, &stop] {
            for (int round = 0; !stop; ++round) CHECK(sums_right(2 + round % 50, 2 + caller % 2));
        });
    }
    const auto in_child = [] {
        CHECK(dwconv::worker_count() == 0 && dwconv::pool_threads() == 3);
        for (int round = 0; round < 5; ++round) CHECK(sums_right(100, 3));
        CHECK(dwconv::worker_count() == 2 && system_threads() <= 3);
        owners(3, 3);
    };
    for (int round = 0; round < 100; ++round) {
        const int code = run_child(in_child);
        CHECK(code == 0);
        if (code != 0) break;
    }
    CHECK(run_child([&] {  // and so has a child's child
              in_child();
              CHECK(run_child(in_child) == 0);
          }) == 0);
#if !defined(__SANITIZE_ADDRESS__)  // whose search for leaks at exit misses the parent's threads
    CHECK(run_child([] {  // exit() while others compute
              std::thread([] {
                  for (;;) sum(100, 3);
              }).detach();
              sum(100, 3);
              std::exit(0);
          }) == 0);
#endif
    stop = true;
    for (auto& caller : callers) caller.join();
}
#endif

}  // namespace

int main() {
    one_participant_leaves_the_pool_alone();
    refuses_to_start_what_cannot_be_started();
    each_tile_is_done_once();
    each_thread_gets_the_same_tiles_each_time();
    what_others_leave_is_stolen();
    callers_do_not_wait_for_busy_workers();
    exceptions_reach_the_caller();
    calls_may_be_nested();
    fewer_threads_are_used_when_told();
    workers_take_no_signals_and_have_a_name();
    an_idle_pool_takes_no_processor_time();
    the_default_is_read_from_the_environment();
    children_have_a_pool_of_their_own();
    many_callers_share_the_workers();
}
