// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Node.h"

#include "app/sandbox/Files.h"

#include <QFile>

#include <algorithm>
#include <thread>

namespace quorate::sandbox {

namespace {
constexpr Millis kDocumentPatience =
    Millis(1500); ///< for a majority to store a change; three heartbeats
constexpr Millis kDocumentPoll = Millis(10);
} // namespace

Node::Node(Settings settings, QString id, const Clock& clock)
    : m_settings(std::move(settings))
    , m_id(std::move(id))
    , m_clock(clock)
    , m_faults(m_settings.nodeFolder(m_id))
    , m_consensus(m_settings, m_id, clock.now())
    , m_bootId(randomHex(16))
    , m_startedAt(clock.now())
    , m_settledAt(m_startedAt)
{}

Result<void> Node::start(bool fast)
{
    const std::lock_guard lock(m_mutex);
    const Result<QByteArray> pem = readFile(m_settings.path(QStringLiteral("publisher.pem")));
    if (!pem) {
        return fail(pem.error());
    }
    Result<CertificatePtr> publisher = certificateFromPem(*pem);
    if (!publisher) {
        return fail(publisher.error());
    }
    m_publisher = *std::move(publisher);
    const QString path = folder() + QStringLiteral("/state.json");
    if (QFile::exists(path)) {
        const Result<QJsonObject> object = readObject(path);
        Result<NodeRecord> record =
            object ? NodeRecord::fromJson(*object) : Result<NodeRecord>(fail(object.error()));
        if (!record) {
            return fail(record.error());
        }
        m_record = *std::move(record);
    } else {
        m_record.version = m_settings.version;
    }
    if (const Result<void> loaded = m_consensus.load(); !loaded) {
        return loaded;
    }
    m_record.boots += 1;
    m_events = std::make_unique<EventHub>(m_record.boots);
    m_settledAt = m_startedAt + (fast ? Millis(0) : m_settings.scaled(vendor::kStarting));
    comeBack(m_startedAt);
    save();
    return {};
}

void Node::save()
{
    if (const Result<void> written =
            writeDurably(folder() + QStringLiteral("/state.json"), m_record.toJson());
        !written) {
        // A node that cannot keep what it promised must not go on answering.
        qFatal("quorate-sandbox: %s", qPrintable(written.error().message));
    }
}

void Node::tick()
{
    const std::lock_guard lock(m_mutex);
    const TimePoint now = m_clock.now();
    const QString current = state();
    const bool leaving =
        current == QLatin1String("restarting") || current == QLatin1String("stopped");
    const bool mayLead =
        !leaving && current != QLatin1String("draining") && !m_faults.has(fault::kHang);
    // A node whose settling time is over waits only for a leader: it must not wait for others to
    // become one.
    const bool eager = current == QLatin1String("ready") || (m_starting && now >= m_settledAt);
    m_consensus.tick(now, mayLead, eager);
    if (m_starting && now >= m_settledAt && m_consensus.caughtUp()) {
        m_starting = false;
    }
    progress(now);
    publishChanges(now);
    if (m_leaveAt && now >= *m_leaveAt) {
        m_exitCode = m_record.lastEnd == QLatin1String("reboot") ? kExitReboot : kExitStopped;
    }
}

void Node::leave(int code)
{
    m_record.lastEnd = code == kExitReboot ? QStringLiteral("reboot") : QStringLiteral("shutdown");
    m_leaveAt =
        m_clock.now() + 2 * m_settings.heartbeat(); // long enough for the peers to hear of it
}

QString Node::state() const
{
    if (m_leaveAt) {
        return m_record.lastEnd == QLatin1String("reboot") ? QStringLiteral("restarting")
                                                           : QStringLiteral("stopped");
    }
    for (const Operation& operation : m_record.operations) {
        if (!operation.running()) {
            continue;
        }
        if (operation.kind == QLatin1String("upgrade")
            || operation.kind == QLatin1String("install-updates")) {
            return QStringLiteral("updating");
        }
        if (operation.kind == QLatin1String("drain")) {
            return QStringLiteral("draining");
        }
    }
    if (m_starting) {
        return QStringLiteral("starting");
    }
    if (m_record.verification == QLatin1String("failed")) {
        return QStringLiteral("not-ready");
    }
    return m_record.drained ? QStringLiteral("drained") : QStringLiteral("ready");
}

Consensus::Self Node::greeting() const { return {state(), m_record.version, m_bootId}; }

PeerMessage Node::nextMessage(const QString& peer)
{
    const std::lock_guard lock(m_mutex);
    return m_consensus.next(peer, greeting());
}

bool Node::urgent(const QString& peer) const
{
    const std::lock_guard lock(m_mutex);
    return m_consensus.urgent(peer, m_clock.now());
}

void Node::answered(const QString& peer, const PeerMessage& sent, const QJsonObject& answer)
{
    const std::lock_guard lock(m_mutex);
    m_consensus.answered(peer, sent, answer, m_clock.now());
}

QJsonObject Node::received(const QString& path, const QJsonObject& body)
{
    const std::lock_guard lock(m_mutex);
    return m_consensus.received(path, body, greeting(), m_clock.now());
}

Result<void>
Node::changeDocument(const std::function<Result<QJsonObject>(const QJsonObject&)>& change)
{
    const std::lock_guard one(m_documentMutex); // one change at a time
    const TimePoint deadline = m_clock.now() + kDocumentPatience;
    qint64 proposed = -1;
    while (m_clock.now() < deadline) {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_consensus.leads()
                || (proposed >= 0 && m_consensus.documentIndex() != proposed)) {
                break; // led and lost it meanwhile: nobody can say whether the change survived
            }
            if (m_consensus.committed() && proposed >= 0) {
                return {};
            }
            // The document of an earlier leader counts only when ours is decided: wait for that
            // first.
            if (m_consensus.committed()) {
                Result<QJsonObject> changed = change(m_consensus.document());
                if (!changed) {
                    return fail(changed.error());
                }
                m_consensus.propose(*changed);
                proposed = m_consensus.documentIndex();
                if (m_consensus.committed()) {
                    return {};
                }
            }
        }
        std::this_thread::sleep_for(kDocumentPoll);
    }
    return refuse(503, "no-quorum", QStringLiteral("No majority of voters agreed in time"));
}

