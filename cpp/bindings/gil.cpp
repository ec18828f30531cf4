#include "gil.hpp"

#include <unistd.h>

namespace dwconv::bindings {

void park_thread() noexcept {
    for (;;) pause();
}

}  // namespace dwconv::bindings
