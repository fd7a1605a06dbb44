// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/CurlTrust.h"
#include "core/net/Http.h"

namespace quorate::net {

/// A transfer that libcurl ended with an error.
struct FailedTransfer {
    CURL* handle = nullptr;
    int code = 0;      ///< CURLcode
    const char* words; ///< where `prepareTransfer` let libcurl leave them
    const CurlTrust& trust;
    QString endpoint;
    HttpLimits limits;
};

/// Tls: the judge's refusal, "client-certificate-refused" (the server's word about ours) or
/// "tls-handshake-failed". Timeout: "connect-timeout". Protocol: "not-http", "answer-too-large".
/// Transport: "proxy-refused", "host-not-found", "connection-refused", "connection-cut",
/// "connection-failed". The endpoint is in it.
Error explainTransfer(const FailedTransfer& failed);

/// Protocol "answer-too-large".
Error tooLargeError(const QString& what, qint64 limit);
/// Timeout; `text` has a place for the seconds.
Error timeoutError(const QString& code, const QString& text, Millis limit);

} // namespace quorate::net
