// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>

namespace quorate::sandboxtest {

struct Reply {
    int curl = 0;                   ///< libcurl's code; 0: an HTTP answer arrived
    int status = 0;                 ///< 0: none
    QMap<QString, QString> headers; ///< names in lower case
    QByteArray body;
    [[nodiscard]] QJsonObject json() const;
    [[nodiscard]] QString code() const; ///< of a problem
};

struct Call {
    QByteArray method = "GET";
    QString path; ///< below /api/v1, or whole when it begins with /api or /internal
    QByteArray body;
    QList<QByteArray> headers;
    long limitMs = 10'000;
    bool authorised = true;
};

/// One node, as any HTTPS client sees it; trusts only the CA of the cluster.
class ApiClient {
public:
    ApiClient(QString folder, int port);

    /// Logs in with the credentials file of the cluster; the status of the answer.
    int logIn(const QString& file = QStringLiteral("credentials.json"));
    [[nodiscard]] Reply send(const Call& call) const;
    [[nodiscard]] Reply get(const QString& path, const QList<QByteArray>& headers = {}) const;
    /// With an Idempotency-Key; an empty one makes a new one.
    [[nodiscard]] Reply act(const QByteArray& method, const QString& path,
                            const QJsonObject& body = {}, const QByteArray& key = {}) const;
    /// Until the operation of a 202 is over, or the limit.
    QJsonObject follow(const Reply& accepted, int limitMs = 20'000);
    [[nodiscard]] QJsonObject node() const { return get(QStringLiteral("/node")).json(); }
    [[nodiscard]] QJsonObject cluster() const { return get(QStringLiteral("/cluster")).json(); }
    [[nodiscard]] QString memberState(const QString& id) const;
    [[nodiscard]] int port() const { return m_port; }

private:
    QString m_folder;
    int m_port;
    QByteArray m_token;
};

} // namespace quorate::sandboxtest
