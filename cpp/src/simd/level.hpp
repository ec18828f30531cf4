#pragma once

#include <cstdint>

namespace dwconv::simd {

/// The instruction sets that the project's own kernels are compiled for, each including those
/// before it. The caller says which one the processor (or the user, through ONEDNN_MAX_CPU_ISA)
/// allows.
enum class Level : std::uint8_t {
    baseline,
    avx2,    ///< with FMA
    avx512,  ///< F, BW, DQ and VL
};

}  // namespace dwconv::simd
