// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Node.h"
#include "app/sandbox/Uploads.h"

#include <functional>
#include <httplib.h>
#include <map>
#include <mutex>

namespace quorate::sandbox {

/// Sends a request to another node's internal address (leader calls); set by the program that has
/// the connections.
using CallPeer = std::function<Result<QJsonObject>(const QString& node, const QString& path,
                                                   const QJsonObject& body)>;

struct Answer {
    int status = 200;
    QJsonObject body; ///< empty: none
    QString location;
    bool remember = true;
};

/// The Node Admin API of one node on a cpp-httplib server. The contract is
/// resources/api/node-admin-v1.yaml.
class Api {
public:
    Api(Node& node, Uploads& uploads, QByteArray clusterSecret, CallPeer callPeer);
    void install(httplib::SSLServer& server);

private:
    using Http = httplib::SSLServer;
    using Reader = httplib::ContentReader;
    using Plain = std::function<void(const httplib::Request&, httplib::Response&)>;
    using WithBody =
        std::function<void(const httplib::Request&, httplib::Response&, const Reader&)>;
    using Act = std::function<Result<Answer>(const httplib::Request&, const Request&)>;
    enum class Auth { None, Read, Write, Cluster };

    void installNode(Http& server);
    void installCluster(Http& server);
    void installLease(Http& server);
    void installPackages(Http& server);
    void installUploads(Http& server);
    void installSession(Http& server);
    void installEvents(Http& server);
    void installInternal(Http& server);

    // Wrappers: request id, faults, authorisation; then the handler.
    [[nodiscard]] Plain reading(Plain handler, Auth auth = Auth::Read);
    [[nodiscard]] WithBody writing(WithBody handler, Auth auth = Auth::Write);
    /// An unsafe request with a small JSON body and an Idempotency-Key.
    [[nodiscard]] WithBody acting(Act act);
    [[nodiscard]] WithBody operation(const char* kind, bool withSubject = false);
    [[nodiscard]] bool prepare(const httplib::Request& in, httplib::Response& out, Auth auth);
    [[nodiscard]] bool misbehave(const httplib::Request& in, httplib::Response& out);
    [[nodiscard]] bool authorise(const httplib::Request& in, httplib::Response& out, Auth auth);
    void answerAct(const httplib::Request& in, httplib::Response& out, const QByteArray& body,
                   const Act& act);
    void answerList(const httplib::Request& in, httplib::Response& out,
                    const std::vector<QJsonObject>& items, bool tagged = false) const;

    void logIn(const httplib::Request& in, httplib::Response& out, const QByteArray& body);
    [[nodiscard]] Result<Answer> createUpload(const httplib::Request& in, const Request& request);
    void appendUpload(const httplib::Request& in, httplib::Response& out, const Reader& reader);
    void finishUpload(const httplib::Request& in, httplib::Response& out, Uploads::Writer& writer);
    [[nodiscard]] Result<Answer> changeLease(const QString& verb, const QJsonObject& body);

    struct Session {
        QString user;
        bool canWrite = false;
        TimePoint expiresAt;
    };
    Node& m_node;
    Uploads& m_uploads;
    QByteArray m_clusterSecret;
    CallPeer m_callPeer;
    std::mutex m_sessionsMutex;
    std::map<QString, Session> m_sessions; ///< by SHA-256 of the token
    std::mutex
        m_actMutex; ///< unsafe requests one after the other: a repeated one waits for the first
    std::atomic_uint m_garbage = 0;
};

// Helpers for handlers.
void sendJson(httplib::Response& out, int status, const QJsonObject& body);
void sendTagged(const httplib::Request& in, httplib::Response& out, const QJsonObject& body);
void sendProblem(const httplib::Request& in, httplib::Response& out, int status,
                 const QString& code, const QString& detail, const QJsonObject& extra = {});
void sendError(const httplib::Request& in, httplib::Response& out, const Error& error);
/// The body, or nothing when it is larger than 1 MiB; always reads it to its end, so that the
/// connection stays usable.
[[nodiscard]] std::optional<QByteArray> readBody(const httplib::Request& in,
                                                 const httplib::ContentReader& reader);
[[nodiscard]] QString header(const httplib::Request& in, const char* name);
[[nodiscard]] QString query(const httplib::Request& in, const char* name);
[[nodiscard]] QString matched(const httplib::Request& in, int index);

} // namespace quorate::sandbox
