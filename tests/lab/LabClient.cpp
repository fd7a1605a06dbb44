// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/lab/LabClient.h"

#include <QJsonDocument>

#include <curl/curl.h>

#include <memory>

namespace quorate::labtest {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

size_t collect(const char* data, size_t size, size_t count, void* to)
{
    static_cast<QByteArray*>(to)->append(data, static_cast<qsizetype>(size * count));
    return size * count;
}

QByteArray contentType(const LabCall& call)
{
    if (!call.contentType.isEmpty()) {
        return call.contentType;
    }
    return call.method == "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
}

void describe(CURL* curl, const LabIdentity& identity, const LabCall& call)
{
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.constData());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, call.limitMs);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CAINFO, identity.authority.toUtf8().constData());
    curl_easy_setopt(curl, CURLOPT_SSLCERT, identity.certificate.toUtf8().constData());
    curl_easy_setopt(curl, CURLOPT_SSLKEY, identity.key.toUtf8().constData());
    if (!call.body.isEmpty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.constData());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body.size()));
    }
}

} // namespace

QJsonObject LabReply::json() const { return QJsonDocument::fromJson(body).object(); }

LabReply sendCall(const QString& origin, const LabIdentity& identity, const LabCall& call)
{
    LabReply reply;
    const Handle curl(curl_easy_init(), &curl_easy_cleanup);
    const QByteArray type = "Content-Type: " + contentType(call);
    const Headers headers(curl_slist_append(nullptr, type.constData()), &curl_slist_free_all);
    describe(curl.get(), identity, call);
    curl_easy_setopt(curl.get(), CURLOPT_URL, (origin + call.path).toUtf8().constData());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &collect);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
    reply.curl = curl_easy_perform(curl.get());
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
    return reply;
}

} // namespace quorate::labtest
