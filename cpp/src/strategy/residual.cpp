#include "strategy/residual.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "ceil_div.hpp"
#include "dwconv/types.hpp"
#include "onednn/library.hpp"
#include "parallel.hpp"
#include "simd/add.hpp"

namespace dwconv::strategy {

namespace {

/// Elements that are worth a tile of their own.
constexpr std::int64_t tile_size = 32 * 1024;
/// Elements that lie apart are brought together so many at a time.
constexpr std::int64_t buffered = 256;

/// Both arrays have their elements in the same places, without gaps.
bool same_dense_order(const TensorView& src, const MutableTensorView& dst) {
    const MemoryOrder order = memory_order(src);
    return order != MemoryOrder::strided && order == memory_order(dst);
}

/// Two arrays as rows of elements that lie nearest in the one that is written. Around them, the
/// dimensions are in the order of the other array: rows after one another use the same lines of it.
class StridedRows {
public:
    StridedRows(const TensorView& src, const MutableTensorView& dst) : src_(src), dst_(dst) {
        for (std::size_t dim = 1; dim < dst.shape.size(); ++dim) {
            const bool longer = dst.shape[inner_] == 1 ||
                                std::abs(dst.strides[dim]) < std::abs(dst.strides[inner_]);
            if (dst.shape[dim] != 1 && longer) inner_ = dim;
        }
        for (std::size_t dim = 0; dim < dst.shape.size(); ++dim) {
            if (dim != inner_) insert(dim);
        }
        length_ = dst.shape[inner_];
        rows_ = element_count(dst.shape) / length_;
    }

    std::int64_t rows() const { return rows_; }
    std::int64_t length() const { return length_; }

    void add(std::int64_t row, const simd::FusedActivation& activation) const {
        const float* from = src_.floats();
        float* to = static_cast<float*>(dst_.data);
        for (std::size_t i = around_.size(); i-- > 0;) {
            const std::size_t dim = around_[i];
            const std::int64_t at = row % dst_.shape[dim];
            row /= dst_.shape[dim];
            from += at * src_.strides[dim];
            to += at * dst_.strides[dim];
        }
        add_row(from, to, activation);
    }

private:
    /// By the steps in what is read, the longest first.
    void insert(std::size_t dim) {
        around_.push_back(dim);
        const auto step = [this](std::size_t i) { return std::abs(src_.strides[around_[i]]); };
        for (std::size_t i = around_.size() - 1; i > 0 && step(i - 1) < step(i); --i) {
            std::swap(around_[i - 1], around_[i]);
        }
    }

    void add_row(const float* from, float* to, const simd::FusedActivation& activation) const {
        const std::int64_t from_step = src_.strides[inner_];
        const std::int64_t to_step = dst_.strides[inner_];
        if (length_ == 1 || (from_step == 1 && to_step == 1)) {
            add_to(to, from, length_, activation);
            return;
        }
        std::array<float, buffered> terms;
        std::array<float, buffered> sums;
        for (std::int64_t done = 0; done < length_; done += buffered) {
            const std::int64_t some = std::min(buffered, length_ - done);
            for (std::int64_t i = 0; i < some; ++i) {
                const auto at = static_cast<std::size_t>(i);
                terms[at] = from[(done + i) * from_step];
                sums[at] = to[(done + i) * to_step];
            }
            add_to(sums.data(), terms.data(), some, activation);
            for (std::int64_t i = 0; i < some; ++i) {
                to[(done + i) * to_step] = sums[static_cast<std::size_t>(i)];
            }
        }
    }

    const TensorView& src_;
    const MutableTensorView& dst_;
    std::size_t inner_ = 0;  ///< the dimension of a row
    InlineVector<std::size_t, max_rank> around_;
    std::int64_t length_ = 1;
    std::int64_t rows_ = 1;
};

/// Calls `body` with the parts [begin, end) of [0, count), of about `size`.
template <class Body>
void in_parts(std::int64_t count, std::int64_t size, int threads, const Body& body) {
    parallel_for(ceil_div(count, size), threads, [&](TileQueue& queue) {
        while (const auto tile = queue.next()) {
            const std::int64_t begin = *tile * size;
            body(begin, std::min(begin + size, count));
        }
    });
}

}  // namespace

void add_to(float* to, const float* from, std::int64_t count,
            const simd::FusedActivation& activation) {
    simd::add_for(onednn::simd_level())(from, to, count, activation);
}

void add_array(const TensorView& src, const MutableTensorView& dst, int threads,
               const simd::FusedActivation& activation) {
    if (same_dense_order(src, dst)) {
        const auto add = [&](std::int64_t begin, std::int64_t end) {
            add_to(static_cast<float*>(dst.data) + begin, src.floats() + begin, end - begin,
                   activation);
        };
        in_parts(element_count(dst.shape), tile_size, threads, add);
        return;
    }
    const StridedRows rows(src, dst);
    const auto add = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) rows.add(row, activation);
    };
    in_parts(rows.rows(), std::max<std::int64_t>(tile_size / rows.length(), 1), threads, add);
}

}  // namespace dwconv::strategy
