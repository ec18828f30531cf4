#pragma once

#include <cstdint>
#include <vector>

#include "simd/planar_geometry.hpp"
#include "simd/planar_shape.hpp"

namespace dwconv::simd {

/// What a thread needs while it computes; kept from call to call.
struct PlanarScratch {
    std::vector<float> floats;
    std::vector<const float*> pointers;
    std::vector<PlanarPlane> planes;
    /// For each of the planes, the one whose rows its scratch memory has; or null.
    std::vector<const float*> gathered;
};

/// The source of a convolution, and for each plane of the destination the planes of it that are
/// read. Of a volume whose rows are gathered, the same rows of each plane: what one plane of the
/// destination had gathered, the next ones find there.
class PlanarSource {
public:
    /// `src` has `planes` planes. `lanes`: floats of a vector of the kernels that are to run.
    PlanarSource(const PlanarGeometry& geometry, std::int64_t lanes, const float* src,
                 std::int64_t planes, PlanarScratch& scratch);

    /// Gives the tile what is the same for all planes.
    void prepare(PlanarTile& tile) const;
    /// Gives the tile the planes that plane `depth` of the destination is made of, of the volume
    /// (in two dimensions the plane) `volume` of the source; none where all taps meet padding.
    /// Returns the planes of the kernel before the first of them, which meet padding alone.
    std::int64_t place(std::int64_t volume, std::int64_t depth, PlanarTile& tile);
    /// Planes from this one on that are all read where they lie; or 1.
    std::int64_t planes_alike(std::int64_t index) const;

private:
    void place_plane(std::int64_t index, PlanarPlane& plane) const;
    void find_gathered(std::size_t plane) const;
    void copy_edge_rows(PlanarPlane& plane) const;

    const PlanarGeometry& geometry_;
    const float* src_;
    std::int64_t planes_;
    std::int64_t plane_size_;    ///< floats of a plane of the source
    std::int64_t scratch_size_;  ///< floats of scratch memory for each plane that is read
    PlanarScratch& scratch_;
};

}  // namespace dwconv::simd