QJsonObject Node::document() const
{
    const std::lock_guard lock(m_mutex);
    return m_consensus.document();
}

QString Node::leader() const
{
    const std::lock_guard lock(m_mutex);
    return m_consensus.leader();
}

bool Node::leads() const
{
    const std::lock_guard lock(m_mutex);
    return m_consensus.leads();
}

void Node::publishChanges(TimePoint now)
{
    const QString current = state();
    if (current != m_lastState) {
        m_lastState = current;
        m_events->publish("node", selfLocked());
    }
    if (m_consensus.leader() != m_lastLeader) {
        m_lastLeader = m_consensus.leader();
        m_events->publish("cluster", clusterLocked());
    }
    for (const NodeEntry& entry : m_settings.nodes) {
        const QJsonObject member = memberView(entry, now);
        const QString memberState = member.value(QStringLiteral("state")).toString();
        if (m_lastMembers[entry.id] != memberState) {
            m_lastMembers[entry.id] = memberState;
            m_events->publish("member", member);
        }
    }
    for (const Operation& operation : m_record.operations) {
        const int percent = operation.running() ? static_cast<int>(operation.progress * 100) : 101;
        const auto known = m_lastPercent.find(operation.id);
        if (known == m_lastPercent.end() ? operation.running() : known->second != percent) {
            m_lastPercent[operation.id] = percent;
            m_events->publish("operation", operation.toJson());
        }
    }
}

tl::unexpected<Error> refuse(int status, const char* code, const QString& detail)
{
    Error error = makeError(status >= 500 ? ErrorKind::Server : ErrorKind::Conflict,
                            QLatin1String(code), detail);
    error.httpStatus = status;
    return fail(std::move(error));
}

QJsonObject problemJson(int status, const QString& code, const QString& detail,
                        const QString& instance)
{
    QString title = code;
    title.replace(QLatin1Char('-'), QLatin1Char(' '));
    title[0] = title.at(0).toUpper();
    return {{QStringLiteral("type"), QStringLiteral("urn:quorate:problem:") + code},
            {QStringLiteral("title"), title},
            {QStringLiteral("status"), status},
            {QStringLiteral("detail"), detail},
            {QStringLiteral("code"), code},
            {QStringLiteral("instance"), instance}};
}

} // namespace quorate::sandbox
