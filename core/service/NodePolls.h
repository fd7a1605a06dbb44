// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Clock.h"
#include "core/domain/ClusterFile.h"
#include "core/domain/ClusterSnapshot.h"
#include "core/platform/Platform.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <stop_token>
#include <vector>

namespace quorate::service {

/// Asks every node of a cluster, each for itself: a slow node never delays another, each answer is
/// applied as it arrives, and an answer to a question that was asked again since is dropped. Nodes
/// that answer are asked together, so that what they say is judged and shown once. Lives on the
/// platform's thread.
class NodePolls final : public QObject {
    Q_OBJECT
public:
    struct Limits {
        Millis foreground = Seconds(2);  ///< peers.md section 8, k9s
        Millis background = Seconds(10); ///< peers.md section 8, IBM COSS
        /// After this a node counts as not answering: with the poll interval it keeps "shown within
        /// 3 s" true also for a node that hangs. Our own choice.
        Millis answer{2500};
    };

    NodePolls(platform::Platform& platform, const Clock& clock,
              const std::vector<ClusterFileNode>& nodes, Limits limits, QObject* parent = nullptr);
    ~NodePolls() override;

    void start();
    void setForeground(bool foreground);
    [[nodiscard]] const std::vector<NodeRecord>& records() const { return m_records; }
    [[nodiscard]] bool isEveryNodeTried() const;
    [[nodiscard]] bool isAnyUnderWay() const;
    /// A node is asked within half a second, or was asked less than half a second ago.
    [[nodiscard]] bool isAnswerNear() const;
    /// Asks every node now; answers when each has answered or failed a question asked from now on.
    [[nodiscard]] Async<bool> pollAll();

Q_SIGNALS:
    void changed(); ///< a record has changed

private:
    struct Poll {
        int generation = 0; ///< of the question that is under way, or was last
        int answered = 0;   ///< generation of the last question that ended
        TimePoint startedAt{};
        TimePoint dueAt{}; ///< when `next` is over, while it is active
        std::stop_source stop{std::nostopstate};
        QTimer* next = nullptr;
        QTimer* limit = nullptr;
        [[nodiscard]] bool isUnderWay() const { return answered != generation; }
    };
    struct Waiter {
        std::vector<int> generations;
        Resolver<bool> resolver;
    };

    void ask(std::size_t index);
    void onAnswer(std::size_t index, int generation, Result<Observation> answer);
    void onLimit(std::size_t index);
    void apply(std::size_t index, Result<Observation> answer);
    void scheduleNext(std::size_t index);
    void answerWaiters();
    [[nodiscard]] Millis interval() const;
    [[nodiscard]] TimePoint dueTogether(std::size_t index, TimePoint now, TimePoint latest) const;

    platform::Platform& m_platform;
    const Clock& m_clock;
    Limits m_limits;
    bool m_foreground = true;
    bool m_started = false;
    std::vector<NodeRecord> m_records;
    std::vector<Poll> m_polls; ///< parallel to m_records
    std::vector<Waiter> m_waiters;
};

} // namespace quorate::service
