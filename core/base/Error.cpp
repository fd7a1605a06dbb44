// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Error.h"

#include <algorithm>

namespace quorate {

QString toString(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Transport: return QStringLiteral("transport");
    case ErrorKind::Tls: return QStringLiteral("tls");
    case ErrorKind::Timeout: return QStringLiteral("timeout");
    case ErrorKind::Cancelled: return QStringLiteral("cancelled");
    case ErrorKind::Unauthorized: return QStringLiteral("unauthorized");
    case ErrorKind::Forbidden: return QStringLiteral("forbidden");
    case ErrorKind::NotFound: return QStringLiteral("not-found");
    case ErrorKind::Conflict: return QStringLiteral("conflict");
    case ErrorKind::Server: return QStringLiteral("server");
    case ErrorKind::Protocol: return QStringLiteral("protocol");
    case ErrorKind::Validation: return QStringLiteral("validation");
    case ErrorKind::Precondition: return QStringLiteral("precondition");
    case ErrorKind::Storage: return QStringLiteral("storage");
    case ErrorKind::Internal: return QStringLiteral("internal");
    }
    return {};
}

Error Error::withContext(QString text) const
{
    Error copy = *this;
    copy.context.append(std::move(text));
    return copy;
}

QString describe(const Error& error)
{
    QStringList parts = error.context;
    std::reverse(parts.begin(), parts.end());
    parts.append(error.message);
    QString text = parts.join(QStringLiteral(": "));
    if (!error.code.isEmpty()) {
        text += QStringLiteral(" (%1)").arg(error.code);
    }
    if (!error.cure.isEmpty()) {
        text += QStringLiteral(". ") + error.cure;
    }
    return text;
}

Error makeError(ErrorKind kind, QString code, QString message, QString cure)
{
    Error error;
    error.kind = kind;
    error.code = std::move(code);
    error.message = std::move(message);
    error.cure = std::move(cure);
    error.retryable = kind == ErrorKind::Transport || kind == ErrorKind::Timeout;
    return error;
}

} // namespace quorate
