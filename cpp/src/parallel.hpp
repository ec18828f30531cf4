#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>

namespace dwconv {

namespace detail {

/// The tiles of one seat: its owner takes them from the front, everybody else from the back.
///
/// Whoever takes a tile first takes one of the `left_` tickets, which settles that there is one for
/// him; as there are no more tickets than tiles, the two ends never meet.
class alignas(64) TileRange {  // a cache line each, as each has a writer of its own
public:
    void assign(std::int64_t first, std::int64_t last) noexcept {
        front_ = first;
        back_.store(last, std::memory_order_relaxed);
        left_.store(last - first, std::memory_order_relaxed);
        taken_.store(false, std::memory_order_relaxed);
    }
    /// True for one caller alone, who may then use take_front().
    bool take_seat() noexcept { return !taken_.exchange(true, std::memory_order_relaxed); }
    std::optional<std::int64_t> take_front() noexcept {
        if (!take_ticket()) return std::nullopt;
        return front_++;
    }
    std::optional<std::int64_t> take_back() noexcept {
        if (!take_ticket()) return std::nullopt;
        return back_.fetch_sub(1, std::memory_order_relaxed) - 1;
    }
    bool empty() const noexcept { return left_.load(std::memory_order_relaxed) <= 0; }
    /// Nobody gets a tile any more.
    void cancel() noexcept { left_.store(0, std::memory_order_relaxed); }

private:
    bool take_ticket() noexcept {
        return !empty() && left_.fetch_sub(1, std::memory_order_relaxed) > 0;
    }

    std::atomic<std::int64_t> left_{0};  // may fall below 0 when several reach for the last one
    std::int64_t front_ = 0;
    std::atomic<std::int64_t> back_{0};
    std::atomic<bool> taken_{false};
};

}  // namespace detail

/// What one participant of a parallel_for draws its tiles from: first those of its own seat in
/// rising order, the same at each call with as many tiles and seats, then what others have left.
class TileQueue {
public:
    TileQueue(detail::TileRange* ranges, int seats, int seat) noexcept
        : ranges_(ranges), seats_(seats), seat_(seat) {}

    /// The next tile to do; nothing when all are taken.
    std::optional<std::int64_t> next() noexcept {
        if (const auto tile = ranges_[seat_].take_front()) return tile;
        for (int other = seat_ + 1; other < seat_ + seats_; ++other) {
            if (const auto tile = ranges_[other % seats_].take_back()) return tile;
        }
        return std::nullopt;
    }

    /// This participant's seat: 0 for the calling thread, below the number of participants for all.
    int seat() const noexcept { return seat_; }

private:
    detail::TileRange* ranges_;
    int seats_;
    int seat_;
};

/// Refers to a callable `void(TileQueue&)` that outlives it: std::function without the allocation.
class TileBody {
public:
    template <class Body>
    static TileBody of(Body& body) noexcept {
        return {const_cast<void*>(static_cast<const void*>(std::addressof(body))),
                [](void* object, TileQueue& queue) { (*static_cast<Body*>(object))(queue); }};
    }
    void operator()(TileQueue& queue) const { call_(object_, queue); }

private:
    TileBody(void* object, void (*call)(void*, TileQueue&)) noexcept
        : object_(object), call_(call) {}

    void* object_;
    void (*call_)(void*, TileQueue&);
};

/// parallel_for() behind its template.
void run_tiles(std::int64_t tiles, int max_threads, TileBody body);

/// Does tiles 0 … `tiles` - 1, each once, on the calling thread and on as many threads of the
/// process-wide pool as are free, at most min(`max_threads`, pool_threads(), `tiles`) in all.
///
/// Each participant calls `body(TileQueue&)` once and at the same time as others; the body gets
/// ready, then draws until there are no more tiles:
///
///     parallel_for(tiles, threads, [&](TileQueue& queue) {
///         Context& context = this_threads_context();
///         while (const auto tile = queue.next()) compute(context, *tile);
///     });
///
/// The caller never waits for a thread that has not begun. With one participant, or from inside the
/// body of another parallel_for, `body` runs on the calling thread and the pool is not touched.
/// Any number of threads may call at once. All effects of the tiles are visible on return.
///
/// If a body throws, the tiles not yet drawn are dropped, and when all participants have left the
/// first exception is thrown here. A body must not fork() and go on in the child.
template <class Body>
void parallel_for(std::int64_t tiles, int max_threads, Body&& body) {
    run_tiles(tiles, max_threads, TileBody::of(body));
}

/// The most that pool_threads() can be: as many as a cpu_set_t has processors.
inline constexpr int max_pool_threads = 1024;

/// The number of threads that a call may use, the calling one included.
int pool_threads() noexcept;

/// Sets pool_threads() for the process. Threads are started when a call first needs them; those
/// beyond a smaller number stay asleep. Throws std::invalid_argument if `threads` is below 1 or
/// above max_pool_threads.
void set_pool_threads(int threads);

/// What pool_threads() is at first: `setting` (the text of OMP_NUM_THREADS, or null), or the first
/// number of it if it is a list; if that makes no sense, the processors this process may run on. At
/// most max_pool_threads.
int default_pool_threads(const char* setting) noexcept;

/// Threads that the pool has started in this process.
int worker_count() noexcept;

}  // namespace dwconv
