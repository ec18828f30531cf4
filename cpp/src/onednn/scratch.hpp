#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace dwconv::onednn {

/// Memory aligned to a cache line, which is what oneDNN's kernels like best.
class AlignedBuffer {
public:
    AlignedBuffer() = default;
    /// @throws std::bad_alloc
    explicit AlignedBuffer(std::size_t floats);

    float* data() const noexcept { return data_.get(); }
    std::size_t size() const noexcept { return size_; }

private:
    struct Free {
        void operator()(float* data) const noexcept { std::free(data); }
    };
    std::unique_ptr<float, Free> data_;
    std::size_t size_ = 0;
};

/// A buffer that grows to what is asked of it and keeps it for the next call.
class ScratchBuffer {
public:
    /// At least `floats` elements, whose values are unspecified; valid until the next reserve().
    float* reserve(std::size_t floats);

private:
    AlignedBuffer buffer_;
};

/// What one thread needs while it computes. Each buffer has one user, so that none is taken from
/// under another.
struct Scratch {
    ScratchBuffer src_tile;
    ScratchBuffer dst_tile;
    ScratchBuffer dst_result;
    ScratchBuffer weights;
    ScratchBuffer primitive;
    ScratchBuffer repair;
    ScratchBuffer between;    ///< a depthwise result on its way into a 1×1 convolution
    ScratchBuffer widened;    ///< a source of another type than float32
    ScratchBuffer unrounded;  ///< a result that is to become another type
    ScratchBuffer sums;       ///< in double precision, of integers
    ScratchBuffer added;      ///< what is added to a result of another type than float32
    ScratchBuffer folded;     ///< weights and bias with scale and shift in them
    ScratchBuffer expanded;   ///< that of a 1×1 convolution on its way into a depthwise one
};

/// The calling thread's own.
Scratch& thread_scratch();

}  // namespace dwconv::onednn
