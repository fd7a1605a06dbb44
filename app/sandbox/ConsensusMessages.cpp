// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Consensus.h"

#include <QJsonValue>

namespace quorate::sandbox {

namespace {

constexpr Millis kLeaderAlive = Millis(1200); ///< who heard a leader so recently elects no other

qint64 integer(const QJsonObject& object, const char* key, qint64 fallback = 0)
{
    return object.value(QLatin1String(key)).toInteger(fallback);
}

QString text(const QJsonObject& object, const char* key)
{
    return object.value(QLatin1String(key)).toString();
}

bool flag(const QJsonObject& object, const char* key)
{
    return object.value(QLatin1String(key)).toBool();
}

} // namespace

QJsonObject Consensus::greeting(const Self& self) const
{
    return {{QStringLiteral("from"), m_self},
            {QStringLiteral("term"), m_term},
            {QStringLiteral("leads"), leads()},
            {QStringLiteral("state"), self.state},
            {QStringLiteral("version"), self.version},
            {QStringLiteral("bootId"), self.bootId},
            {QStringLiteral("appliedIndex"), m_applied},
            {QStringLiteral("documentTerm"), m_documentTerm},
            {QStringLiteral("documentIndex"), m_documentIndex}};
}

PeerMessage Consensus::next(const QString& peer, const Self& self)
{
    PeerView& view = m_peers.at(peer);
    QJsonObject body = greeting(self);
    if (m_handOverTo == peer) {
        m_handOverTo.clear();
        return {QStringLiteral("lead"), body};
    }
    const bool electing = m_role == Role::PreCandidate || m_role == Role::Candidate;
    if (electing && !view.voteAsked) {
        view.voteAsked = true;
        body.insert(QStringLiteral("preVote"), m_role == Role::PreCandidate);
        body.insert(QStringLiteral("electionTerm"),
                    m_role == Role::PreCandidate ? m_term + 1 : m_term);
        return {QStringLiteral("vote"), body};
    }
    if (leads() && (view.documentTerm != m_documentTerm || view.documentIndex != m_documentIndex)) {
        body.insert(QStringLiteral("document"), m_document);
    }
    return {QStringLiteral("heartbeat"), body};
}

bool Consensus::urgent(const QString& peer, TimePoint now) const
{
    const PeerView& view = m_peers.at(peer);
    const bool alive = view.lastContactAt && now - *view.lastContactAt < m_settings.late();
    const bool electing = m_role == Role::PreCandidate || m_role == Role::Candidate;
    const bool behind =
        leads() && (view.documentTerm != m_documentTerm || view.documentIndex != m_documentIndex);
    return m_handOverTo == peer || (electing && !view.voteAsked) || (behind && alive);
}

void Consensus::hear(const QString& peer, const QJsonObject& body, TimePoint now)
{
    const auto found = m_peers.find(peer);
    if (found == m_peers.end()) {
        return;
    }
    PeerView& view = found->second;
    view.lastContactAt = now;
    view.state = text(body, "state");
    view.version = text(body, "version");
    view.bootId = text(body, "bootId");
    view.appliedIndex = integer(body, "appliedIndex");
    view.documentTerm = integer(body, "documentTerm", -1);
    view.documentIndex = integer(body, "documentIndex", -1);
    if (integer(body, "term") > m_term) {
        becomeFollower(integer(body, "term"));
    }
    if (flag(body, "leads") && integer(body, "term") == m_term) {
        m_role = Role::Follower;
        m_leader = peer;
        m_heardLeaderAt = now;
        m_target = std::max(m_target, view.appliedIndex);
        resetTimeout(now);
        adopt(body);
    } else if (m_leader == peer) {
        m_leader.clear(); // it says itself that it does not lead any more
    }
    updateCommitted();
}

void Consensus::adopt(const QJsonObject& body)
{
    const QJsonValue document = body.value(QLatin1String("document"));
    if (!document.isObject() || !isAtLeastAsNew(body)) {
        return;
    }
    m_document = document.toObject();
    m_documentTerm = integer(body, "documentTerm");
    m_documentIndex = integer(body, "documentIndex");
    persist();
}

bool Consensus::isAtLeastAsNew(const QJsonObject& body) const
{
    const qint64 term = integer(body, "documentTerm");
    return term > m_documentTerm
           || (term == m_documentTerm && integer(body, "documentIndex") >= m_documentIndex);
}

QJsonObject Consensus::onVote(const QJsonObject& body, TimePoint now)
{
    const QString candidate = text(body, "from");
    const qint64 term = integer(body, "electionTerm");
    const bool preVote = flag(body, "preVote");
    const bool leaderAlive =
        leads() || (!m_leader.isEmpty() && now - m_heardLeaderAt < kLeaderAlive);
    bool granted = term >= m_term && isAtLeastAsNew(body) && !(leaderAlive && preVote);
    if (preVote) {
        granted = granted && term > m_term;
    } else {
        if (term > m_term) {
            becomeFollower(term);
        }
        granted = granted && (m_votedFor.isEmpty() || m_votedFor == candidate);
        if (granted && m_votedFor != candidate) {
            m_votedFor = candidate;
            persist();
        }
        if (granted) {
            resetTimeout(now);
        }
    }
    return {{QStringLiteral("granted"), granted}, {QStringLiteral("electionTerm"), term}};
}

QJsonObject Consensus::received(const QString& path, const QJsonObject& body, const Self& self,
                                TimePoint now)
{
    const QString peer = text(body, "from");
    if (m_peers.find(peer) == m_peers.end()) {
        return {};
    }
    QJsonObject vote;
    if (path == QLatin1String("vote")) {
        vote = onVote(body, now);
    }
    hear(peer, body, now);
    if (path == QLatin1String("lead") && self.state == QLatin1String("ready") && !m_mute) {
        startElection(now, false);
    }
    QJsonObject answer = greeting(self);
    for (auto field = vote.begin(); field != vote.end(); ++field) {
        answer.insert(field.key(), field.value());
    }
    return answer;
}

void Consensus::answered(const QString& peer, const PeerMessage& sent, const QJsonObject& answer,
                         TimePoint now)
{
    if (text(answer, "from") != peer) {
        return;
    }
    hear(peer, answer, now);
    const bool preVote = flag(sent.body, "preVote");
    const bool same =
        preVote ? m_role == Role::PreCandidate && integer(answer, "electionTerm") == m_term + 1
                : m_role == Role::Candidate && integer(answer, "electionTerm") == m_term;
    if (sent.path == QLatin1String("vote") && same && flag(answer, "granted")) {
        m_peers.at(peer).voteGranted = true;
        countVotes(now);
    }
}

} // namespace quorate::sandbox
