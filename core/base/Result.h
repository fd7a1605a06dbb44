// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"

#include <tl/expected.hpp>

namespace quorate {

/// A value or an Error. An alias, because a derived class breaks and_then; every function that
/// returns one is
/// [[nodiscard]] (tests/tidy).
template <typename T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorKind::Validation, u"no-nodes"_qs, u"…"_qs);` works in any function that
/// returns a Result.
inline tl::unexpected<Error> fail(Error error) { return tl::make_unexpected(std::move(error)); }
inline tl::unexpected<Error> fail(ErrorKind kind, QString code, QString message, QString cure = {})
{
    return fail(makeError(kind, std::move(code), std::move(message), std::move(cure)));
}

} // namespace quorate
