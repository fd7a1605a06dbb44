// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Time.h"

#include <QList>
#include <QSslCertificate>

#include <stop_token>

namespace quorate::net {

/// The chain that a server shows, leaf first, for a person to look at before trusting it. Makes a
/// handshake, trusts nothing, sends nothing, hangs up. Goes through the system's proxy, as requests
/// do. Errors: Transport, Timeout (`limit`; 5 s dial, peers.md section 8), Tls
/// "tls-handshake-failed", Cancelled.
[[nodiscard]] Async<QList<QSslCertificate>>
fetchCertificates(QString host, int port, std::stop_token stop, Millis limit = Millis(5000));

} // namespace quorate::net
