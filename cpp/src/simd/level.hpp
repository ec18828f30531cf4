#pragma once

namespace dwconv::simd {

/// The instruction sets that the project's own kernels are compiled for. The caller says which one
/// the processor (or the user, through ONEDNN_MAX_CPU_ISA) allows.
enum class Level { baseline, avx2 };

}  // namespace dwconv::simd
