// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

namespace quorate::platform::kubernetes {

/// The longest name of a namespace. Source: Kubernetes, "Object Names and IDs", RFC 1123 label
/// names (63 octets is the bound of a label in RFC 1035 section 2.3.4).
constexpr int kNamespaceMax = 63;

/// Whether a namespace may be called so: an RFC 1123 label. Validation error "bad-namespace".
[[nodiscard]] Result<void> checkNamespaceName(const QString& name);

} // namespace quorate::platform::kubernetes
