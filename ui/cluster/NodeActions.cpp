// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/NodeActions.h"

#include "core/base/Async.h"
#include "core/platform/LeaseRefusal.h"

#include <QAction>

namespace quorate::ui {

namespace {

constexpr Millis kRightsAgain =
    Seconds(30); ///< our own choice: somebody may have given them meanwhile
constexpr QLatin1String kUnmanaged("unmanaged-pods"); ///< ids of consents
constexpr QLatin1String kLocalData("local-data");

/// What a drain would also cost on a platform that moves pods; design: never taken for granted.
std::vector<Consent> consentsFor(const Act& act, const ClusterIdentity& identity)
{
    if (!std::holds_alternative<act::Drain>(act)
        || identity.platform != QLatin1String("kubernetes")) {
        return {};
    }
    return {{kUnmanaged, NodeActions::tr("Also delete pods that nothing starts again elsewhere")},
            {kLocalData, NodeActions::tr("Also delete pods whose data on the node is lost")}};
}

Act withConsents(Act act, const QStringList& given)
{
    if (auto* drain = std::get_if<act::Drain>(&act)) {
        drain->unmanagedToo = given.contains(kUnmanaged);
        drain->localDataToo = given.contains(kLocalData);
    }
    return act;
}

} // namespace

NodeActions::NodeActions(const UiContext& context, QObject* parent)
    : QObject(parent)
    , m_context(context)
{
    addAction(QStringLiteral("cordonAction"), tr("&Cordon…"), act::Cordon{});
    addAction(QStringLiteral("drainAction"), tr("&Drain…"), act::Drain{});
    addAction(QStringLiteral("resumeAction"), tr("&Resume"), act::Resume{});
    addAction(QStringLiteral("rebootAction"), tr("Re&boot…"), act::Reboot{});
    addAction(QStringLiteral("shutdownAction"), tr("&Shut down…"), act::Shutdown{});
    m_stopWaiting = new QAction(this);
    m_stopWaiting->setObjectName(QStringLiteral("stopWaitingAction"));
    connect(m_stopWaiting, &QAction::triggered, this, [this] {
        if (m_cluster != nullptr) {
            (void)m_cluster->stopWaiting(NodeId{m_node}); // over by now: it says so itself
        }
    });
    m_actions.append(m_stopWaiting);
    refreshEnabled();
}

void NodeActions::addAction(const QString& name, const QString& text, const Act& act)
{
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    connect(action, &QAction::triggered, this, [this, act] { trigger(act); });
    m_actions.append(action);
    m_acts.push_back(act);
}

void NodeActions::setCluster(service::ClusterService* cluster)
{
    if (m_cluster != nullptr) {
        disconnect(m_cluster, nullptr, this, nullptr);
    }
    m_cluster = cluster;
    m_node.clear();
    m_rightsAskedAt.reset();
    if (m_cluster != nullptr) {
        connect(m_cluster, &service::ClusterService::statusChanged, this,
                &NodeActions::refreshEnabled);
        connect(m_cluster, &service::ClusterService::actChanged, this, &NodeActions::onActChanged);
    }
    refreshEnabled();
}

void NodeActions::setNode(const QString& nodeId)
{
    m_node = nodeId;
    refreshEnabled();
}

QString NodeActions::whyNot(const Act& act, const platform::Capabilities& able) const
{
    if (m_cluster == nullptr || m_node.isEmpty()) {
        return tr("Choose a node first");
    }
    if (m_cluster->status()->readOnly) {
        return tr("This cluster is read-only; switch that off in the Cluster menu");
    }
    if (const auto found = able.forbidden.find(actName(act)); found != able.forbidden.end()) {
        return found->second;
    }
    if (!able.acts.empty() && !able.can(act) && !able.isByHand(act)) {
        return tr("This cannot be done from here on this cluster; do it on the node itself");
    }
    const auto lease = platform::leaseRefusal(able);
    return lease ? lease->message : QString();
}

void NodeActions::refreshEnabled()
{
    const platform::Capabilities able =
        m_cluster != nullptr ? m_cluster->platform().capabilities() : platform::Capabilities{};
    for (qsizetype index = 0; index < static_cast<qsizetype>(m_acts.size()); ++index) {
        const Act& act = m_acts[static_cast<size_t>(index)];
        const QString reason = whyNot(act, able);
        m_actions[index]->setData(able.acts.empty() || able.can(act) || able.isByHand(act)
                                  || able.forbidden.contains(actName(act)));
        m_actions[index]->setEnabled(reason.isEmpty());
        m_actions[index]->setToolTip(reason);
        m_actions[index]->setStatusTip(reason);
        if (std::holds_alternative<act::Cordon>(act)) { // only some platforms know it at all
            m_actions[index]->setVisible(able.can(act) || able.forbidden.contains(actName(act)));
        }
    }
    refreshStop();
    if (!able.forbidden.empty()) {
        askRightsAgain();
    }
}

void NodeActions::refreshStop()
{
    bool canStop = false;
    bool isByHand = true;
    if (m_cluster != nullptr) {
        for (const service::ActProgress& active : m_cluster->activeActs()) {
            if (active.canStop && !active.ended && active.node.value == m_node) {
                canStop = true;
                isByHand = active.byHand;
            }
        }
    }
    m_stopWaiting->setText(isByHand ? tr("Stop &waiting") : tr("Stop the &drain"));
    m_stopWaiting->setToolTip(
        isByHand ? tr("Nothing was sent to the node: nothing has to be undone")
                 : tr("Pods that have moved stay where they are, and the node takes no new work "
                      "until it is resumed"));
    m_stopWaiting->setData(canStop);
    m_stopWaiting->setVisible(canStop);
    m_stopWaiting->setEnabled(canStop);
}

/// What somebody has to do now, and what is seen of it, must not stand in another pane only.
void NodeActions::onActChanged(const service::ActProgress& progress)
{
    refreshStop();
    if (progress.byHand && !progress.ended && progress.message != m_told) {
        m_told = progress.message;
        Q_EMIT started(progress.message);
    }
}

/// What is forbidden may not be known yet, or not be forbidden any more.
void NodeActions::askRightsAgain()
{
    const TimePoint now = m_context.clock.now();
    if (m_cluster == nullptr || (m_rightsAskedAt && now - *m_rightsAskedAt < kRightsAgain)) {
        return;
    }
    m_rightsAskedAt = now;
    deliver(m_cluster->platform().prepare({}), this,
            [this](const Result<bool>&) { refreshEnabled(); });
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
            rules.append(
                QStringLiteral("%1: %2").arg(quorum::toString(reason.verdict), reason.text));
        }
        const QString title =
            preview.gate.verdict == quorum::Verdict::No
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
    question.action = preview.byHand ? tr("Begin to watch") : preview.title;
    question.quorumSentence = preview.gate.sentence;
    question.quorumTone = m_cluster->status()->assessment.margin > 1 ? Tone::Ok : Tone::Warn;
    question.consequence = preview.consequence;
    question.whatIsSent = preview.byHand
                              ? tr("Nothing: you do it on %1, Quorate watches").arg(m_node)
                              : QStringLiteral("%1 → %2").arg(actName(act), m_node);
    question.typedName = preview.needsTypedName ? m_node : QString();
    question.consents = consentsFor(act, m_cluster->status()->identity);
    question.destructive = takesVoterAway(act);
    // The answer is about what the question named, whatever is chosen by then.
    m_context.dialogs.askConfirmation(question,
                                      [this, act, node, cluster = m_cluster->status()->identity.id](
                                          bool yes, const QStringList& given) {
                                          if (yes) {
                                              send(cluster, node, withConsents(act, given));
                                          }
                                      });
}

void NodeActions::send(const ClusterId& cluster, const NodeId& node, const Act& act)
{
    auto* service = m_context.clusters.service(cluster);
    if (service == nullptr) {
        return;
    }
    const QString what = QStringLiteral("%1 %2").arg(actTitle(act), node.value);
    Q_EMIT started(tr("%1: under way").arg(what));
    deliver(service->perform(node, act), this, [this, what](Result<OperationStatus> outcome) {
        if (outcome) {
            Q_EMIT finished(tr("%1: done").arg(what), Tone::Ok);
            return;
        }
        if (outcome.error().kind == ErrorKind::Cancelled) { // as the operator wanted it
            Q_EMIT finished(tr("%1: %2").arg(what, outcome.error().message), Tone::Warn);
            return;
        }
        m_context.dialogs.showError(outcome.error(), [] {});
        Q_EMIT finished(tr("%1: %2").arg(what, outcome.error().message), Tone::Bad);
    });
}

} // namespace quorate::ui
