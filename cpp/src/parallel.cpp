#include "parallel.hpp"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "fork.hpp"

// How it works. Calls live in a few slots that are never freed, so that a worker may look at one at
// any time. Who may take part is settled by one atomic word of the slot: a worker enters by taking
// a vacancy, the caller closes the call by removing the vacancies that are left, and then waits for
// those who are inside. Nobody who is awake takes a lock.
//
// Atomics are sequentially consistent where two threads each write one and then read the other's: a
// caller opens a call and then looks for sleepers, a worker says that it sleeps and then looks for
// calls, so that at least one of the two sees the other.

namespace dwconv {

namespace {

using Clock = std::chrono::steady_clock;

/// How long an idle worker, or a caller whose workers are at their last tile, stays awake. Waking a
/// sleeper was measured at 10 to 25 us; calls 100 us apart shall find workers awake.
constexpr auto spin_time = std::chrono::microseconds(200);
/// Looks around before a worker takes a seat that is not its own.
constexpr int patience = 32;
/// Looks around between which an idle worker lets others have the processor: beside busy processes
/// a worker may sit on the caller's own, and would hold it up for the whole of spin_time.
constexpr int looks_at_a_time = 64;
/// Sleepers that each participant wakes, who wake others in turn.
constexpr int wakes_each = 2;
constexpr int max_workers = max_pool_threads - 1;
constexpr int max_calls = 64;  // the bits of Pool::open_; callers beyond them work alone

thread_local bool inside_body = false;

void pause_processor() noexcept { __builtin_ia32_pause(); }

/// Processors that the calling thread may run on.
int count_processors() noexcept {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Lets a thread sleep until another rings. A semaphore, since it has no lock to be held in a fork.
class Bell {
public:
    Bell() noexcept { sem_init(&semaphore_, 0, 0); }
    void wait() noexcept {
        while (sem_wait(&semaphore_) != 0) {  // a signal came
        }
    }
    void ring() noexcept { sem_post(&semaphore_); }

private:
    sem_t semaphore_;
};

/// One parallel_for under way, or the place for one.
class alignas(64) Call {
public:
    /// True for one thread alone, the caller, to whom all functions of this group are reserved.
    bool acquire() noexcept {
        std::uint64_t free = 0;
        return state_ == 0 && state_.compare_exchange_strong(free, owned);
    }
    void release() noexcept { state_ = 0; }
    int capacity() const noexcept { return static_cast<int>(ranges_.size()); }
    void enlarge(int seats) {
        ranges_ = std::vector<detail::TileRange>(static_cast<std::size_t>(seats));
    }
    void open(std::int64_t tiles, int seats, TileBody body) noexcept {
        const std::int64_t share = tiles / seats, rest = tiles % seats;
        std::int64_t first = 0;
        for (int seat = 0; seat < seats; ++seat) {
            const std::int64_t last = first + share + (seat < rest ? 1 : 0);
            range(seat).assign(first, last);
            first = last;
        }
        range(0).take_seat();
        body_ = body;
        failed_ = false;
        seats_ = seats;
        state_ = owned + vacancy * static_cast<std::uint64_t>(seats - 1);
    }
    /// Lets nobody in any more, and returns the first exception when all have left.
    std::exception_ptr close(bool spin) noexcept {
        state_.fetch_and(~vacancies);
        const auto give_up = Clock::now() + spin_time;
        while ((state_ & members) != 0) {
            if (spin && Clock::now() < give_up) {
                pause_processor();
            } else if ((state_.fetch_or(sleeping) & members) != 0) {
                all_left_.wait();
            }
        }
        return std::exchange(error_, nullptr);
    }

    /// True if the calling worker is now inside; it then calls leave() at the end.
    bool join() noexcept {
        std::uint64_t state = state_;
        while ((state & vacancies) != 0) {
            if (state_.compare_exchange_weak(state, state - vacancy + member)) return true;
        }
        return false;
    }
    void leave() noexcept {
        const std::uint64_t before = state_.fetch_sub(member);
        if ((before & sleeping) != 0 && (before & members) == member) all_left_.ring();
    }

    /// A seat of its own for a worker that is inside; none if it comes too late, since getting
    /// ready for nothing would hold up the caller.
    std::optional<int> take_seat(int preferred) noexcept {
        int empty = 0;
        while (empty < seats_ && range(empty).empty()) ++empty;
        if (empty == seats_) return std::nullopt;
        int seat = preferred % seats_;
        while (!range(seat).take_seat()) seat = (seat + 1) % seats_;
        return seat;
    }
    void work(int seat) noexcept {
        TileQueue queue(ranges_.data(), seats_, seat);
        inside_body = true;
        try {
            (*body_)(queue);
        } catch (...) {
            if (!failed_.exchange(true)) error_ = std::current_exception();
            for (int other = 0; other < seats_; ++other) range(other).cancel();
        }
        inside_body = false;
    }

    int vacant() const noexcept { return static_cast<int>((state_ & vacancies) / vacancy); }
    int seats() const noexcept { return seats_; }  ///< for who is not inside, a hint

private:
    detail::TileRange& range(int seat) { return ranges_[static_cast<std::size_t>(seat)]; }

    static constexpr std::uint64_t member = 1, members = 0x7fffffff;
    static constexpr std::uint64_t vacancy = members + 1, vacancies = members * vacancy;
    static constexpr std::uint64_t sleeping = std::uint64_t{1} << 62;  // the caller, in close()
    static constexpr std::uint64_t owned = std::uint64_t{1} << 63;

    std::atomic<std::uint64_t> state_{0};
    std::atomic<int> seats_{0};
    std::optional<TileBody> body_;
    std::vector<detail::TileRange> ranges_;
    std::atomic<bool> failed_{false};
    std::exception_ptr error_;  // written by who set `failed_`
    Bell all_left_;
};

struct alignas(64) Worker {
    enum Status { busy, looking, asleep };
    std::atomic<Status> status{busy};
    Bell bell;
};

class Pool {
public:
    static Pool& pool;

    Pool() {
        on_fork([] { pool.mutex_.lock(); }, [] { pool.mutex_.unlock(); },
                [] { pool.start_afresh(); });
    }

    /// False if nobody can help; nothing has been done then.
    bool run(std::int64_t tiles, int seats, TileBody body) {
        if (workers() < std::min(seats - 1, startable_.load())) start_workers(seats - 1);
        seats = std::min(seats, workers() + 1);
        if (seats < 2) return false;
        const auto found =
            std::find_if(calls_.begin(), calls_.end(), [](Call& each) { return each.acquire(); });
        if (found == calls_.end()) return false;
        Call& call = *found;
        const std::uint64_t bit = std::uint64_t{1} << (found - calls_.begin());
        if (call.capacity() < seats && !enlarge(call, seats)) return call.release(), false;
        call.open(tiles, seats, body);
        open_.fetch_or(bit);
        wake_workers();
        call.work(0);
        // A worker that left this caller its processor may help another caller now.
        if ((open_.fetch_and(~bit) & ~bit) != 0) wake_workers();
        std::exception_ptr error = call.close(seats <= processors_);
        call.release();
        if (error) std::rethrow_exception(std::move(error));
        return true;
    }

    int workers() const noexcept { return started_; }

    /// Has threads started again that could not be started before.
    void retry() noexcept { startable_ = max_workers; }

private:
    void start_workers(int wanted) noexcept {
        const std::unique_lock lock(mutex_, std::try_to_lock);
        if (!lock) return;  // another call is at it
        processors_ = count_processors();
        sigset_t blocked, before;  // a new thread's are those of the thread that starts it
        sigfillset(&blocked);
        for (const int own_fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL})
            sigdelset(&blocked, own_fault);
        pthread_sigmask(SIG_SETMASK, &blocked, &before);
        while (started_ < std::min(wanted, startable_.load())) {
            try {
                std::thread([this, index = started_.load()] { work(index); }).detach();
                ++started_;
            } catch (const std::exception&) {
                startable_ = started_.load();  // go on with those there are
            }
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    bool enlarge(Call& call, int seats) noexcept try {
        const std::lock_guard lock(mutex_);  // so that a child does not find it half done
        call.enlarge(seats);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }

    /// The workers that may take part now: each caller takes the place of one.
    int wanted_workers() const noexcept {
        const int callers = __builtin_popcountll(open_);
        return std::min(workers(), pool_threads() - callers);
    }

    /// Wakes workers for the vacancies that no worker is awake for.
    void wake_workers() noexcept {
        int vacant = 0;
        for (std::uint64_t left = open_; left != 0; left &= left - 1)
            vacant += first(left).vacant();
        const int wanted = wanted_workers();
        for (int index = 0, woken = 0; index < wanted && vacant > 0 && woken < wakes_each;
             ++index) {
            Worker& worker = workers_[static_cast<std::size_t>(index)];
            auto status = worker.status.load();
            if (status == Worker::busy) continue;
            --vacant;
            if (status != Worker::asleep) continue;
            if (!worker.status.compare_exchange_strong(status, Worker::looking)) continue;
            worker.bell.ring();
            ++woken;
        }
    }

    Call& first(std::uint64_t calls) noexcept {
        return calls_[static_cast<std::size_t>(__builtin_ctzll(calls))];
    }

    /// A call that the worker may join, if it is patient only one that has its own seat.
    Call* find(int index, bool patient) noexcept {
        std::uint64_t left = open_;
        if (left == 0 || index >= wanted_workers()) return nullptr;
        for (; left != 0; left &= left - 1) {
            Call& call = first(left);
            if (call.vacant() > 0 && (!patient || index + 1 < call.seats())) return &call;
        }
        return nullptr;
    }

    /// Looks around until there is a call that the worker has joined, or for as long as is decent.
    Call* look(int index) noexcept {
        const bool spin = index + 2 <= processors_;
        const auto give_up = Clock::now() + spin_time;
        int looks = 0;
        do {
            Call* const call = find(index, spin && ++looks < patience);
            if (call != nullptr && call->join()) return call;
            pause_processor();
            if (spin && looks % looks_at_a_time == 0) sched_yield();
        } while (spin && Clock::now() < give_up);
        return nullptr;
    }

    [[noreturn]] void work(int index) noexcept {
        pthread_setname_np(pthread_self(), "dwconv");
        Worker& self = workers_[static_cast<std::size_t>(index)];
        for (;;) {
            self.status = Worker::looking;
            if (Call* const call = look(index)) {
                self.status = Worker::busy;
                wake_workers();
                if (const auto seat = call->take_seat(index + 1)) call->work(*seat);
                call->leave();
                continue;
            }
            auto status = Worker::asleep;
            self.status = status;
            if (find(index, false) != nullptr &&
                self.status.compare_exchange_strong(status, Worker::looking)) {
                continue;
            }
            self.bell.wait();
        }
    }

    /// In a child: its only thread is in no call, and there are no workers.
    void start_afresh() noexcept {
        for (Call& call : calls_) {
            call.~Call();
            new (&call) Call;
        }
        for (Worker& worker : workers_) new (&worker) Worker;
        open_ = 0;
        started_ = 0;
        retry();
        mutex_.unlock();
    }

    std::atomic<std::uint64_t> open_{0};  // a bit for each of calls_ that workers may look at
    std::atomic<int> started_{0};
    std::atomic<int> startable_{max_workers};
    std::atomic<int> processors_{1};
    std::mutex mutex_;  // taken where threads are started or memory is allocated
    std::array<Call, max_calls> calls_;
    std::array<Worker, max_workers> workers_;
};

// Made when the library is loaded, as no other thread can fork then. Never destroyed, as workers
// live until the process ends.
Pool& Pool::pool = *new Pool;

std::atomic<int> thread_count{0};  // 0: not asked for yet

}  // namespace

void run_tiles(std::int64_t tiles, int max_threads, TileBody body) {
    if (tiles <= 0) return;
    if (tiles > 1 && max_threads > 1 && !inside_body) {
        const auto seats = std::min<std::int64_t>(tiles, std::min(max_threads, pool_threads()));
        if (seats > 1 && Pool::pool.run(tiles, static_cast<int>(seats), body)) return;
    }
    detail::TileRange all;
    all.assign(0, tiles);
    TileQueue queue(&all, 1, 0);
    body(queue);
}

int default_pool_threads(const char* setting) noexcept {
    const std::string_view text = setting == nullptr ? "" : setting;
    const char* const end = text.data() + text.size();
    const auto digits = std::find_if(text.begin(), text.end(), [](char c) { return c != ' '; });
    int threads = 0;
    auto [rest, error] = std::from_chars(digits, end, threads);
    while (rest != end && *rest == ' ') ++rest;
    const bool sense = error == std::errc() && threads > 0 && (rest == end || *rest == ',');
    return std::min(sense ? threads : count_processors(), max_pool_threads);
}

int pool_threads() noexcept {
    int threads = thread_count;
    if (threads == 0) {
        const int made = default_pool_threads(std::getenv("OMP_NUM_THREADS"));
        if (thread_count.compare_exchange_strong(threads, made)) threads = made;
    }
    return threads;
}

void set_pool_threads(int threads) {
    if (threads < 1 || threads > max_pool_threads) {
        throw std::invalid_argument("set_pool_threads: expected 1 to max_pool_threads");
    }
    thread_count = threads;
    Pool::pool.retry();
}

int worker_count() noexcept { return Pool::pool.workers(); }

}  // namespace dwconv
