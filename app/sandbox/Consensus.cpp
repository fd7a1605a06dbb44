// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Consensus.h"

#include "app/sandbox/Files.h"
#include "core/base/Json.h"

#include <QFile>

#include <algorithm>

namespace quorate::sandbox {

namespace {

// Real time, whatever the speed: three to six heartbeats (Raft's advice is an order of magnitude
// above the round trip).
constexpr Millis kElectionMin = Millis(1500);
constexpr Millis kElectionSpread = Millis(1200);
constexpr Millis kElectionRetry = Millis(700);
constexpr Millis kQuorumCheck =
    Millis(2500); ///< a leader that hears no majority for so long stops leading
constexpr Millis kPersistEvery = Seconds(2);
constexpr double kEntriesPerSecond = 10; ///< the cluster's own traffic
constexpr double kCatchUpPerSecond = 400;
constexpr qint64 kCaughtUpGap = 20;
constexpr int kReluctant = 3; ///< a node that is not ready leads only when nobody else will

} // namespace

Consensus::Consensus(const Settings& settings, QString self, TimePoint now)
    : m_settings(settings)
    , m_self(std::move(self))
    , m_started(now)
    , m_electionAt(now)
    , m_heardLeaderAt(now - Seconds(60))
    , m_lastTick(now)
    , m_persistedAt(now)
    , m_random(std::random_device{}())
{
    for (const NodeEntry& node : m_settings.nodes) {
        if (node.id != m_self) {
            m_peers.emplace(node.id, PeerView());
        }
    }
    if (!m_peers.empty()) {
        resetTimeout(now); // alone there is nobody to wait for
    }
}

Result<void> Consensus::load()
{
    const QString path = m_settings.nodeFolder(m_self) + QStringLiteral("/consensus.json");
    if (!QFile::exists(path)) {
        return {};
    }
    const Result<QJsonObject> object = readObject(path);
    if (!object) {
        return fail(object.error());
    }
    JsonReader in(*object, QStringLiteral("consensus.json"));
    m_term = in.integer("term");
    m_votedFor = in.string("votedFor");
    m_applied = in.integer("appliedIndex");
    m_documentTerm = in.integer("documentTerm");
    m_documentIndex = in.integer("documentIndex");
    m_document = in.optionalObject("document").value_or(QJsonObject());
    m_target = m_applied;
    if (in.error()) {
        return fail(*in.error());
    }
    return {};
}

void Consensus::persist() const
{
    const Result<void> written =
        writeDurably(m_settings.nodeFolder(m_self) + QStringLiteral("/consensus.json"),
                     QJsonObject{{QStringLiteral("term"), m_term},
                                 {QStringLiteral("votedFor"), m_votedFor},
                                 {QStringLiteral("appliedIndex"), m_applied},
                                 {QStringLiteral("documentTerm"), m_documentTerm},
                                 {QStringLiteral("documentIndex"), m_documentIndex},
                                 {QStringLiteral("document"), m_document}});
    if (!written) {
        // A vote that is not on disk must not leave the process: better no node than one that
        // forgets.
        qFatal("quorate-sandbox: %s", qPrintable(written.error().message));
    }
}

void Consensus::resetTimeout(TimePoint now, int factor)
{
    std::uniform_int_distribution<qint64> spread(0, kElectionSpread.count());
    m_electionAt = now + kElectionMin * factor + Millis(spread(m_random));
}

void Consensus::tick(TimePoint now, bool mayLead, bool eager)
{
    const double seconds = std::chrono::duration<double>(now - m_lastTick).count();
    m_lastTick = now;
    const double behind = static_cast<double>(m_target - m_applied);
    m_fraction +=
        leads() ? seconds * kEntriesPerSecond : std::min(behind, seconds * kCatchUpPerSecond);
    const auto whole = static_cast<qint64>(m_fraction);
    m_applied +=
        leads() ? whole : std::clamp<qint64>(whole, 0, std::max<qint64>(0, m_target - m_applied));
    m_fraction -= static_cast<double>(whole);
    if (now - m_persistedAt > kPersistEvery && !m_mute) {
        m_persistedAt = now;
        persist();
    }
    if (m_role == Role::Leader) {
        if (!mayLead || m_mute) {
            handOver(now);
        } else {
            checkQuorum(now);
        }
        return;
    }
    if (now < m_electionAt) {
        return;
    }
    m_leader.clear();
    if (!mayLead || m_mute) {
        m_role = Role::Follower;
        return;
    }
    const bool reluctant =
        !eager && now < m_electionAt + kElectionMin * kReluctant && m_role == Role::Follower;
    if (!reluctant) {
        startElection(now, true);
    }
}

void Consensus::startElection(TimePoint now, bool preVote)
{
    m_role = preVote ? Role::PreCandidate : Role::Candidate;
    if (!preVote) {
        m_term += 1;
        m_votedFor = m_self;
        persist();
    }
    for (auto& [id, peer] : m_peers) {
        peer.voteGranted = false;
        peer.voteAsked = false;
    }
    std::uniform_int_distribution<qint64> spread(0, kElectionRetry.count());
    m_electionAt = now + kElectionRetry + Millis(spread(m_random));
    countVotes(now);
}

void Consensus::countVotes(TimePoint now)
{
    const auto granted = std::count_if(m_peers.begin(), m_peers.end(),
                                       [](const auto& p) { return p.second.voteGranted; });
    if (granted + 1 < m_settings.majority()) {
        return;
    }
    if (m_role == Role::PreCandidate) {
        startElection(now, false);
    } else if (m_role == Role::Candidate) {
        lead(now);
    }
}

void Consensus::lead(TimePoint now)
{
    m_role = Role::Leader;
    m_leader = m_self;
    m_handOverTo.clear();
    m_applied = std::max(m_applied, newestIndex());
    for (auto& [id, peer] : m_peers) {
        peer.documentTerm = -1;
    }
    m_heardLeaderAt = now;
    propose(m_document); // an entry of the own term: only with it older ones count as decided
}

void Consensus::checkQuorum(TimePoint now)
{
    int heard = 1;
    for (const auto& [id, peer] : m_peers) {
        heard += peer.lastContactAt && now - *peer.lastContactAt < kQuorumCheck ? 1 : 0;
    }
    m_heardLeaderAt = now;
    if (heard < m_settings.majority()) {
        becomeFollower(m_term);
        resetTimeout(now);
    }
}

void Consensus::becomeFollower(qint64 term)
{
    m_role = Role::Follower;
    m_leader.clear();
    m_committed = false;
    if (term > m_term) {
        m_term = term;
        m_votedFor.clear();
        persist();
    }
}

void Consensus::handOver(TimePoint now)
{
    if (m_role != Role::Leader) {
        return;
    }
    becomeFollower(m_term);
    m_target = m_applied;
    m_heardLeaderAt = now - Seconds(60); // peers may be given our vote at once
    resetTimeout(now, kReluctant);
    for (const auto& [id, peer] : m_peers) {
        const bool fresh = peer.lastContactAt && now - *peer.lastContactAt < m_settings.late();
        const bool current =
            peer.documentTerm == m_documentTerm && peer.documentIndex == m_documentIndex;
        if (fresh && current && peer.state == QLatin1String("ready")) {
            m_handOverTo = id;
            return;
        }
    }
}

void Consensus::propose(const QJsonObject& document)
{
    m_document = document;
    m_documentTerm = m_term;
    m_documentIndex += 1;
    m_applied += 1;
    persist();
    m_committed = false;
    updateCommitted();
}

void Consensus::updateCommitted()
{
    const auto have = std::count_if(m_peers.begin(), m_peers.end(), [&](const auto& p) {
        return p.second.documentTerm == m_documentTerm && p.second.documentIndex == m_documentIndex;
    });
    m_committed = m_role == Role::Leader && have + 1 >= m_settings.majority();
}

qint64 Consensus::newestIndex() const
{
    qint64 newest = std::max(m_applied, m_target);
    for (const auto& [id, peer] : m_peers) {
        newest = std::max(newest, peer.appliedIndex);
    }
    return newest;
}

bool Consensus::caughtUp() const
{
    return leads() || (!m_leader.isEmpty() && m_target - m_applied <= kCaughtUpGap);
}

QString Consensus::stateOf(const QString& peer, TimePoint now) const
{
    const auto found = m_peers.find(peer);
    if (found == m_peers.end()) {
        return QStringLiteral("unknown");
    }
    const PeerView& view = found->second;
    const Millis silent = now - view.lastContactAt.value_or(m_started);
    if (silent >= m_settings.down()) {
        return QStringLiteral("down");
    }
    if (!view.lastContactAt) {
        return QStringLiteral("unknown");
    }
    return silent >= m_settings.late() ? QStringLiteral("grace") : view.state;
}

} // namespace quorate::sandbox
