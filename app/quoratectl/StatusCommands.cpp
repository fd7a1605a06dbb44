// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "app/quoratectl/Json.h"
#include "app/quoratectl/Signals.h"
#include "core/domain/Workers.h"

#include <QJsonDocument>

namespace quorate::ctl {
namespace {

/// Design section 8; the order of quorum::ClusterState is not relied on.
int exitCodeOf(quorum::ClusterState state)
{
    switch (state) {
    case quorum::ClusterState::Quorate: return 0;
    case quorum::ClusterState::AtRisk: return 1;
    case quorum::ClusterState::Lost: return 2;
    case quorum::ClusterState::Unknown: return 3;
    }
    return 3;
}

QStringList nodeRow(const NodeRecord& record, const quorum::Assessment& assessment, TimePoint now)
{
    const quorum::VoterVerdict* verdict = assessment.verdictOf(record.id);
    QString state = QStringLiteral("cannot be reached");
    if (record.isReachable()) {
        const NodeSelf& self = record.last->self;
        state = self.state == NodeState::Unrecognised ? self.stateText : toString(self.state);
    } else if (!record.attemptedAt) {
        state = QStringLiteral("not asked yet");
    }
    QString role = verdict ? QStringLiteral("voter") : QStringLiteral("-");
    if (assessment.leader == record.id) {
        role = QStringLiteral("leader");
    }
    const QString note =
        record.isReachable() && verdict && verdict->state == quorum::VoterState::Ready
            ? (record.last->self.cordoned ? QStringLiteral("cordoned: it takes no new work")
                                          : QString())
        : verdict      ? verdict->text
        : record.error ? record.error->message
                       : QString();
    return {record.name.isEmpty() ? record.id.value : record.name,
            state,
            role,
            record.last ? record.last->self.version.toString() : QStringLiteral("-"),
            record.address.isEmpty() ? QStringLiteral("-") : record.address,
            record.last ? toDurationText(now - record.last->observedAt) : QStringLiteral("-"),
            note};
}

/// A worker, which has nothing of its own to ask: as the cluster sees it.
QStringList workerRow(const PeerView& view, TimePoint seenAt, TimePoint now)
{
    return {view.name,
            view.stateText,
            view.roles.isEmpty() ? QStringLiteral("worker") : view.roles,
            view.version ? view.version->toString() : QStringLiteral("-"),
            view.address.isEmpty() ? QStringLiteral("-") : view.address,
            toDurationText(now - seenAt),
            troublesOf(view)};
}

void printNodes(const service::ClusterStatus& status, TimePoint now)
{
    const WorkerViews workers = workersIn(*status.snapshot);
    std::vector<QStringList> rows;
    for (const NodeRecord& record : status.snapshot->nodes) {
        const PeerView* worker = workers.views[rows.size()];
        rows.push_back(worker != nullptr ? workerRow(*worker, workers.by->observedAt, now)
                                         : nodeRow(record, status.assessment, now));
    }
    printTable({QStringLiteral("NODE"), QStringLiteral("STATE"), QStringLiteral("ROLE"),
                QStringLiteral("VERSION"), QStringLiteral("ADDRESS"), QStringLiteral("AGE"),
                QStringLiteral("NOTE")},
               rows);
}

void printStatus(Session& session, const service::ClusterStatus& status)
{
    const TimePoint now = session.now();
    if (session.arguments().json()) {
        printJson(toJson(status, now));
        return;
    }
    const quorum::Sentence& sentence = status.assessment.sentence;
    print(bold(sentence.head) + sentence.tail);
    print(QStringLiteral("%1 · %2 · %3%4")
              .arg(status.identity.name, displayName(status.identity.system),
                   quorum::toString(status.assessment.state),
                   status.practice ? QStringLiteral(" · practice cluster") : QString()));
    for (const QString& reason : status.assessment.reasons) {
        print(QStringLiteral("  ") + reason);
    }
    for (const quorum::Disagreement& one : status.assessment.disagreements) {
        print(QStringLiteral("  ") + one.text);
    }
    for (const auto& error : {status.connectionError, status.etcdError}) {
        if (error) {
            print(QStringLiteral("  ") + describe(*error));
        }
    }
    printNodes(status, now);
}

/// What makes a new line of --watch: everything but the times.
QByteArray essence(const service::ClusterStatus& status)
{
    QJsonObject object = toJson(status, TimePoint());
    object.remove(QStringLiteral("observedAt"));
    QJsonArray nodes;
    for (const QJsonValue value : object[QStringLiteral("nodes")].toArray()) {
        QJsonObject node = value.toObject();
        node.remove(QStringLiteral("observedAt"));
        node.remove(QStringLiteral("ageMs"));
        node.remove(QStringLiteral("reason"));
        nodes.append(node);
    }
    object[QStringLiteral("nodes")] = nodes;
    object[QStringLiteral("quorum")] = QJsonObject{
        {QStringLiteral("state"), object[QStringLiteral("quorum")][QStringLiteral("state")]},
        {QStringLiteral("ready"), object[QStringLiteral("quorum")][QStringLiteral("ready")]}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

void watch(Session& session, service::ClusterService& cluster)
{
    auto shown = std::make_shared<QByteArray>(essence(*cluster.status()));
    QObject::connect(&cluster, &service::ClusterService::statusChanged, &session,
                     [&session, &cluster, shown] {
                         const service::StatusPtr status = cluster.status();
                         QByteArray now = essence(*status);
                         if (now != *shown) {
                             *shown = std::move(now);
                             printStatus(session, *status);
                         }
                     });
    auto* interrupts = new Signals(&session);
    QObject::connect(interrupts, &Signals::interrupted, &session, [&session, &cluster] {
        session.end(exitCodeOf(cluster.status()->assessment.state));
    });
}

} // namespace

void showStatus(Session& session)
{
    session.withFreshStatus(
        [&session](service::ClusterService& cluster, const service::StatusPtr& status) {
            printStatus(session, *status);
            if (session.arguments().has("--watch")) {
                watch(session, cluster);
            } else {
                session.end(exitCodeOf(status->assessment.state));
            }
        });
}

void listNodes(Session& session)
{
    session.withFreshStatus([&session](service::ClusterService&, const service::StatusPtr& status) {
        if (session.arguments().json()) {
            printJson({{QStringLiteral("nodes"), nodesJson(*status, session.now())}});
        } else {
            printNodes(*status, session.now());
        }
        session.end(status->nodesReachable > 0 ? kDone : kCouldNotTell);
    });
}

} // namespace quorate::ctl
