#include "onednn/scratch.hpp"

#include <new>

namespace dwconv::onednn {

namespace {

constexpr std::size_t alignment = 64;

std::size_t rounded_up(std::size_t bytes) {
    return (bytes + alignment - 1) / alignment * alignment;
}

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t floats)
    : data_(static_cast<float*>(std::aligned_alloc(alignment, rounded_up(floats * sizeof(float))))),
      size_(floats) {
    if (!data_ && floats != 0) throw std::bad_alloc();
}

float* ScratchBuffer::reserve(std::size_t floats) {
    if (floats > buffer_.size()) {
        buffer_ = AlignedBuffer();  // the old one goes first: its values are not wanted
        buffer_ = AlignedBuffer(floats);
    }
    return buffer_.data();
}

Scratch& thread_scratch() {
    thread_local Scratch scratch;
    return scratch;
}

}  // namespace dwconv::onednn
