#include "strategy/with_depth.hpp"

namespace dwconv::strategy {

namespace {

constexpr std::size_t rank_of_planes = 4;

template <class View>
View deepened(const View& view) {
    if (view.shape.size() != rank_of_planes) return view;
    View volumes = view;
    volumes.shape = {view.shape[0], view.shape[1], 1, view.shape[2], view.shape[3]};
    // The stride of a dimension of size 1 does not matter.
    volumes.strides = {view.strides[0], view.strides[1], 0, view.strides[2], view.strides[3]};
    return volumes;
}

}  // namespace

Dims with_depth(const Dims& spatial) {
    return spatial.size() == 2 ? Dims{1, spatial[0], spatial[1]} : spatial;
}

Problem with_depth(const Problem& problem) {
    if (problem.spatial.size() != 2) return problem;
    Problem volumes = problem;
    for (Dims* const dims :
         {&volumes.spatial, &volumes.kernel, &volumes.stride, &volumes.dilation}) {
        *dims = with_depth(*dims);
    }
    volumes.padding = {{0, 0}, problem.padding[0], problem.padding[1]};
    return volumes;
}

TensorView with_depth(const TensorView& view) { return deepened(view); }
MutableTensorView with_depth(const MutableTensorView& view) { return deepened(view); }

}  // namespace dwconv::strategy
