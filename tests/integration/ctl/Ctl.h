// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/integration/sandbox/PracticeCluster.h"

#include <QJsonObject>

#include <vector>

namespace quorate::ctltest {

using sandboxtest::PracticeCluster;

/// What one call of quoratectl said.
struct Said {
    int exitCode = -1;
    QByteArray output{};
    QByteArray errors{};
    std::vector<QJsonObject> lines{}; ///< of --json; a line that is no object fails the test

    [[nodiscard]] QJsonObject last() const { return lines.empty() ? QJsonObject() : lines.back(); }
    [[nodiscard]] QString error(const char* field = "code") const; ///< of `error` in the last line
};

/// quoratectl with a home of its own, always with --json and the file of one practice cluster.
class Ctl {
public:
    explicit Ctl(const PracticeCluster& cluster);

    Said run(const QStringList& arguments, Millis limit = Seconds(60));
    /// Stages the package on every node and writes the plan of its upgrade; the plan's path.
    QString plan(const QString& package,
                 const QString& procedure = QStringLiteral("mss-appliance"));
    /// Carries a plan out with consent and its warnings accepted.
    Said upgrade(const QString& plan, const QStringList& more = {});
    static QStringList upgradeArguments(const QString& plan);
    /// Options that every call has.
    [[nodiscard]] QStringList options() const;

    [[nodiscard]] QString home() const { return m_cluster.temporary().path(QStringLiteral("h")); }
    /// All that was said so far, on both channels.
    [[nodiscard]] const QByteArray& heard() const { return m_heard; }
    void hear(const QByteArray& more) { m_heard += more; }
    [[nodiscard]] static QString program();

private:
    const PracticeCluster& m_cluster;
    QByteArray m_heard;
};

/// One call that goes on beside the test: `upgrade`, `run resume` and the like.
class Followed {
public:
    Followed(Ctl& ctl, const QStringList& arguments);

    /// Until the step of that title is at work (on that node, when one is named), or the program
    /// has ended.
    bool reach(const QString& title, const QString& node = {}, Millis limit = Seconds(90));
    /// Whether the program ended by itself within `patience`; that it did not is no failure.
    bool endsWithin(Millis patience);
    /// Its end; fails the test when it takes longer.
    Said end(Millis limit = Seconds(120));
    void interrupt() const; ///< as Ctrl-C
    [[nodiscard]] test::ChildProcess& process() { return m_process; }

private:
    Ctl& m_ctl;
    test::ChildProcess m_process;
};

Said saidOf(const test::ProgramOutcome& outcome);
/// The nodes' numbers in the order in which a plan takes them; which one leads, and so is last, is
/// the cluster's choice.
std::vector<int> orderOf(const QString& plan);
QString nodeName(int node);
/// What the nodes themselves recorded of their operations: never were two of them away at once.
void expectNeverTwoOut(PracticeCluster& cluster);
/// What a node counts of the acts that it carried out; signs in anew (it may have restarted).
QJsonObject counters(PracticeCluster& cluster, int node);
/// The version that a node runs.
QString versionOf(PracticeCluster& cluster, int node);
/// Counters of a node that was never asked for anything.
QJsonObject untouched();

} // namespace quorate::ctltest
