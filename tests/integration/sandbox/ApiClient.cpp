// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/sandbox/ApiClient.h"

#include "app/sandbox/Files.h"
#include "tests/support/Test.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <curl/curl.h>
#include <memory>

namespace quorate::sandboxtest {

namespace {

size_t takeBody(char* data, size_t one, size_t count, void* target)
{
    static_cast<QByteArray*>(target)->append(data, static_cast<qsizetype>(one * count));
    return one * count;
}

size_t takeHeader(char* data, size_t one, size_t count, void* target)
{
    const QString line = QString::fromLatin1(data, static_cast<qsizetype>(one * count)).trimmed();
    const qsizetype colon = line.indexOf(QLatin1Char(':'));
    if (colon > 0) {
        static_cast<QMap<QString, QString>*>(target)->insert(line.left(colon).toLower(),
                                                             line.mid(colon + 1).trimmed());
    }
    return one * count;
}

} // namespace

QJsonObject Reply::json() const { return QJsonDocument::fromJson(body).object(); }

QString Reply::code() const { return json().value(QStringLiteral("code")).toString(); }

ApiClient::ApiClient(QString folder, int port)
    : m_folder(std::move(folder))
    , m_port(port)
{}

int ApiClient::logIn(const QString& file)
{
    const Result<QByteArray> credentials = sandbox::readFile(m_folder + QLatin1Char('/') + file);
    const Reply reply = send({"POST",
                              QStringLiteral("/session"),
                              credentials.value_or(QByteArray()),
                              {},
                              10'000,
                              false});
    m_token = reply.json().value(QStringLiteral("token")).toString().toLatin1();
    return reply.status;
}

Reply ApiClient::send(const Call& call) const
{
    Reply reply;
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   curl_easy_cleanup);
    const bool whole = call.path.startsWith(QLatin1String("/api"))
                       || call.path.startsWith(QLatin1String("/internal"));
    const QByteArray url = "https://127.0.0.1:" + QByteArray::number(m_port)
                           + (whole ? "" : "/api/v1") + call.path.toUtf8();
    const QByteArray authority = (m_folder + QStringLiteral("/ca.pem")).toLocal8Bit();
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    if (call.authorised) {
        list = curl_slist_append(list, ("Authorization: Bearer " + m_token).constData());
    }
    for (const QByteArray& header : call.headers) {
        list = curl_slist_append(list, header.constData());
    }
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list,
                                                                              curl_slist_free_all);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.constData());
    curl_easy_setopt(curl.get(), CURLOPT_CAINFO, authority.constData());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, takeBody);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, takeHeader);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &reply.headers);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, call.limitMs);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    if (call.method == "HEAD") {
        curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
    } else if (!call.body.isEmpty() || call.method == "POST" || call.method == "PATCH"
               || call.method == "PUT") {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body.size()));
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, call.body.constData());
        curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, call.method.constData());
    } else {
        curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, call.method.constData());
    }
    reply.curl = curl_easy_perform(curl.get());
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
    return reply;
}

Reply ApiClient::get(const QString& path, const QList<QByteArray>& headers) const
{
    return send({"GET", path, {}, headers, 10'000, true});
}

Reply ApiClient::act(const QByteArray& method, const QString& path, const QJsonObject& body,
                     const QByteArray& key) const
{
    const QByteArray used = key.isEmpty() ? sandbox::randomHex(8).toLatin1() : key;
    const QByteArray text =
        body.isEmpty() ? QByteArray() : QJsonDocument(body).toJson(QJsonDocument::Compact);
    return send({method,
                 path,
                 text,
                 {"Content-Type: application/json", "Idempotency-Key: " + used},
                 10'000,
                 true});
}

QJsonObject ApiClient::follow(const Reply& accepted, int limitMs)
{
    const QString location = accepted.headers.value(QStringLiteral("location"));
    QJsonObject operation = accepted.json().value(QStringLiteral("operation")).toObject();
    const auto isOver = [&] {
        const Reply reply = get(location);
        if (reply.status == 401) {
            logIn(); // restarted meanwhile: tokens live in memory
        }
        operation = reply.status == 200 ? reply.json() : operation;
        return operation.value(QStringLiteral("state")).toString() != QLatin1String("running");
    };
    EXPECT_TRUE(!location.isEmpty() && test::waitUntil(isOver, Millis(limitMs)))
        << location.toStdString();
    return operation;
}

QString ApiClient::memberState(const QString& id) const
{
    const QJsonArray members = cluster().value(QStringLiteral("members")).toArray();
    for (const QJsonValue& member : members) {
        if (member.toObject().value(QStringLiteral("id")).toString() == id) {
            return member.toObject().value(QStringLiteral("state")).toString();
        }
    }
    return {};
}

} // namespace quorate::sandboxtest
