#include "strategy/tile_views.hpp"

#include "strategy/box_conversion.hpp"

namespace dwconv::strategy {

TensorView TileViews::src(const TensorView& whole, const ConvertedTile& tile) const {
    const auto& [outer, inner] = tile.block;
    TensorView part = part_of(whole, 0, tile.images.begin, tile.images.size());
    part = part_of(part, 1, tile.channels.begin, tile.channels.size());
    part = part_of(part, 2 + axes_.outer, outer.in_begin, outer.inputs());
    if (axes_.inner != axes_.outer) {
        part = part_of(part, 2 + axes_.inner, inner.in_begin, inner.inputs());
    }
    return order_ == MemoryOrder::channels_last ? with_channels_last(part) : part;
}

template <class View>
View TileViews::of_dst(const View& whole, const ConvertedTile& tile) const {
    const auto& [outer, inner] = tile.block;
    View part = part_of(whole, 0, tile.images.begin, tile.images.size());
    part = part_of(part, 1, tile.channels.begin * multiplier_, tile.channels.size() * multiplier_);
    part = part_of(part, 2 + axes_.outer, outer.out_begin, outer.outputs());
    if (axes_.inner != axes_.outer) {
        part = part_of(part, 2 + axes_.inner, inner.out_begin, inner.outputs());
    }
    return order_ == MemoryOrder::channels_last ? with_channels_last(part) : part;
}

MutableTensorView TileViews::dst(const MutableTensorView& whole, const ConvertedTile& tile) const {
    return of_dst(whole, tile);
}

TensorView TileViews::add(const TensorView& whole, const ConvertedTile& tile) const {
    return of_dst(whole, tile);
}

}  // namespace dwconv::strategy
