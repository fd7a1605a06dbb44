// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"

#include <QUrl>

/// Why an API server says nothing, and what helps. Pure.
namespace quorate::platform::kubernetes {

[[nodiscard]] bool isSilence(ErrorKind kind);
/// Whether `later` tells more of why nothing came back than `before` did.
[[nodiscard]] bool saysMore(const Error& later, const Error& before);
/// Nothing is wrong with the cluster when only its balancer can be reached from here; but nobody
/// there can tell which node answers, so that it proves nothing of any of them.
[[nodiscard]] QString cureBehind(const QString& balancer, const QUrl& own);

} // namespace quorate::platform::kubernetes
