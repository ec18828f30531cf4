#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>

namespace dwconv {

/// Large buffers, whose memory is kept for a while after use: memory fresh from the system costs a
/// page fault at the first write of each page, which takes longer than a small convolution.
///
/// What is kept is at most `capacity` bytes, and stays at the system's disposal: where memory gets
/// short the system takes the pages (MADV_FREE), and the next user gets them anew. A buffer that
/// nobody took within `idle_time` is given back by the next take(), give() or release_idle().
///
/// Any thread may call anything. The pool has no destructor, so that a static one serves for as
/// long as the process lives, and it takes no memory from malloc.
class BufferPool {
public:
    using Clock = std::chrono::steady_clock;

    constexpr BufferPool(std::size_t capacity, Clock::duration idle_time) noexcept
        : idle_time_(idle_time), capacity_(capacity) {}
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;

    /// At least this many bytes on a boundary of 64, of any content; null where there is no memory.
    void* take(std::size_t bytes) noexcept;
    /// Takes back what take() or resize() returned. Null does nothing.
    void give(void* buffer) noexcept;
    /// As realloc(): the content stays, the place may change; null, and all as before, where there
    /// is no memory.
    void* resize(void* buffer, std::size_t bytes) noexcept;

    /// Gives back what has been idle for too long.
    void release_idle() noexcept;
    /// Gives back all that is kept.
    void trim() noexcept;
    /// Gives back what is beyond. 0: nothing is kept.
    void set_capacity(std::size_t bytes) noexcept;

    std::size_t capacity() const noexcept;
    /// The bytes that are kept now, in no use.
    std::size_t kept() const noexcept;

    /// For on_fork(). A child starts with nothing kept, as its parent would share the pages.
    void before_fork() noexcept { mutex_.lock(); }
    void after_fork_in_parent() noexcept { mutex_.unlock(); }
    void after_fork_in_child() noexcept {
        mutex_.unlock();
        trim();
    }

private:
    struct Kept {
        void* base = nullptr;
        std::size_t length = 0;
        Clock::time_point since{};
    };
    static constexpr std::size_t max_kept = 64;

    /// Mappings on their way to the system, which is done when the pool is unlocked: it takes long.
    class Released;

    void release(std::size_t index, Released& released) noexcept;
    void release_idle(Released& released) noexcept;
    void release_beyond(std::size_t bytes, Released& released) noexcept;
    /// Removes a kept mapping of a fitting length; one without base where there is none.
    Kept take_kept(std::size_t length) noexcept;

    const Clock::duration idle_time_;
    mutable std::mutex mutex_;
    std::size_t capacity_;
    std::size_t kept_bytes_ = 0;
    /// Changed with the lock held alone, but looked at without it.
    std::atomic<std::size_t> count_{0};
    std::array<Kept, max_kept> buffers_{};  // the first `count_`, by rising `since`
};

}  // namespace dwconv
