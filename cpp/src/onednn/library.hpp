#pragma once

#include <string>

#include "simd/level.hpp"

namespace dwconv::onednn {

/// "3.2.0"
std::string version();
/// The file that the loader took oneDNN from; the program's own where it is linked in.
std::string path();
/// The newest instruction set that oneDNN uses here: "avx512_core_vnni", "avx2", …
std::string instruction_set();
/// The level at which the project's own kernels run, so that ONEDNN_MAX_CPU_ISA governs them too.
simd::Level simd_level();
/// Whether those of level avx512 may also use its instructions for sums of products of bytes.
bool has_vnni();

}  // namespace dwconv::onednn
