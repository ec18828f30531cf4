// The pool of buffers: what is kept, for how long and for whom; and what the system gets back.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "buffer_pool.hpp"
#include "check.hpp"

namespace {

using dwconv::BufferPool;
using namespace std::chrono_literals;

constexpr std::size_t mib = std::size_t{1} << 20;

/// True where the page of an address is mapped.
bool is_mapped(void* address) {
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto start = reinterpret_cast<std::uintptr_t>(address) / page * page;
    return msync(reinterpret_cast<void*>(start), page, MS_ASYNC) == 0;
}

void buffers_are_recycled() {
    BufferPool pool(64 * mib, 1h);
    void* const first = pool.take(4 * mib);
    CHECK(reinterpret_cast<std::uintptr_t>(first) % 64 == 0 && pool.kept() == 0);
    std::memset(first, 1, 4 * mib);
    pool.give(first);
    CHECK(pool.kept() >= 4 * mib && pool.kept() < 5 * mib);
    void* const again = pool.take(4 * mib);
    CHECK(again == first && pool.kept() == 0);
    void* const other = pool.take(4 * mib);
    CHECK(other != first);
    pool.give(again);
    pool.give(other);
    pool.give(nullptr);
    CHECK(pool.kept() >= 8 * mib);
    pool.trim();
    CHECK(pool.kept() == 0 && !is_mapped(first) && !is_mapped(other));
}

void the_best_fit_is_taken_and_little_is_wasted() {
    BufferPool pool(64 * mib, 1h);
    void* const large = pool.take(10 * mib);
    void* const small = pool.take(9 * mib);
    pool.give(small);
    pool.give(large);
    void* const best = pool.take(8 * mib);
    CHECK(best == small);
    void* const next = pool.take(8 * mib + mib / 2);
    CHECK(next == large);
    pool.give(next);
    void* const much_smaller = pool.take(7 * mib);  // 10 MiB would be too much for it
    CHECK(much_smaller != large);
    void* const larger = pool.take(11 * mib);
    CHECK(larger != large);
    for (void* buffer : {best, much_smaller, larger}) pool.give(buffer);
    pool.trim();
}

void the_oldest_make_room() {
    BufferPool pool(10 * mib, 1h);
    std::vector<void*> buffers;
    for (int i = 0; i < 4; ++i) buffers.push_back(pool.take(3 * mib));
    for (void* buffer : buffers) {
        pool.give(buffer);
        CHECK(pool.kept() <= 10 * mib);
    }
    CHECK(!is_mapped(buffers[0]) && is_mapped(buffers[1]) && is_mapped(buffers[3]));
    void* const too_large = pool.take(11 * mib);
    pool.give(too_large);
    CHECK(!is_mapped(too_large) && is_mapped(buffers[1]));
    pool.set_capacity(4 * mib);
    CHECK(!is_mapped(buffers[2]) && is_mapped(buffers[3]) && pool.kept() <= 4 * mib);
    pool.set_capacity(0);
    CHECK(pool.kept() == 0 && !is_mapped(buffers[3]) && pool.capacity() == 0);
    void* const unkept = pool.take(mib);
    pool.give(unkept);
    CHECK(!is_mapped(unkept) && pool.kept() == 0);
}

void more_buffers_than_places() {
    BufferPool pool(1024 * mib, 1h);
    std::vector<void*> buffers;
    for (int i = 0; i < 200; ++i) buffers.push_back(pool.take(8192));
    for (void* buffer : buffers) pool.give(buffer);
    CHECK(!is_mapped(buffers.front()) && is_mapped(buffers.back()));
    pool.trim();
    for (void* buffer : buffers) CHECK(!is_mapped(buffer));
}

void idle_buffers_go_with_the_next_call() {
    BufferPool pool(64 * mib, 200ms);
    void* const idle = pool.take(4 * mib);
    pool.give(idle);
    std::this_thread::sleep_for(210ms);
    CHECK(pool.kept() > 0);  // nothing happens by itself
    void* const used = pool.take(2 * mib);
    CHECK(pool.kept() == 0 && !is_mapped(idle));
    pool.give(used);
    std::this_thread::sleep_for(210ms);
    void* const fitting = pool.take(2 * mib);  // late, but there still
    CHECK(fitting == used);
    pool.give(fitting);
    std::this_thread::sleep_for(210ms);
    pool.release_idle();
    CHECK(pool.kept() == 0 && !is_mapped(fitting));
}

void resizing_keeps_the_content() {
    BufferPool pool(64 * mib, 1h);
    auto* buffer = static_cast<unsigned char*>(pool.take(2 * mib));
    for (std::size_t i = 0; i < 2 * mib; ++i) buffer[i] = static_cast<unsigned char>(i % 251);
    for (const std::size_t bytes : {9 * mib, 3 * mib, std::size_t{1001}, 5 * mib}) {
        buffer = static_cast<unsigned char*>(pool.resize(buffer, bytes));
        CHECK(reinterpret_cast<std::uintptr_t>(buffer) % 64 == 0);
        bool same = true;
        for (std::size_t i = 0; i < 1000; ++i) same &= buffer[i] == i % 251;
        CHECK(same);
        buffer[bytes - 1] = 7;
    }
    CHECK(pool.resize(buffer, SIZE_MAX) == nullptr && buffer[999] == 999 % 251);
    pool.give(buffer);
    CHECK(pool.kept() >= 5 * mib && pool.kept() < 6 * mib);
    void* const from_null = pool.resize(nullptr, mib);
    CHECK(from_null != nullptr);
    pool.give(from_null);
    pool.trim();
}

void more_than_there_is() {
    BufferPool pool(64 * mib, 1h);
    pool.give(pool.take(mib));
    CHECK(pool.take(SIZE_MAX) == nullptr && pool.take(SIZE_MAX / 2) == nullptr);
    CHECK(pool.take(std::size_t{1} << 47) == nullptr);
    CHECK(pool.kept() == 0);  // it was given back for a second attempt
}

BufferPool shared_pool(8 * mib, 1ms);

void many_threads() {
    std::vector<std::thread> threads;
    for (unsigned char id = 1; id <= 8; ++id) {
        threads.emplace_back([id] {
            for (std::size_t round = 0; round < 300; ++round) {
                const std::size_t bytes = (1 + (round * id) % 5) * 64 * 1024;
                auto* const buffer = static_cast<unsigned char*>(shared_pool.take(bytes));
                std::memset(buffer, id, bytes);
                if (round % 50 == 0) shared_pool.trim();
                CHECK(buffer[0] == id && buffer[bytes / 2] == id && buffer[bytes - 1] == id);
                shared_pool.give(buffer);
                CHECK(shared_pool.kept() <= shared_pool.capacity());
            }
        });
    }
    for (auto& thread : threads) thread.join();
    shared_pool.trim();
    CHECK(shared_pool.kept() == 0);
}

void a_child_starts_with_nothing_kept() {
    BufferPool pool(64 * mib, 1h);
    auto* const used = static_cast<unsigned char*>(pool.take(mib));
    used[0] = 5;
    void* const kept = pool.take(mib);
    pool.give(kept);
    pool.before_fork();
    const pid_t child = fork();
    if (child == 0) {
        pool.after_fork_in_child();
        CHECK(pool.kept() == 0 && !is_mapped(kept) && used[0] == 5);
        pool.give(used);
        CHECK(pool.take(mib) == used);
        _exit(dwconv::check::failures == 0 ? 0 : 1);
    }
    pool.after_fork_in_parent();
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(is_mapped(kept));
    pool.give(used);
    pool.trim();
}

}  // namespace

int main() {
    buffers_are_recycled();
    the_best_fit_is_taken_and_little_is_wasted();
    the_oldest_make_room();
    more_buffers_than_places();
    idle_buffers_go_with_the_next_call();
    resizing_keeps_the_content();
    more_than_there_is();
    many_threads();
    a_child_starts_with_nothing_kept();
}
