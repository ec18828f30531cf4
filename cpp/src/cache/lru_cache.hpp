#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dwconv/cache_info.hpp"

namespace dwconv {

/// A cache of the `capacity` values used last, each built once however many threads ask for it.
///
/// It keeps finished values; what is being built is known apart from them and takes no room, so
/// that it cannot be evicted. All functions may be called by any thread at any time.
template <class Key, class Value, class Hash = std::hash<Key>>
class LruCache {
public:
    using Pointer = std::shared_ptr<const Value>;

    /// A capacity of 0 turns the cache off: each call builds, and nothing is kept.
    explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

    /// The value of `key`, made by `build()` if it is not here.
    ///
    /// `build` returns something convertible to `Pointer`. It runs without a lock held and may use
    /// the cache, but must not ask for `key`. Of several threads that ask for a missing key one
    /// builds and the others wait; if the build throws, all of them get the exception and the next
    /// call builds again.
    template <class Build>
    Pointer get_or_create(const Key& key, Build&& build);

    CacheInfo info() const;

    /// Forgets all values and counts. Builds in progress end for those who wait for them alone.
    void clear();

    /// Sets the capacity and evicts the values beyond it, those used longest ago first.
    void resize(std::size_t capacity);

    /// For on_fork(). A child keeps the values and drops the builds, whose threads it has not.
    void before_fork() { mutex_.lock(); }
    void after_fork_in_parent() { mutex_.unlock(); }
    void after_fork_in_child() {
        forget_builds();
        mutex_.unlock();
    }

private:
    struct Entry {
        Pointer value;
        typename std::list<const Key*>::iterator use;
    };
    using Entries = std::unordered_map<Key, Entry, Hash>;
    using Builds = std::unordered_map<Key, std::shared_future<Pointer>, Hash>;

    template <class Build>
    Pointer create(const Key& key, Build&& build, std::promise<Pointer> promise,
                   std::uint64_t generation);
    void store(const Key& key, const Pointer& value, std::uint64_t generation);
    std::vector<Pointer> evict();
    void forget_builds() {
        builds_.clear();
        ++generation_;
    }

    mutable std::mutex mutex_;
    std::size_t capacity_;
    Entries entries_;
    std::list<const Key*> uses_;    // the keys of entries_, those used last first
    Builds builds_;                 // in progress
    std::uint64_t generation_ = 0;  // of builds_: those of an earlier one are not stored
    CacheInfo counts_;
};

template <class Key, class Value, class Hash>
template <class Build>
auto LruCache<Key, Value, Hash>::get_or_create(const Key& key, Build&& build) -> Pointer {
    std::unique_lock lock(mutex_);
    if (const auto found = entries_.find(key); found != entries_.end()) {
        ++counts_.hits;
        uses_.splice(uses_.begin(), uses_, found->second.use);
        return found->second.value;
    }
    if (capacity_ == 0) {
        ++counts_.misses;
        lock.unlock();
        return std::forward<Build>(build)();
    }
    if (const auto found = builds_.find(key); found != builds_.end()) {
        ++counts_.hits;
        const std::shared_future<Pointer> result = found->second;
        lock.unlock();
        return result.get();
    }
    std::promise<Pointer> promise;
    builds_.emplace(key, promise.get_future());
    ++counts_.misses;
    const std::uint64_t generation = generation_;
    lock.unlock();
    return create(key, std::forward<Build>(build), std::move(promise), generation);
}

template <class Key, class Value, class Hash>
template <class Build>
auto LruCache<Key, Value, Hash>::create(const Key& key, Build&& build,
                                        std::promise<Pointer> promise, std::uint64_t generation)
    -> Pointer {
    try {
        const Pointer value = std::forward<Build>(build)();
        store(key, value, generation);
        promise.set_value(value);
        return value;
    } catch (...) {
        {
            const std::lock_guard lock(mutex_);
            if (generation == generation_) builds_.erase(key);
        }
        promise.set_exception(std::current_exception());
        throw;
    }
}

template <class Key, class Value, class Hash>
void LruCache<Key, Value, Hash>::store(const Key& key, const Pointer& value,
                                       std::uint64_t generation) {
    std::list<const Key*> use(1);
    std::vector<Pointer> evicted;  // destroyed after the lock is released, as this may take long
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return;
    if (capacity_ > 0) {
        const auto entry = entries_.try_emplace(key, Entry{value, use.begin()}).first;
        use.front() = &entry->first;
        uses_.splice(uses_.begin(), use);
        evicted = evict();
    }
    builds_.erase(key);
}

template <class Key, class Value, class Hash>
auto LruCache<Key, Value, Hash>::evict() -> std::vector<Pointer> {
    std::vector<Pointer> evicted;
    while (entries_.size() > capacity_) {
        const auto oldest = entries_.find(*uses_.back());
        evicted.push_back(std::move(oldest->second.value));
        entries_.erase(oldest);
        uses_.pop_back();
        ++counts_.evictions;
    }
    return evicted;
}

template <class Key, class Value, class Hash>
CacheInfo LruCache<Key, Value, Hash>::info() const {
    const std::lock_guard lock(mutex_);
    CacheInfo info = counts_;
    info.size = entries_.size();
    info.capacity = capacity_;
    return info;
}

template <class Key, class Value, class Hash>
void LruCache<Key, Value, Hash>::clear() {
    Entries cleared;  // destroyed after the lock is released
    const std::lock_guard lock(mutex_);
    cleared.swap(entries_);
    uses_.clear();
    forget_builds();
    counts_ = {};
}

template <class Key, class Value, class Hash>
void LruCache<Key, Value, Hash>::resize(std::size_t capacity) {
    std::vector<Pointer> evicted;  // destroyed after the lock is released
    const std::lock_guard lock(mutex_);
    capacity_ = capacity;
    evicted = evict();
}

}  // namespace dwconv
