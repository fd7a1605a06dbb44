// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/Replay.h"
#include "core/run/detail/Guards.h"
#include "core/simulate/ModelCluster.h"

#include <memory>

namespace quorate::simulate {

struct Fault {
    FaultKind kind = FaultKind::PeerDies;
    int step = 0; ///< befalls when this step comes up
    NodeId node{};
    Millis lasting{0};
    int record = 0;            ///< CoordinatorKilled: after this record was written (from 1)
    bool afterEffects = false; ///< CoordinatorKilled: the effects of that record had started
};

struct Scenario {
    quint64 seed = 1;
    std::vector<Fault> faults{};
    int commandsMax = 0; ///< a person who gives seeded commands, so many at most
    bool traced = false;
    bool throughJson = false; ///< resume from real journal records instead of the events in memory
};

struct Outcome {
    run::RunPhase phase = run::RunPhase::Ready;
    QString attention; ///< code, when it waits for a person
    Millis duration{0};
    int marginLowest = 0;
    int records = 0;
    bool resumeDiffers = false;      ///< a replay was not what the machine had been in
    std::vector<QString> violations; ///< names, in the order of happening
    QString essence;
    QStringList trace;
};

/// Carries out one plan against a model cluster in simulated time: the state machine's driver, with
/// no clock, no thread and no disk. Same scenario, same outcome.
class Driver {
public:
    Driver(const procedure::Plan& plan, const run::detail::Guards& guards, Scenario scenario);
    [[nodiscard]] Outcome run();
    /// What was journalled, when the scenario goes through JSON.
    [[nodiscard]] const std::vector<run::JournalRecord>& records();

private:
    enum class Work { Answer, Ask, Look, Poll, Wake, Resume, Command, Confirm };
    struct Item {
        TimePoint at{};
        int order = 0;
        Work work = Work::Poll;
        run::EventBody body{};            ///< Answer
        run::Effect effect{};             ///< Ask: asked of the cluster when its time has come
        std::vector<std::size_t> nodes{}; ///< Look: whose answer, or silence, is known now
        TimePoint askedAt{};
        int life = 0; ///< of the coordinator: what an earlier one waited for is lost
    };
    using ItemPtr = std::unique_ptr<Item>; ///< items are large, and a queue moves them about
    struct IsLater {
        bool operator()(const ItemPtr& left, const ItemPtr& right) const
        {
            return left->at != right->at ? left->at > right->at : left->order > right->order;
        }
    };

    void push(Item item);
    ItemPtr pop();
    void push(TimePoint at, Work work) { push(Item{.at = at, .work = work}); }
    void handle(Item& item);
    void feed(run::EventBody body);
    void startEffects(const std::vector<run::Effect>& effects);
    void ask(const run::Effect& effect);
    void poll();
    void look(const Item& item);
    [[nodiscard]] SnapshotPtr nothingKnown() const;
    void record(const run::Transition& transition);
    void planAhead();
    void injectFor(int step);
    bool isKilledAt(int record, bool afterEffects);
    void restart();
    void giveCommand();
    void workByHand();
    [[nodiscard]] bool waits() const;
    [[nodiscard]] bool isDoneByHand() const;
    void trace(const QString& line);
    [[nodiscard]] bool isOver() const;
    [[nodiscard]] Outcome outcome();

    const procedure::Plan& m_plan;
    const run::detail::Guards& m_guards;
    Scenario m_scenario;
    ModelCluster m_cluster;
    run::RunState m_state;
    std::vector<run::RunEvent> m_journal;
    std::vector<std::vector<run::Effect>> m_journalEffects; ///< beside m_journal, for records()
    std::vector<run::JournalRecord> m_records; ///< of the first m_written: written when asked for
    std::size_t m_written = 0;
    std::set<QString> m_intended;
    SnapshotPtr m_known;          ///< its nodes in the order of the model's
    std::vector<ItemPtr> m_queue; ///< a heap, the next one first
    TimePoint m_start;
    TimePoint m_now;
    TimePoint m_bound;
    std::optional<TimePoint> m_wakeAt;
    int m_order = 0;
    int m_life = 0;
    int m_lastStep = -1;
    int m_workedOn = -1; ///< the manual step that the simulated person has begun last
    int m_commands = 0;
    bool m_thinking = false;
    bool m_confirming = false;
    bool m_away = false;
    bool m_neverEnds = false;
    bool m_differs = false;
    std::vector<QString> m_violations;
    QStringList m_trace;
    std::mt19937_64 m_random;
};

} // namespace quorate::simulate
