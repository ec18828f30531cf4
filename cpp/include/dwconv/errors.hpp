#pragma once

#include <stdexcept>
#include <string>

#include "dwconv/export.hpp"

namespace dwconv {

/// What is wrong with one argument: its name, what was expected of it and what was given.
///
/// Kept in parts, so that a binding can name the argument as its own users know it.
struct Complaint {
    std::string argument;
    std::string expected;
    std::string given;

    /// "argument `NAME`: expected EXPECTED; got GIVEN"
    DWCONV_EXPORT std::string text() const;
};

/// An argument of the right type has a value that cannot be used.
class DWCONV_EXPORT InvalidArgument : public std::invalid_argument {
public:
    explicit InvalidArgument(Complaint complaint);
    ~InvalidArgument() override;
    const Complaint& complaint() const noexcept { return complaint_; }

private:
    Complaint complaint_;
};

/// An argument has a type (of its elements, or its own) that cannot be used.
class DWCONV_EXPORT InvalidType : public std::invalid_argument {
public:
    explicit InvalidType(Complaint complaint);
    ~InvalidType() override;
    const Complaint& complaint() const noexcept { return complaint_; }

private:
    Complaint complaint_;
};

/// The request makes sense, but this library or this processor cannot serve it.
class DWCONV_EXPORT Unsupported : public std::runtime_error {
public:
    explicit Unsupported(Complaint complaint);
    ~Unsupported() override;
    const Complaint& complaint() const noexcept { return complaint_; }

private:
    Complaint complaint_;
};

/// oneDNN failed where validated arguments should have let it succeed.
class DWCONV_EXPORT BackendError : public std::runtime_error {
public:
    BackendError(const std::string& message, int status);
    ~BackendError() override;
    /// The value of oneDNN's `dnnl_status_t`.
    int status() const noexcept { return status_; }

private:
    int status_;
};

}  // namespace dwconv
