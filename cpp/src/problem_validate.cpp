#include <algorithm>
#include <string>

#include "dwconv/errors.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/problem.hpp"
#include "problem_size.hpp"
#include "problem_types.hpp"

namespace dwconv {

namespace {

std::string text_of(const Dims& dims) { return to_string(dims); }

std::string text_of(const Paddings& padding) {
    std::string text = "(";
    for (std::size_t i = 0; i < padding.size(); ++i) {
        text += (i == 0 ? "(" : ", (") + std::to_string(padding[i].low) + ", " +
                std::to_string(padding[i].high) + ")";
    }
    return text + (padding.size() == 1 ? ",)" : ")");
}

// Texts are made where something is wrong alone: all of this runs on every call.

template <class Values>
void require_rank(const char* argument, const Values& values, std::size_t rank) {
    if (values.size() == rank) return;
    throw InvalidArgument({argument,
                           "one entry per spatial dimension (" + std::to_string(rank) + ")",
                           text_of(values)});
}

InvalidArgument no_size(const char* argument, const char* what, const std::string& given) {
    return InvalidArgument(
        {argument, std::string(what) + " from 1 to " + std::to_string(size_limit), given});
}

void require_positive(const char* argument, const char* what, std::int64_t value) {
    if (!is_size(value)) throw no_size(argument, what, std::to_string(value));
}

void require_positive(const char* argument, const char* what, const Dims& dims) {
    if (!std::all_of(dims.begin(), dims.end(), is_size)) {
        throw no_size(argument, what, text_of(dims));
    }
}

void require_paddings(const Paddings& padding) {
    for (const Padding& pad : padding) {
        if (pad.low >= 0 && pad.high >= 0 && pad.low <= size_limit && pad.high <= size_limit) {
            continue;
        }
        throw InvalidArgument(
            {"padding", "entries from 0 to " + std::to_string(size_limit), text_of(padding)});
    }
}

void require_groups(const Problem& problem) {
    const std::int64_t groups = problem.groups;
    if (groups >= 0 && (groups == 0 || problem.channels % groups == 0)) return;
    throw InvalidArgument(
        {"groups", "a divisor of the number of channels, " + std::to_string(problem.channels),
         std::to_string(groups)});
}

}  // namespace

void Problem::validate() const {
    const std::size_t rank = spatial.size();
    if (rank < 1 || rank > max_spatial) {
        throw Unsupported({"src", "1, 2 or 3 spatial dimensions", std::to_string(rank)});
    }
    if (rank == 3 && !is_depthwise()) {
        throw Unsupported({"src",
                           "1 or 2 spatial dimensions where a group has more than a channel (3 are "
                           "for depthwise convolution)",
                           std::to_string(rank)});
    }
    // No copy where there is nothing to be written out.
    if (stride.empty() || dilation.empty() || padding.empty()) return normalized().validate();
    if (batch < 0 || batch > size_limit) {
        throw InvalidArgument(
            {"src", "a batch from 0 to " + std::to_string(size_limit), std::to_string(batch)});
    }
    require_positive("src", "a number of channels", channels);
    require_positive("src", "spatial sizes", spatial);
    require_groups(*this);
    require_positive("weights",
                     is_depthwise() ? "a depth multiplier" : "a number of output channels a group",
                     multiplier);
    require_rank("weights", kernel, rank);
    require_positive("weights", "kernel sizes", kernel);
    require_rank("stride", stride, rank);
    require_positive("stride", "entries", stride);
    require_rank("dilation", dilation, rank);
    require_positive("dilation", "entries", dilation);
    require_rank("padding", padding, rank);
    require_paddings(padding);
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int64_t extent = (kernel[i] - 1) * dilation[i] + 1;
        const std::int64_t padded = spatial[i] + padding[i].low + padding[i].high;
        if (extent > padded) {
            throw InvalidArgument(
                {"weights",
                 "a kernel that fits into the padded source, extent (kernel - 1) * dilation + 1 at "
                 "most " +
                     std::to_string(padded) + " in spatial dimension " + std::to_string(i),
                 std::to_string(extent)});
        }
    }
    require_addressable("src", src_shape());
    require_addressable("weights", weights_shape());
    require_addressable("dst", dst_shape());
    require_countable(*this);
    require_types(*this);
    activation.validate();
}

}  // namespace dwconv
