// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace quorate::labtest {

struct LabReply {
    int curl = 0;   ///< libcurl's code; 0: an HTTP answer arrived
    int status = 0; ///< 0: none
    QByteArray body;
    [[nodiscard]] QJsonObject json() const;
};

struct LabCall {
    QByteArray method = "GET";
    QString path;
    QByteArray body;
    /// A PATCH is a strategic merge unless this says otherwise.
    QByteArray contentType;
    long limitMs = 3'000;
};

/// Certificate files of one HTTPS client.
struct LabIdentity {
    QString authority;
    QString certificate;
    QString key;
};

/// One request, blocking; trusts only the authority.
[[nodiscard]] LabReply sendCall(const QString& origin, const LabIdentity& identity,
                                const LabCall& call);

} // namespace quorate::labtest
