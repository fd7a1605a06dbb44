// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/kube/NodeServer.h"

#include "tests/bench/kube/NodeAnswers.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QJsonDocument>
#include <QLocale>
#include <QPointer>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>
#include <QTimer>
#include <QUrl>
#include <QUrlQuery>

#include <memory>

namespace quorate::bench {
namespace {

constexpr quint64 kFirstVersion = 1'000'000;
constexpr int kTickMs = 20;          ///< between two writes to the watches
constexpr int kBookmarkTicks = 3000; ///< a minute, as the real one
constexpr qsizetype kPiece =
    64 * 1024; ///< handed to the socket at once: it copies all that waits several times
const QByteArray kVersionText = R"({"major":"1","minor":"29","gitVersion":"v1.29.4"})";

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray jsonOf(const QJsonObject& object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QByteArray headOf(const QByteArray& framing, const QByteArray& type, int status)
{
    const QByteArray date =
        QLocale::c()
            .toString(QDateTime::currentDateTimeUtc(), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss"))
            .toLatin1();
    return "HTTP/1.1 " + QByteArray::number(status) + " OK\r\nContent-Type: " + type
           + "\r\nDate: " + date + " GMT\r\n" + framing + "\r\n\r\n";
}

QByteArray answerOf(const QByteArray& body, const QByteArray& type = "application/json",
                    int status = 200)
{
    return headOf("Content-Length: " + QByteArray::number(body.size()), type, status) + body;
}

QByteArray chunkOf(const QByteArray& bytes)
{
    return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
}

/// Sends what is long in pieces as the socket takes them, as real servers do.
class Outbox : public QObject {
public:
    explicit Outbox(QSslSocket* socket)
        : QObject(socket)
        , m_socket(socket)
    {
        connect(socket, &QSslSocket::encryptedBytesWritten, this, [this] { send(); });
    }
    void add(const QByteArrayList& bytes)
    {
        m_waiting.append(bytes);
        send();
    }
    void add(const QByteArray& bytes) { add(QByteArrayList{bytes}); }

private:
    void send()
    {
        while (!m_waiting.isEmpty()
               && m_socket->bytesToWrite() + m_socket->encryptedBytesToWrite() < kPiece) {
            m_piece.resize(0);
            while (!m_waiting.isEmpty() && m_piece.size() < kPiece) {
                const QByteArray& first = m_waiting.first();
                const qsizetype length = std::min(kPiece - m_piece.size(), first.size() - m_at);
                m_piece.append(first.constData() + m_at, length);
                m_at += length;
                if (m_at == first.size()) {
                    m_waiting.removeFirst();
                    m_at = 0;
                }
            }
            m_socket->write(m_piece);
        }
    }

    QSslSocket* m_socket;
    QByteArrayList m_waiting;
    qsizetype m_at = 0; ///< of the first
    QByteArray m_piece;
};

class NodeServer {
public:
    explicit NodeServer(const NodeServerOptions& options)
        : m_options(options)
    {
        for (int index = 0; index < options.nodes; ++index) {
            const QJsonObject node = nodeObject(index, kFirstVersion, 0, options.controlPlane);
            m_objects.append(jsonOf(node));
            m_rows.append(jsonOf(nodeTableRow(node)));
        }
        QObject::connect(&m_tick, &QTimer::timeout, &m_tick, [this] { tick(); });
        m_tick.setTimerType(Qt::PreciseTimer);
        m_tick.start(kTickMs);
    }

    void add(QSslSocket* socket)
    {
        auto* out = new Outbox(socket);
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        auto asked = std::make_shared<QByteArray>();
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, out, asked] {
            asked->append(socket->readAll());
            takeRequests(*out, *asked);
        });
    }

private:
    void takeRequests(Outbox& out, QByteArray& asked)
    {
        for (qsizetype end = asked.indexOf("\r\n\r\n"); end >= 0; end = asked.indexOf("\r\n\r\n")) {
            const QByteArray head = asked.left(end);
            const qsizetype at = head.toLower().indexOf("content-length:");
            const qsizetype length =
                at < 0 ? 0
                       : head.mid(at + 15, head.indexOf('\r', at) - at - 15).trimmed().toLongLong();
            if (asked.size() < end + 4 + length) {
                return;
            }
            const QByteArray body = asked.mid(end + 4, length);
            asked.remove(0, end + 4 + length);
            const QList<QByteArray> words = head.left(head.indexOf('\r')).split(' ');
            answer(out, QUrl(QString::fromLatin1(words.value(1))), head, body);
        }
    }

    void answer(Outbox& out, const QUrl& url, const QByteArray& head, const QByteArray& body)
    {
        const QString path = url.path();
        const QUrlQuery query(url);
        if (path == QLatin1String("/api/v1/nodes")) {
            if (query.hasQueryItem(QStringLiteral("watch"))) {
                out.add("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n");
                m_watches.append(&out);
            } else {
                sendPage(out, query, head.contains("as=Table"));
            }
        } else if (path.startsWith(QLatin1String("/api/v1/nodes/"))) {
            out.add(answerOf(one(path.section(QLatin1Char('/'), -1))));
        } else if (path.contains(QLatin1String("/kube-node-lease/leases/"))) {
            out.add(answerOf(jsonOf(nodeLease(indexOf(path.section(QLatin1Char('/'), -1))))));
        } else if (path == QLatin1String("/livez") || path == QLatin1String("/readyz")) {
            out.add(answerOf("[+]ping ok\n[+]log ok\n[+]etcd ok\nhealthz check passed\n",
                             "text/plain"));
        } else {
            out.add(small(path, body));
        }
    }

    [[nodiscard]] QByteArray small(const QString& path, const QByteArray& body) const
    {
        if (path == QLatin1String("/version")) {
            return answerOf(kVersionText);
        }
        if (path == QLatin1String("/api")) {
            return answerOf(R"({"kind":"APIVersions","versions":["v1"]})");
        }
        if (path == QLatin1String("/apis")) {
            return answerOf(R"({"kind":"APIGroupList","apiVersion":"v1","groups":[]})");
        }
        if (path == QLatin1String("/api/v1")) {
            return answerOf(
                R"({"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"nodes","singularName":"",)"
                R"("namespaced":false,"kind":"Node","verbs":["get","list","watch"],"shortNames":["no"]}]})");
        }
        if (path.endsWith(QLatin1String("/endpoints/kubernetes"))) {
            QJsonArray addresses;
            for (int index = 0; index < m_options.controlPlane; ++index) {
                addresses.append(QJsonObject{{QStringLiteral("ip"), controlPlaneAddress(index)}});
            }
            const QJsonArray ports{QJsonObject{{QStringLiteral("name"), QStringLiteral("https")},
                                               {QStringLiteral("port"), m_options.port}}};
            return answerOf(
                jsonOf({{QStringLiteral("metadata"),
                         QJsonObject{{QStringLiteral("name"), QStringLiteral("kubernetes")}}},
                        {QStringLiteral("subsets"),
                         QJsonArray{QJsonObject{{QStringLiteral("addresses"), addresses},
                                                {QStringLiteral("ports"), ports}}}}}));
        }
        if (path.endsWith(QLatin1String("accessreviews"))) {
            QJsonObject review = QJsonDocument::fromJson(body).object();
            review.insert(QStringLiteral("status"), QJsonObject{{QStringLiteral("allowed"), true}});
            return answerOf(jsonOf(review), "application/json", 201);
        }
        return answerOf(R"({"kind":"Status","status":"Failure","reason":"NotFound","code":404})",
                        "application/json", 404);
    }

