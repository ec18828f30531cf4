#include "onednn/reorder.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "onednn/engine.hpp"
#include "onednn/errors.hpp"
#include "onednn/scratch.hpp"
#include "onednn/thread_limit.hpp"

namespace dwconv::onednn {

std::optional<dnnl::memory::desc> describe(const TensorView& view) {
    std::vector<std::size_t> by_stride(view.shape.size());
    std::iota(by_stride.begin(), by_stride.end(), std::size_t{0});
    // The strides of dimensions of size 1 say nothing; last in the order, they can be anything.
    std::stable_sort(by_stride.begin(), by_stride.end(), [&](std::size_t a, std::size_t b) {
        const bool a_counts = view.shape[a] != 1;
        const bool b_counts = view.shape[b] != 1;
        return a_counts != b_counts ? a_counts : view.strides[a] < view.strides[b];
    });
    dnnl::memory::dims dims(view.shape.begin(), view.shape.end());
    dnnl::memory::dims strides(view.shape.size());
    std::int64_t extent = 1;
    for (const std::size_t dim : by_stride) {
        strides[dim] = view.shape[dim] == 1 ? extent : view.strides[dim];
        if (strides[dim] < extent) return std::nullopt;
        extent = strides[dim] * view.shape[dim];
    }
    return translated("describe an array", [&] {
        return dnnl::memory::desc(dims, dnnl::memory::data_type::f32, strides);
    });
}

Reorder::Reorder(const dnnl::memory::desc& from, const dnnl::memory::desc& to)
    : from_(from), to_(to) {
    const SingleThreaded one_thread;
    const auto guard = creation_guard();
    translated("create a reorder", [&] {
        dnnl::primitive_attr attributes;
        attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
        const dnnl::reorder::primitive_desc description(cpu_engine(), from, cpu_engine(), to,
                                                        attributes);
        scratchpad_ = description.scratchpad_desc();
        primitive_ = dnnl::reorder(description);
    });
}

void Reorder::operator()(const float* from, float* to) const {
    const SingleThreaded one_thread;
    translated("run a reorder", [&] {
        const dnnl::engine& engine = cpu_engine();
        dnnl::stream stream(engine);
        float* const scratch =
            thread_scratch().primitive.reserve(scratchpad_.get_size() / sizeof(float) + 1);
        // oneDNN's memory objects have no form for data that are only read.
        primitive_.execute(stream,
                           {{DNNL_ARG_FROM, dnnl::memory(from_, engine, const_cast<float*>(from))},
                            {DNNL_ARG_TO, dnnl::memory(to_, engine, to)},
                            {DNNL_ARG_SCRATCHPAD, dnnl::memory(scratchpad_, engine, scratch)}});
    });
}

}  // namespace dwconv::onednn
