// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"

namespace quorate {

/// Whether the answer to a request leaves no doubt that nothing was begun.
[[nodiscard]] inline bool isRefusal(const Error& error)
{
    switch (error.kind) {
    case ErrorKind::Unauthorized:
    case ErrorKind::Forbidden:
    case ErrorKind::NotFound:
    case ErrorKind::Conflict:
    case ErrorKind::Validation:
    case ErrorKind::Precondition:
    case ErrorKind::Storage: return true;
    case ErrorKind::Transport:
    case ErrorKind::Tls:
    case ErrorKind::Timeout:
    case ErrorKind::Cancelled:
    case ErrorKind::Server:
    case ErrorKind::Protocol:
    case ErrorKind::Internal: return false;
    }
    return false;
}

} // namespace quorate