    /// The items are sent from where they are: to join them first would take this process longer
    /// than to send them.
    void sendPage(Outbox& out, const QUrlQuery& query, bool asTable) const
    {
        const int from = query.queryItemValue(QStringLiteral("continue")).toInt();
        const int limit = query.queryItemValue(QStringLiteral("limit")).toInt();
        const int end = limit > 0 ? std::min(from + limit, m_options.nodes) : m_options.nodes;
        QByteArray opening =
            asTable
                ? R"({"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":")"
                : R"({"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":")";
        opening += QByteArray::number(m_version);
        if (end < m_options.nodes) {
            opening += R"(","continue":")" + QByteArray::number(end) + R"(","remainingItemCount":)"
                       + QByteArray::number(m_options.nodes - end) + "}";
        } else {
            opening += "\"}";
        }
        if (asTable) {
            opening += R"(,"columnDefinitions":)"
                       + QJsonDocument(nodeTableColumns()).toJson(QJsonDocument::Compact);
        }
        opening += asTable ? ",\"rows\":[" : ",\"items\":[";
        QByteArrayList parts{opening};
        const QByteArrayList& items = asTable ? m_rows : m_objects;
        for (int index = from; index < end; ++index) {
            if (index > from) {
                parts.append(QByteArrayLiteral(","));
            }
            parts.append(items[index]);
        }
        parts.append(QByteArrayLiteral("]}"));
        qsizetype length = 0;
        for (const QByteArray& part : std::as_const(parts)) {
            length += part.size();
        }
        // As Go's server frames what its encoder hands over: one chunk.
        parts.prepend(QByteArray::number(length, 16) + "\r\n");
        parts.append(QByteArrayLiteral("\r\n0\r\n\r\n"));
        parts.prepend(headOf("Transfer-Encoding: chunked", "application/json", 200));
        out.add(std::move(parts));
    }

    [[nodiscard]] QByteArray one(const QString& name) const
    {
        return R"({"kind":"Node","apiVersion":"v1",)" + m_objects[indexOf(name)].mid(1);
    }

    [[nodiscard]] int indexOf(const QString& name) const
    {
        return std::clamp(name.section(QLatin1Char('-'), 1).toInt() - 1, 0, m_options.nodes - 1);
    }

    /// As many kubelets as come in that time report.
    void tick()
    {
        ++m_ticks;
        m_watches.removeIf([](const QPointer<Outbox>& watch) { return watch.isNull(); });
        if (m_watches.isEmpty()) {
            return;
        }
        QByteArray lines;
        const qint64 due = qint64(m_ticks) * kTickMs * m_options.changesPerSecond / 1000;
        for (; m_changes < due; ++m_changes) {
            const int index = int(m_changes % m_options.nodes);
            m_objects[index] = jsonOf(
                nodeObject(index, ++m_version, m_ticks * kTickMs / 1000, m_options.controlPlane));
            lines += R"({"type":"MODIFIED","object":{"kind":"Node","apiVersion":"v1",)"
                     + m_objects[index].mid(1) + "}\n";
        }
        if (m_ticks % kBookmarkTicks == 0) {
            lines += R"({"type":"BOOKMARK","object":{"kind":"Node","metadata":{"resourceVersion":")"
                     + QByteArray::number(m_version) + "\"}}}\n";
        }
        for (const QPointer<Outbox>& watch : std::as_const(m_watches)) {
            if (!lines.isEmpty()) {
                watch->add(chunkOf(lines));
            }
        }
    }

    NodeServerOptions m_options;
    QByteArrayList m_objects;
    QByteArrayList m_rows;
    QList<QPointer<Outbox>> m_watches;
    QTimer m_tick;
    quint64 m_version = kFirstVersion;
    qint64 m_changes = 0;
    int m_ticks = 0;
};

} // namespace

