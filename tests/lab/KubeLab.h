// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/lab/LabClient.h"
#include "tests/support/TempDir.h"

#include <QStringList>

/// Ends a test, or in SetUp all that follows, as skipped where a lab cannot run; says why.
#define QUORATE_REQUIRE_LAB()                                                                      \
    if (const QString why = ::quorate::labtest::KubeLab::unavailable(); !why.isEmpty())            \
    GTEST_SKIP() << why.toStdString()

namespace quorate::labtest {

struct LabOptions {
    int nodes = 3;   ///< control plane
    int workers = 0; ///< numbered after the control plane; then that one is tainted
    /// The controller manager notices after 20 s instead of 40 s, evicts after 10 s instead of
    /// 5 min.
    bool fast = false;
    QStringList more; ///< further options of `lab.sh up`, as --api-flags
};

enum class LabProcess { Etcd, Api, ControllerManager, Scheduler, Kubelet };
/// From whom a node is cut. Packets are lost without an answer, in both directions.
enum class LabCut { All, Peers, Console };

/// A real Kubernetes cluster in network namespaces, nodes numbered from 1 and named node-1, …; in
/// use until the object goes, or the test's process dies. Every act blocks until it is done and
/// fails the test when it cannot be done. The event loop does not turn meanwhile.
class KubeLab {
public:
    explicit KubeLab(const LabOptions& options = {});
    KubeLab(const KubeLab&) = delete;
    KubeLab& operator=(const KubeLab&) = delete;
    ~KubeLab();

    /// Why no lab can run here; empty: one can.
    [[nodiscard]] static QString unavailable();
    [[nodiscard]] bool isUp() const { return m_up; }

    void off(int node) const { act({QStringLiteral("off"), QString::number(node)}); }
    void on(int node) const { act({QStringLiteral("on"), QString::number(node)}); }
    void cut(int node, LabCut from = LabCut::All) const;
    void mend(int node, LabCut from = LabCut::All) const;
    void stop(int node, LabProcess process) const { signal("stop", node, process); }
    void start(int node, LabProcess process) const { signal("start", node, process); }
    void restart(int node, LabProcess process) const { signal("restart", node, process); }
    /// The process stands still with its connections open.
    void freeze(int node, LabProcess process) const { signal("freeze", node, process); }
    void thaw(int node, LabProcess process) const { signal("thaw", node, process); }
    /// Any verb of lab.sh, without the folder; what it printed, trimmed.
    QString act(const QStringList& verbAndArguments) const;

    /// admin (node 1), admin-2, …, admin-balancer, admin-rsa, admin-token, admin-token-file,
    /// viewer, and what `lab.sh user` or `token-config` made.
    [[nodiscard]] QString kubeconfig(const QString& name = QStringLiteral("admin")) const;
    [[nodiscard]] QString path(const QString& relative) const;
    [[nodiscard]] QString address(int node) const;
    /// The API server of that node alone, as administrator.
    [[nodiscard]] LabReply get(int node, const QString& path) const;
    [[nodiscard]] LabReply send(int node, const LabCall& call) const;
    /// Etcd's /health, /v3/… of that node, with the client certificate.
    [[nodiscard]] LabReply etcd(int node, const QString& path, const QByteArray& body = {},
                                long limitMs = LabCall().limitMs) const;
    /// "True", "False", "Unknown" as API server `asked` tells; empty: it does not.
    [[nodiscard]] QString readyCondition(int node, int asked = 1) const;

private:
    void signal(const char* verb, int node, LabProcess process) const;

    test::TempDir m_folder;
    bool m_up = false;
};

[[nodiscard]] QString nodeName(int node);

} // namespace quorate::labtest
