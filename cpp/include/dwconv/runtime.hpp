#pragma once

#include <string>

#include "dwconv/export.hpp"

namespace dwconv {

/// The most threads that one call uses, of all its callers' together; from OMP_NUM_THREADS, else
/// the number of processors that this process may run on.
DWCONV_EXPORT int get_num_threads();

/// Process-wide. @throws InvalidArgument where `threads` is less than 1 or more than 1024.
DWCONV_EXPORT void set_num_threads(int threads);

/// What runs here.
struct Config {
    std::string version;         ///< of dwconv
    std::string onednn_version;  ///< "3.2.0"
    std::string onednn_path;     ///< the file that oneDNN was loaded from
    std::string isa;             ///< the newest instruction set in use, as oneDNN names it
    int threads = 0;             ///< get_num_threads()
    int workers = 0;             ///< threads that the pool has started so far
};

/// @throws BackendError
DWCONV_EXPORT Config get_config();

}  // namespace dwconv
