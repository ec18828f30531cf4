#pragma once

/// Marks what libdwconv shows to its users; everything else is hidden.
#if defined(__GNUC__) || defined(__clang__)
#define DWCONV_EXPORT __attribute__((visibility("default")))
#else
#define DWCONV_EXPORT
#endif
