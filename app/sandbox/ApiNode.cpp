// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Api.h"

#include "app/sandbox/Files.h"
#include "core/base/Json.h"

namespace quorate::sandbox {

namespace {
constexpr qint64 kDownloadMax = 256 * 1024 * 1024;
} // namespace

Api::WithBody Api::operation(const char* kind, bool withSubject)
{
    return acting([this, name = QString::fromLatin1(kind), withSubject](
                      const httplib::Request& in, const Request& request) -> Result<Answer> {
        const Result<QJsonObject> begun =
            m_node.begin(name, withSubject ? matched(in, 1) : QString(), request);
        if (!begun) {
            return fail(begun.error());
        }
        Answer answer;
        answer.status = 202;
        answer.body = {{QStringLiteral("operation"), *begun}};
        answer.location =
            QStringLiteral("/api/v1/operations/") + begun->value(QStringLiteral("id")).toString();
        answer.remember = false; // the operation itself remembers its key
        return answer;
    });
}

void Api::installNode(Http& server)
{
    server.Get("/api/v1/node", reading([this](const httplib::Request& in, httplib::Response& out) {
                   sendTagged(in, out, m_node.self());
               }));
    server.Post("/api/v1/node/drain", operation("drain"));
    server.Post("/api/v1/node/resume", operation("resume"));
    server.Post("/api/v1/node/reboot", operation("reboot"));
    server.Post("/api/v1/node/shutdown", operation("shutdown"));
    server.Get("/api/v1/operations",
               reading([this](const httplib::Request& in, httplib::Response& out) {
                   answerList(in, out, m_node.operations(query(in, "idempotencyKey")));
               }));
    server.Get("/api/v1/operations/([^/]+)",
               reading([this](const httplib::Request& in, httplib::Response& out) {
                   const Result<QJsonObject> found = m_node.operation(matched(in, 1));
                   if (found) {
                       sendJson(out, 200, *found);
                   } else {
                       sendError(in, out, found.error());
                   }
               }));
    server.Get("/api/v1/services",
               reading([this](const httplib::Request& in, httplib::Response& out) {
                   answerList(in, out, m_node.services());
               }));
    server.Post("/api/v1/services/([^/]+)/start", operation("start-service", true));
    server.Post("/api/v1/services/([^/]+)/stop", operation("stop-service", true));
}

void Api::installCluster(Http& server)
{
    server.Get("/api/v1/cluster",
               reading([this](const httplib::Request& in, httplib::Response& out) {
                   QJsonObject cluster = m_node.cluster();
                   if (in.get_param_value("include") == "node") {
                       cluster.insert(QStringLiteral("node"), m_node.self());
                   }
                   sendTagged(in, out, cluster);
               }));
    server.Post("/api/v1/cluster/scale", operation("scale"));
    server.Get("/api/v1/backups",
               reading([this](const httplib::Request& in, httplib::Response& out) {
                   answerList(in, out, m_node.backups());
               }));
    server.Post("/api/v1/backups", operation("backup"));
    server.Get("/api/v1/backups/([^/]+)/(content|key)",
               reading([this](const httplib::Request& in, httplib::Response& out) {
                   const bool key = matched(in, 2) == QLatin1String("key");
                   const QString path = m_node.backupPath(matched(in, 1), key ? ".key" : ".bin");
                   const Result<QByteArray> bytes = path.isEmpty()
                                                        ? fail(ErrorKind::NotFound, {}, {})
                                                        : readFile(path, kDownloadMax);
                   if (!bytes) {
                       sendProblem(in, out, 404, QStringLiteral("backup-unknown"),
                                   QStringLiteral("There is no backup %1").arg(matched(in, 1)));
                       return;
                   }
                   out.status = 200;
                   out.set_header("Cache-Control", "no-store");
                   out.set_content(bytes->toStdString(), "application/octet-stream");
               }));
}

} // namespace quorate::sandbox
