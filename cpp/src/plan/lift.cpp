#include "plan/lift.hpp"

namespace dwconv {

namespace {

template <class View>
View with_height(const View& view) {
    if (view.shape.size() != rank_of_lines) return view;
    View planes = view;
    planes.shape = {view.shape[0], view.shape[1], 1, view.shape[2]};
    // That of a dimension of size 1 does not matter; this one is that of dense memory.
    planes.strides = {view.strides[0], view.strides[1], view.shape[2] * view.strides[2],
                      view.strides[2]};
    return planes;
}

}  // namespace

Problem lifted(const Problem& problem) {
    if (problem.spatial.size() != 1) return problem;
    Problem planes = problem;
    planes.spatial = {1, problem.spatial[0]};
    planes.kernel = {1, problem.kernel[0]};
    planes.stride = {1, problem.stride[0]};
    planes.dilation = {1, problem.dilation[0]};
    planes.padding = {{0, 0}, problem.padding[0]};
    return planes;
}

TensorView lifted(const TensorView& view) { return with_height(view); }
MutableTensorView lifted(const MutableTensorView& view) { return with_height(view); }

}  // namespace dwconv
