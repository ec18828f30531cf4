#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "dwconv/quantized_problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

/// A quantized convolution made ready, for any scales and zero points: those are packed with the
/// weights. Immutable; any number of threads may use it.
class Quantized : public Prepared {
public:
    // As those of Strategy.

    virtual std::string implementation() const = 0;
    virtual bool needs_its_orders() const noexcept = 0;
    virtual std::size_t packed_size() const noexcept = 0;
    virtual PackedWeights pack(const TensorView& weights, const TensorView& bias,
                               const Quantization& quantization, float* packed) const = 0;
    virtual void run(const TensorView& src, const PackedWeights& weights,
                     const MutableTensorView& dst) const = 0;
};

/// For a problem as that of a valid QuantizedProblem.
std::unique_ptr<const Quantized> make_quantized(const Request& request);
/// The same by kernels for bytes; null where they cannot serve the request.
std::unique_ptr<const Quantized> make_quantized_bytes(const Request& request);

}  // namespace dwconv::strategy
