// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/UiContext.h"

#include <QObject>

class QAction;
class QMenu;

namespace quorate::ui {

/// Cordon, drain, resume, reboot, shut down one node: asks the gate for the sentence, shows it in
/// the confirmation, or explains the refusal; sends only after a yes. What a person has to do on
/// the node is watched until it is done, or until waiting is stopped; a drain that the platform can
/// stop is stopped by the same action. What the cluster's rules, or
/// its platform, do not let this user do is disabled and says so. No widgets of its own, so that
/// tests drive it with scripted dialogs.
class NodeActions final : public QObject {
    Q_OBJECT

public:
    NodeActions(const UiContext& context, QObject* parent);
    void setCluster(service::ClusterService* cluster);
    void setNode(const QString& nodeId); ///< empty: none chosen
    [[nodiscard]] QString node() const { return m_node; }

    /// One QAction an act, and the one that stops as the last, for the menu bar, context menus and
    /// shortcuts; disabled with a reason in the tool tip; its data is false where it can neither be
    /// done nor be watched from here.
    [[nodiscard]] const QList<QAction*>& actions() const { return m_actions; }
    void trigger(const Act& act);

Q_SIGNALS:
    /// What came of it, one sentence; `tone` says how.
    void finished(const QString& sentence, quorate::ui::Tone tone);
    void started(const QString& sentence);

private:
    void addAction(const QString& name, const QString& text, const Act& act);
    void refreshEnabled();
    void refreshStop();
    void onActChanged(const service::ActProgress& progress);
    /// Why this act cannot be chosen; empty: it can.
    [[nodiscard]] QString whyNot(const Act& act, const platform::Capabilities& able) const;
    void askRightsAgain();
    void ask(const Act& act);
    void send(const ClusterId& cluster, const NodeId& node, const Act& act);

    const UiContext& m_context;
    service::ClusterService* m_cluster = nullptr;
    QString m_node;
    QList<QAction*> m_actions;
    std::vector<Act> m_acts; ///< parallel to m_actions, but for its last
    QAction* m_stopWaiting = nullptr;
    QString m_told; ///< the latest of a wait that was told
    std::optional<TimePoint> m_rightsAskedAt;
};

} // namespace quorate::ui
