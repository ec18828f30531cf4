#include "dwconv/runtime.hpp"

#include "dwconv/errors.hpp"
#include "dwconv/version.hpp"
#include "onednn/library.hpp"
#include "parallel.hpp"

namespace dwconv {

int get_num_threads() { return pool_threads(); }

void set_num_threads(int threads) {
    if (threads < 1 || threads > max_pool_threads) {
        throw InvalidArgument(
            {"threads", "from 1 to " + std::to_string(max_pool_threads), std::to_string(threads)});
    }
    set_pool_threads(threads);
}

Config get_config() {
    return {DWCONV_VERSION, onednn::version(), onednn::path(), onednn::instruction_set(),
            pool_threads(), worker_count()};
}

}  // namespace dwconv
