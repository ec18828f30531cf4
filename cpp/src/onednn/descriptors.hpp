#pragma once

#include <dnnl.hpp>

#include "onednn/kernel_geometry.hpp"

namespace dwconv::onednn {

/// The memory descriptors of a kernel: source {n, c, h, w}, weights {g, m, c/g, kh, kw}, or
/// {m, c, kh, kw} where a general convolution has one group, destination {n, g·m, oh, ow}.
struct Descriptors {
    dnnl::memory::desc src;
    dnnl::memory::desc weights;
    dnnl::memory::desc dst;
};

Descriptors descriptors_of(const KernelGeometry& geometry);

/// The weights as a dense array in C order.
dnnl::memory::desc plain_weights(const KernelGeometry& geometry);

/// The convolution between these descriptors, with a scratchpad that the caller provides and the
/// activation as a post-op.
dnnl::convolution_forward::primitive_desc convolution_of(const KernelGeometry& geometry,
                                                         const Descriptors& descriptors);

}  // namespace dwconv::onednn