QStringList toArguments(const NodeServerOptions& options)
{
    return {QStringLiteral("--serve"),      options.folder,
            QString::number(options.nodes), QString::number(options.controlPlane),
            QString::number(options.port),  QString::number(options.changesPerSecond)};
}

namespace {

NodeServerOptions nodeServerFrom(const QStringList& arguments)
{
    return {.folder = arguments.value(1),
            .nodes = arguments.value(2).toInt(),
            .controlPlane = arguments.value(3).toInt(),
            .port = arguments.value(4).toInt(),
            .changesPerSecond = arguments.value(5).toInt()};
}

int serveNodes(int argc, char** argv, const NodeServerOptions& options)
{
    const QCoreApplication app(argc, argv);
    NodeServer nodes(options);
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(
        QSslCertificate::fromData(contentOf(options.folder + QStringLiteral("/leaf.pem"))));
    tls.setPrivateKey(QSslKey(contentOf(options.folder + QStringLiteral("/leaf.key")), QSsl::Ec));
    std::vector<std::unique_ptr<QSslServer>> servers;
    for (int index = 0; index < options.controlPlane; ++index) {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(tls);
        QObject::connect(server.get(), &QSslServer::pendingConnectionAvailable, server.get(),
                         [from = server.get(), &nodes] {
                             nodes.add(static_cast<QSslSocket*>(from->nextPendingConnection()));
                         });
        if (!server->listen(QHostAddress(controlPlaneAddress(index)), quint16(options.port))) {
            return 1;
        }
        servers.push_back(std::move(server));
    }
    QFile ready(options.folder + QStringLiteral("/ready"));
    return ready.open(QIODevice::WriteOnly) ? QCoreApplication::exec() : 1;
}

} // namespace

std::optional<int> serveIfAsked(int argc, char** argv)
{
    if (argc < 2 || qstrcmp(argv[1], "--serve") != 0) {
        return std::nullopt;
    }
    QStringList arguments;
    for (int index = 1; index < argc; ++index) {
        arguments.append(QString::fromLocal8Bit(argv[index]));
    }
    return serveNodes(argc, argv, nodeServerFrom(arguments));
}

QString kubeconfigOf(const NodeServerOptions& options)
{
    return options.folder + QStringLiteral("/kubeconfig");
}

bool writeKubeconfig(const NodeServerOptions& options)
{
    QFile file(kubeconfigOf(options));
    const QString text =
        QStringLiteral(
            "apiVersion: v1\nkind: Config\ncurrent-context: bench\n"
            "clusters:\n- name: bench\n  cluster:\n    server: https://127.0.0.1:%1\n"
            "    certificate-authority: %2/ca.pem\n"
            "users:\n- name: bench\n  user:\n    token: bench-token\n"
            "contexts:\n- name: bench\n  context:\n    cluster: bench\n    user: bench\n")
            .arg(options.port)
            .arg(options.folder);
    return file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) > 0;
}

} // namespace quorate::bench
