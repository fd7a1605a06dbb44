// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace quorate::bench {

/// An authority and a server certificate for 127.0.0.1 to .3 by it, through openssl(1): ca.pem,
/// leaf.pem, leaf.key.
bool makeCertificates(const QString& folder);

} // namespace quorate::bench
