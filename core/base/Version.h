// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <compare>

namespace quorate {

/// major.minor.patch[+build]; "2.11" reads as 2.11.0. Ordered by number; the build counts last.
struct Version {
    int major = 0;
    int minor = 0;
    int patch = 0;
    int build = 0;

    /// Validation error when `text` is not of that form (each number at most 9 digits).
    [[nodiscard]] static Result<Version> parse(const QString& text);
    [[nodiscard]] QString toString() const; ///< "14.2.0", or "2.11.0+312" when there is a build
    [[nodiscard]] bool isNull() const { return *this == Version{}; }
    auto operator<=>(const Version&) const = default;
};

} // namespace quorate
