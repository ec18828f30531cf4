#include "dwconv/errors.hpp"

#include <utility>

namespace dwconv {

std::string Complaint::text() const {
    return "argument `" + argument + "`: expected " + expected + "; got " + given;
}

InvalidArgument::InvalidArgument(Complaint complaint)
    : std::invalid_argument(complaint.text()), complaint_(std::move(complaint)) {}
InvalidArgument::~InvalidArgument() = default;

InvalidType::InvalidType(Complaint complaint)
    : std::invalid_argument(complaint.text()), complaint_(std::move(complaint)) {}
InvalidType::~InvalidType() = default;

Unsupported::Unsupported(Complaint complaint)
    : std::runtime_error(complaint.text()), complaint_(std::move(complaint)) {}
Unsupported::~Unsupported() = default;

BackendError::BackendError(const std::string& message, int status)
    : std::runtime_error(message), status_(status) {}
BackendError::~BackendError() = default;

}  // namespace dwconv
