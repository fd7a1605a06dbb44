// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/Act.h"
#include "core/platform/kubernetes/NodeObject.h"

/// Restarting and switching off a node: Kubernetes has no call for it, so a person does it and we
/// tell from what the cluster says when it is done. Pure.
namespace quorate::platform::kubernetes {

/// One look at the node.
struct NodeGlimpse {
    enum class Own {
        None,
        Silent,
        Ill,
        Well
    };                              ///< its own API server; None: it has none (a worker)
    bool told = false;              ///< an API server answered with etcd's consent
    std::optional<NodeObject> node; ///< nullopt though told: the cluster does not list it any more
    std::optional<TimePoint>
        renewedAt; ///< its kubelet's lease; nullopt: there is none, or we may not read it
    Own own = Own::None;
    bool bootIdShared = false; ///< another node reports the same: it tells no machine
};

/// All limits are our own: the machine is out of our reach. How long a node may take is that of MSS
/// (domain.md: ready within 15 minutes), and whoever restarts it gets as long to do so.
struct ByHandTimes {
    Millis goneLimit = std::chrono::minutes(15); ///< from the act until the node is seen gone
    Millis backLimit = std::chrono::minutes(15); ///< from then on until it is back
    Millis lateAfter{15'000};  ///< of a kubelet: it renews each 10 s; half of that again (Merge.h)
    Millis graceAfter{40'000}; ///< node-monitor-grace-period (Merge.h)
};

/// Follows one node through its restart, or until it is off. Restarted is a node that is Ready with
/// another boot id than before. Where the boot id tells nothing (none, or the same on several
/// nodes: nodes in containers), it is one that was seen gone and whose kubelet was heard anew
/// since. A node that comes back with its own boot id was out of touch, not restarted. Silence
/// counts only from when we could have heard: what nobody can tell us is not known.
class ByHandWatch {
public:
    ByHandWatch(QString node, bool isReboot, QString bootId, ByHandTimes times, TimePoint now);

    void look(const NodeGlimpse& seen, TimePoint now);
    [[nodiscard]] OperationStatus::State state() const { return m_state; }
    /// For people; changes only when something has happened.
    [[nodiscard]] const QString& text() const { return m_text; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; } ///< set when failed
    [[nodiscard]] double progress() const;
    /// It is back with the boot id that it had: whether others have the same is worth a question.
    [[nodiscard]] bool needsBootIds() const { return m_needsBootIds; }

private:
    [[nodiscard]] bool isGone(const NodeGlimpse& seen, TimePoint now) const;
    [[nodiscard]] QString whyGone(const NodeGlimpse& seen) const;
    void noteGone(const NodeGlimpse& seen, TimePoint now);
    void lookBack(const NodeGlimpse& seen);
    void end(const QString& text);
    void checkLimit(TimePoint now);
    [[nodiscard]] QString request() const;

    QString m_node;
    bool m_isReboot;
    QString m_bootId; ///< before
    ByHandTimes m_times;
    TimePoint m_since;   ///< of the present limit
    TimePoint m_heardAt; ///< the kubelet's last sign of life, or when we began to listen
    std::optional<TimePoint> m_renewedAt;
    std::optional<TimePoint> m_renewedBefore; ///< when it went
    OperationStatus::State m_state = OperationStatus::State::Running;
    QString m_text;
    QString m_goneText;
    std::optional<Error> m_error;
    bool m_gone = false;
    bool m_needsBootIds = false;
};

} // namespace quorate::platform::kubernetes
