// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "app/quoratectl/Json.h"
#include "app/quoratectl/Signals.h"
#include "app/quoratectl/StopWish.h"

#include <QTextStream>

namespace quorate::ctl {
namespace {

constexpr int kDaySeconds = 24 * 3600; ///< as act::Drain takes it

/// The id for what a person calls the node: its id or its name.
NodeId nodeNamed(const service::ClusterStatus& status, const QString& text)
{
    for (const NodeRecord& record : status.snapshot->nodes) {
        if (record.name == text) {
            return record.id;
        }
    }
    return NodeId{text};
}

void sayRefused(Session& session, const QString& title, const QString& sentence, const Error& error)
{
    if (session.arguments().json()) {
        printJson({{QStringLiteral("result"), QStringLiteral("refused")},
                   {QStringLiteral("title"), title},
                   {QStringLiteral("sentence"), sentence},
                   {QStringLiteral("error"), toJson(error)}});
    }
    printError(QStringLiteral("%1: refused. Nothing was sent.").arg(title));
    printError(describe(error));
    session.end(kRefused);
}

/// True when it may go on. Otherwise the session has ended.
bool confirm(Session& session, const service::ActPreview& preview, const QString& nodeName)
{
    const Arguments& arguments = session.arguments();
    if (preview.needsTypedName && arguments.value("--confirm") != nodeName) {
        session.endWith(usage(QStringLiteral("This cluster is in production"),
                              QStringLiteral("Confirm with --confirm %1").arg(nodeName)));
        return false;
    }
    if (arguments.has("--yes")) {
        return true;
    }
    if (!isTerminal()) {
        session.endWith(
            usage(QStringLiteral("Nobody can be asked here"), QStringLiteral("Say --yes")));
        return false;
    }
    QTextStream in(stdin);
    print(QStringLiteral("%1? Type yes to go on:").arg(preview.title));
    if (in.readLine().trimmed() == QLatin1String("yes")) {
        return true;
    }
    print(QStringLiteral("Nothing was sent."));
    session.end(kRefused);
    return false;
}

/// Ctrl-C gives the lease back and says what that means.
void stopOnInterrupt(Session& session, service::ClusterService& cluster, const NodeId& node)
{
    auto* wish = new StopWish(cluster, node, &session);
    QObject::connect(new Signals(&session), &Signals::interrupted, &session, [&session, wish] {
        if (wish->stop() && !session.arguments().json()) {
            print(QStringLiteral("Stopping"));
        }
    });
}

void perform(Session& session, service::ClusterService& cluster, const NodeId& node, const Act& act,
             const service::ActPreview& preview)
{
    if (!session.arguments().json()) {
        QObject::connect(&cluster, &service::ClusterService::actChanged, &session,
                         [last = QString()](const service::ActProgress& progress) mutable {
                             if (progress.message != last && !progress.ended) {
                                 last = progress.message;
                                 print(QStringLiteral("  ") + progress.message);
                             }
                         });
    }
    if (preview.canStop) {
        stopOnInterrupt(session, cluster, node);
    }
    deliver(cluster.perform(node, act), &session,
            [&session, preview](const Result<OperationStatus>& status) {
                if (!status && status.error().kind == ErrorKind::Precondition) {
                    sayRefused(session, preview.title, preview.gate.sentence, status.error());
                    return;
                }
                if (!status) {
                    session.endWith(status.error());
                    return;
                }
                if (session.arguments().json()) {
                    printJson({{QStringLiteral("result"), QStringLiteral("done")},
                               {QStringLiteral("title"), preview.title},
                               {QStringLiteral("sentence"), preview.gate.sentence},
                               {QStringLiteral("operation"), status->id.value}});
                } else {
                    print(QStringLiteral("%1: done").arg(preview.title));
                }
                session.end(kDone);
            });
}

} // namespace

namespace {

/// `name`: of the node; empty for an act on the cluster as a whole.
void actOn(Session& session, const QString& name, const Act& act)
{
    session.withFreshStatus(
        [&session, name, act](service::ClusterService& cluster, const service::StatusPtr& status) {
            const NodeId node = nodeNamed(*status, name);
            const service::ActPreview preview = cluster.preview(node, act);
            if (!session.arguments().json()) {
                print(bold(preview.title));
                print(preview.gate.sentence);
                print(preview.consequence);
            }
            if (preview.gate.verdict != quorum::Verdict::Yes) {
                sayRefused(session, preview.title, preview.gate.sentence,
                           makeError(ErrorKind::Precondition, QStringLiteral("gate-refused"),
                                     preview.gate.refusal));
                return;
            }
            const NodeRecord* record = status->snapshot->node(node);
            if (confirm(session, preview, record ? record->name : node.value)) {
                perform(session, cluster, node, act, preview);
            }
        });
}

} // namespace

void actOnNode(Session& session, Act act)
{
    actOn(session, session.arguments().positional(0), act);
}
void actOnCluster(Session& session, Act act) { actOn(session, {}, act); }

void drainNode(Session& session)
{
    const Arguments& arguments = session.arguments();
    act::Drain drain;
    drain.unmanagedToo = arguments.has("--unmanaged-too");
    drain.localDataToo = arguments.has("--local-data-too");
    for (const char* option : {"--grace", "--limit"}) {
        if (!arguments.has(option)) {
            continue;
        }
        bool isNumber = false;
        const int seconds = arguments.value(option).toInt(&isNumber);
        if (!isNumber || seconds < 0 || seconds > kDaySeconds) {
            session.endWith(usage(QStringLiteral("%1 needs a number of seconds, 0 to %2")
                                      .arg(QLatin1String(option))
                                      .arg(kDaySeconds)));
            return;
        }
        if (qstrcmp(option, "--grace") == 0) {
            drain.graceSeconds = seconds;
        } else {
            drain.limitSeconds = seconds;
        }
    }
    actOnNode(session, drain);
}

} // namespace quorate::ctl
