// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <memory>

namespace quorate {

/// What went wrong, by the way a caller can react to it. Closed: switches over it have no default.
enum class ErrorKind {
    Transport,    ///< no connection, or it broke
    Tls,          ///< the certificate is not trusted, expired, changed, or names another host
    Timeout,      ///< our own limit passed
    Cancelled,    ///< we stopped it ourselves
    Unauthorized, ///< the credentials or the token are not accepted
    Forbidden,    ///< known, but not allowed
    NotFound,
    Conflict,     ///< the state at the other side does not allow it now
    Server,       ///< 5xx, or an operation that the node itself reports as failed
    Protocol,     ///< an answer that we cannot read, or that breaks a limit of ours
    Validation,   ///< the input is wrong: file, argument, field
    Precondition, ///< quorum, gate, check or read-only mode says no; nothing was sent
    Storage,      ///< disk, database, keychain
    Internal,     ///< a defect of ours
};

QString toString(ErrorKind kind);

/// A failure as a value. Layers add context (which node, which step) and never flatten it to a
/// string; the text that a person reads is made from the fields, by `describe` (command line,
/// journal) or in ui (translated).
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    int httpStatus = 0; ///< 0: there was none
    QString code; ///< stable, kebab-case: "package-unsigned", "certificate-changed"; the server's
                  ///< own if it sent one
    QString message;  ///< what happened, one sentence, no secrets
    QString cure;     ///< what to do next, one sentence; may be empty
    QString endpoint; ///< scheme://host:port/path without query
    QString requestId;
    QStringList context; ///< outermost last: "observing node-2", "step 12 Install"
    bool retryable = false;

    [[nodiscard]] Error withContext(QString text) const;
    bool operator==(const Error&) const = default;
};

/// "node-2: step 12 Install: the certificate has changed (certificate-changed). Compare the
/// fingerprints …"
QString describe(const Error& error);

/// Shorthand for the common case.
Error makeError(ErrorKind kind, QString code, QString message, QString cure = {});

} // namespace quorate
