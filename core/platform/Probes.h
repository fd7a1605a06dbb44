// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/domain/Act.h"

namespace quorate::platform {

/// What a failed look says about whether an act was done: not to be able to tell is an outcome
/// (`Unknown`), what a person must mend first (certificate, credentials, rights, a defect of ours)
/// stays an error.
[[nodiscard]] inline Result<ProbeOutcome> softened(Result<ProbeOutcome> outcome)
{
    if (outcome) {
        return outcome;
    }
    switch (outcome.error().kind) {
    case ErrorKind::Transport:
    case ErrorKind::Timeout:
    case ErrorKind::Server:
    case ErrorKind::Protocol:
    case ErrorKind::NotFound:
    case ErrorKind::Conflict: return ProbeOutcome::Unknown;
    case ErrorKind::Tls:
    case ErrorKind::Cancelled:
    case ErrorKind::Unauthorized:
    case ErrorKind::Forbidden:
    case ErrorKind::Validation:
    case ErrorKind::Precondition:
    case ErrorKind::Storage:
    case ErrorKind::Internal: return outcome;
    }
    return outcome;
}

} // namespace quorate::platform
