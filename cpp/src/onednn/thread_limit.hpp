#pragma once

namespace dwconv::onednn {

/// While it lives, oneDNN starts no threads for the calling thread: the threads are ours.
class SingleThreaded {
public:
    SingleThreaded();
    ~SingleThreaded();
    SingleThreaded(const SingleThreaded&) = delete;
    SingleThreaded& operator=(const SingleThreaded&) = delete;

private:
    int before_;
};

}  // namespace dwconv::onednn
