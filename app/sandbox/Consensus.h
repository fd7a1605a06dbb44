// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Settings.h"

#include <QJsonObject>

#include <map>
#include <optional>
#include <random>

namespace quorate::sandbox {

/// What this node knows of another one, from what it heard itself.
struct PeerView {
    std::optional<TimePoint> lastContactAt;
    QString state = QStringLiteral("unknown"); ///< what the peer last said of itself
    QString version;
    QString bootId;
    qint64 appliedIndex = 0;
    qint64 documentTerm = -1; ///< the shared document it last acknowledged
    qint64 documentIndex = -1;
    bool voteGranted = false; ///< in the election of the current term (or the pre-vote before it)
    bool voteAsked = false;
};

/// A request to one peer: "heartbeat", "vote" or "lead".
struct PeerMessage {
    QString path;
    QJsonObject body;
};

/// Terms, votes, heartbeats and one small shared document (the lease), in the manner of Raft with
/// the document as its own snapshot: a node leads only with the votes of a majority, and a change
/// counts only when a majority has it on disk. No network and no clock of its own: the caller hands
/// in messages and times, under its own lock.
class Consensus {
public:
    struct Self { ///< what heartbeats say of this node
        QString state;
        QString version;
        QString bootId;
    };

    Consensus(const Settings& settings, QString self, TimePoint now);

    [[nodiscard]] Result<void> load();
    void tick(TimePoint now, bool mayLead, bool eager);
    [[nodiscard]] PeerMessage next(const QString& peer, const Self& self);
    /// Something for this peer cannot wait for the next heartbeat.
    [[nodiscard]] bool urgent(const QString& peer, TimePoint now) const;
    void answered(const QString& peer, const PeerMessage& sent, const QJsonObject& answer,
                  TimePoint now);
    [[nodiscard]] QJsonObject received(const QString& path, const QJsonObject& body,
                                       const Self& self, TimePoint now);
    /// Stops leading and asks the best ready peer to take over.
    void handOver(TimePoint now);
    void silence(bool silent)
    {
        m_mute = silent;
    } ///< the process is about to end: never lead again

    [[nodiscard]] qint64 term() const { return m_term; }
    [[nodiscard]] QString leader() const { return m_leader; }
    [[nodiscard]] bool leads() const { return m_leader == m_self; }
    [[nodiscard]] qint64 appliedIndex() const { return m_applied; }
    [[nodiscard]] qint64 newestIndex() const;
    [[nodiscard]] bool caughtUp() const;
    [[nodiscard]] QString stateOf(const QString& peer, TimePoint now) const;
    [[nodiscard]] const std::map<QString, PeerView>& peers() const { return m_peers; }

    [[nodiscard]] const QJsonObject& document() const { return m_document; }
    /// Leader only: makes a new document; it counts once `committed()`.
    void propose(const QJsonObject& document);
    [[nodiscard]] bool committed() const { return m_committed; }
    [[nodiscard]] qint64 documentIndex() const { return m_documentIndex; }

private:
    void becomeFollower(qint64 term);
    void startElection(TimePoint now, bool preVote);
    void countVotes(TimePoint now);
    void lead(TimePoint now);
    void checkQuorum(TimePoint now);
    void updateCommitted();
    void hear(const QString& peer, const QJsonObject& body, TimePoint now);
    void adopt(const QJsonObject& body);
    QJsonObject onVote(const QJsonObject& body, TimePoint now);
    void resetTimeout(TimePoint now, int factor = 1);
    void persist() const;
    [[nodiscard]] QJsonObject greeting(const Self& self) const;
    [[nodiscard]] bool isAtLeastAsNew(const QJsonObject& body) const;

    Settings m_settings;
    QString m_self;
    std::map<QString, PeerView> m_peers;
    qint64 m_term = 0;
    QString m_votedFor;
    QString m_leader;
    enum class Role { Follower, PreCandidate, Candidate, Leader } m_role = Role::Follower;
    TimePoint m_started;
    TimePoint m_electionAt;
    TimePoint m_heardLeaderAt;
    TimePoint m_lastTick;
    TimePoint m_persistedAt;
    QString m_handOverTo;
    bool m_mute = false;
    qint64 m_applied = 0;
    qint64 m_target = 0; ///< the leader's index, as last heard
    double m_fraction = 0;
    QJsonObject m_document;
    qint64 m_documentTerm = 0;
    qint64 m_documentIndex = 0;
    bool m_committed = false;
    std::mt19937 m_random;
};

} // namespace quorate::sandbox
