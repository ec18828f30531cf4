#include "onednn/thread_limit.hpp"

#ifdef DWCONV_ONEDNN_OMP
// Declared here, and not by <omp.h>, since no code of ours is compiled with OpenMP.
extern "C" int omp_get_max_threads(void);
extern "C" void omp_set_num_threads(int);
#endif

namespace dwconv::onednn {

#ifdef DWCONV_ONEDNN_OMP
SingleThreaded::SingleThreaded() : before_(omp_get_max_threads()) {
    if (before_ != 1) omp_set_num_threads(1);
}
SingleThreaded::~SingleThreaded() {
    if (before_ != 1) omp_set_num_threads(before_);
}
#else
SingleThreaded::SingleThreaded() : before_(1) {}
SingleThreaded::~SingleThreaded() = default;
#endif

}  // namespace dwconv::onednn
