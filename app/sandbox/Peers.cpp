// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Peers.h"

#include "core/base/Json.h"

#include <QJsonDocument>

#include <httplib.h>

namespace quorate::sandbox {

namespace {

constexpr time_t kPatienceSeconds = 1; ///< loopback: who does not answer in a second is not there
constexpr time_t kCallSeconds = 3;     ///< for a majority to store a change
constexpr Millis kPoll = Millis(25);

std::unique_ptr<httplib::SSLClient> connectTo(const Settings& settings, const QString& peer,
                                              time_t seconds)
{
    auto client = std::make_unique<httplib::SSLClient>("127.0.0.1", settings.find(peer)->port);
    client->set_ca_cert_path(settings.path(QStringLiteral("ca.pem")).toStdString());
    client->enable_server_certificate_verification(true);
    client->set_connection_timeout(seconds);
    client->set_read_timeout(seconds);
    client->set_write_timeout(seconds);
    client->set_keep_alive(true);
    client->set_tcp_nodelay(true);
    return client;
}

Result<QJsonObject> post(httplib::SSLClient& client, const QByteArray& secret, const QString& path,
                         const QJsonObject& body)
{
    const httplib::Headers headers{{"Authorization", "Bearer " + secret.toStdString()}};
    const httplib::Result answer = client.Post(
        ("/internal/" + path.toStdString()), headers,
        QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString(), "application/json");
    if (!answer) {
        return refuse(503, "peer-unreachable",
                      QString::fromStdString(httplib::to_string(answer.error())));
    }
    Result<QJsonObject> object = parseJsonObject(QByteArray::fromStdString(answer->body));
    if (!object || answer->status == 200) {
        return object;
    }
    Error error = makeError(ErrorKind::Server, object->value(QStringLiteral("code")).toString(),
                            object->value(QStringLiteral("detail")).toString());
    error.httpStatus = answer->status;
    if (const QJsonObject lease = object->value(QStringLiteral("lease")).toObject();
        !lease.isEmpty()) {
        error.context = {QString::fromUtf8(QJsonDocument(lease).toJson(QJsonDocument::Compact))};
    }
    return fail(std::move(error));
}

} // namespace

Peers::Peers(Node& node, QByteArray clusterSecret)
    : m_node(node)
    , m_secret(std::move(clusterSecret))
{}

Peers::~Peers() = default;

void Peers::start()
{
    for (const NodeEntry& entry : m_node.settings().nodes) {
        if (entry.id != m_node.id()) {
            m_threads.emplace_back(
                [this, peer = entry.id](const std::stop_token& stop) { talk(stop, peer); });
        }
    }
}

void Peers::talk(const std::stop_token& stop, const QString& peer)
{
    const auto client = connectTo(m_node.settings(), peer, kPatienceSeconds);
    while (!stop.stop_requested()) {
        if (!m_node.faults().has(fault::kHang)) {
            const PeerMessage message = m_node.nextMessage(peer);
            if (const Result<QJsonObject> answer =
                    post(*client, m_secret, message.path, message.body);
                answer) {
                m_node.answered(peer, message, *answer);
            }
        }
        const TimePoint next = m_node.clock().now() + m_node.settings().heartbeat();
        while (m_node.clock().now() < next && !m_node.urgent(peer) && !stop.stop_requested()) {
            std::this_thread::sleep_for(kPoll);
        }
        std::this_thread::sleep_for(Millis(1));
    }
}

Result<QJsonObject> Peers::call(const QString& peer, const QString& path,
                                const QJsonObject& body) const
{
    return post(*connectTo(m_node.settings(), peer, kCallSeconds), m_secret, path, body);
}

} // namespace quorate::sandbox
