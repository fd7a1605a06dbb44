// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/NodeActions.h"

#include "core/base/Async.h"

#include <QAction>

namespace quorate::ui {

NodeActions::NodeActions(const UiContext& context, QObject* parent) : QObject(parent), m_context(context)
{
    addAction(QStringLiteral("drainAction"), tr("&Drain…"), act::Drain{});
    addAction(QStringLiteral("resumeAction"), tr("&Resume"), act::Resume{});
    addAction(QStringLiteral("rebootAction"), tr("Re&boot…"), act::Reboot{});
    addAction(QStringLiteral("shutdownAction"), tr("&Shut down…"), act::Shutdown{});
    refreshEnabled();
}

void NodeActions::addAction(const QString& name, const QString& text, const Act& act)
{
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    connect(action, &QAction::triggered, this, [this, act] { trigger(act); });
    m_actions.append(action);
}

void NodeActions::setCluster(service::ClusterService* cluster)
{
    if (m_cluster != nullptr) {
        disconnect(m_cluster, nullptr, this, nullptr);
    }
    m_cluster = cluster;
    m_node.clear();
    if (m_cluster != nullptr) {
        connect(m_cluster, &service::ClusterService::statusChanged, this, &NodeActions::refreshEnabled);
    }
    refreshEnabled();
}

void NodeActions::setNode(const QString& nodeId)
{
    m_node = nodeId;
    refreshEnabled();
}

void NodeActions::refreshEnabled()
{
    QString reason;
    if (m_cluster == nullptr || m_node.isEmpty()) {
        reason = tr("Choose a node first");
    } else if (m_cluster->status()->readOnly) {
        reason = tr("This cluster is read-only; switch that off in the Cluster menu");
    }
    for (QAction* action : m_actions) {
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason);
        action->setStatusTip(reason);
    }
}

void NodeActions::trigger(const Act& act)
{
    if (m_cluster != nullptr && !m_node.isEmpty()) {
        ask(act);
    }
}

void NodeActions::ask(const Act& act)
{
    const NodeId node{m_node};
    const service::ActPreview preview = m_cluster->preview(node, act);
    if (preview.gate.verdict != quorum::Verdict::Yes) {
        QStringList rules;
        for (const auto& reason : preview.gate.reasons) {
            rules.append(QStringLiteral("%1: %2").arg(quorum::toString(reason.verdict), reason.text));
        }
        const QString title = preview.gate.verdict == quorum::Verdict::No
            ? tr("%1 is refused").arg(preview.title)
            : tr("%1: not possible to tell whether it is safe").arg(preview.title);
        m_context.dialogs.showMessage({.tone = Tone::Warn,
                                       .title = title,
                                       .text = tr("%1 Nothing was sent.").arg(preview.gate.refusal),
                                       .details = rules.join(QLatin1Char('\n'))},
                                      [] {});
        Q_EMIT finished(title, Tone::Warn);
        return;
    }
    Confirmation question;
    question.title = preview.title;
    question.action = preview.title;
    question.quorumSentence = preview.gate.sentence;
    question.quorumTone = m_cluster->status()->assessment.margin > 1 ? Tone::Ok : Tone::Warn;
    question.consequence = preview.consequence;
    question.whatIsSent = QStringLiteral("%1 → %2").arg(actName(act), m_node);
    question.typedName = preview.needsTypedName ? m_node : QString();
    question.destructive = takesVoterAway(act);
    m_context.dialogs.confirm(question, [this, act](bool yes) {
        if (yes) {
            send(act);
        }
    });
}

void NodeActions::send(const Act& act)
{
    if (m_cluster == nullptr) {
        return;
    }
    const QString what = QStringLiteral("%1 %2").arg(actTitle(act), m_node);
    Q_EMIT started(tr("%1: under way").arg(what));
    deliver(m_cluster->perform(NodeId{m_node}, act), this, [this, what](Result<OperationStatus> outcome) {
        if (outcome) {
            Q_EMIT finished(tr("%1: done").arg(what), Tone::Ok);
            return;
        }
        m_context.dialogs.showError(outcome.error(), [] {});
        Q_EMIT finished(tr("%1: %2").arg(what, outcome.error().message), Tone::Bad);
    });
}

} // namespace quorate::ui
