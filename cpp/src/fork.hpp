#pragma once

namespace dwconv {

/// Has functions called around each fork() of this process: `prepare` before it, then `parent` and
/// `child` after it, in the respective process. Any of them may be null. They stay for as long as
/// the library is loaded, so what they touch must live as long.
///
/// The order is POSIX's: `prepare` functions run last registered first, the others first
/// registered first; locks taken in `prepare` are thus released in the reverse order.
///
/// The usual form: `prepare` takes the locks, so that no other thread is in the middle of what they
/// guard, `parent` releases them, and `child` mends what lost its threads. Register while the
/// library is loaded (from a static object), before another thread can fork.
///
/// Throws std::system_error if there is no memory left.
void on_fork(void (*prepare)(), void (*parent)(), void (*child)());

}  // namespace dwconv
