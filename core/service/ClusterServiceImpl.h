// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/Account.h"
#include "core/service/ClusterService.h"
#include "core/service/Context.h"
#include "core/service/NodePolls.h"
#include "core/service/PlatformHandle.h"

#include <QTimer>

namespace quorate::service {

class NodeAct;

/// One connected cluster; see ClusterService. Finds its password when made, polls from then on.
class ClusterServiceImpl final : public ClusterService {
    Q_OBJECT
public:
    ClusterServiceImpl(Context& context, store::ClusterProfile profile, QObject* parent = nullptr);
    ~ClusterServiceImpl() override;

    [[nodiscard]] StatusPtr status() const override { return m_status; }
    [[nodiscard]] platform::Platform& platform() override { return m_platform; }
    [[nodiscard]] ClusterFile clusterFile() const override { return m_profile.file; }
    void setForeground(bool foreground) override;
    [[nodiscard]] Async<StatusPtr> refresh() override;
    [[nodiscard]] ActPreview preview(const NodeId& node, const Act& act) const override;
    [[nodiscard]] Async<OperationStatus> perform(NodeId node, Act act) override;
    [[nodiscard]] std::vector<ActProgress> activeActs() const override;
    [[nodiscard]] bool stopWaiting(const NodeId& node) override;
    void setReadOnly(bool readOnly) override;
    [[nodiscard]] Async<bool> setLeaseNamespace(QString nameSpace) override;
    [[nodiscard]] Async<bool> signIn(QString user, Secret password, bool remember) override;

    [[nodiscard]] const store::ClusterProfile& profile() const { return m_profile; }
    /// What it signs in with; without a password until one was found.
    [[nodiscard]] const Account& account() const { return m_account; }
    /// After the profile, a pin or the password was changed by connecting again. An account without
    /// etcd's certificate leaves that as it is.
    void reconnect(store::ClusterProfile profile, const Account& account);
    void etcdIsKept() { m_profile.keepsEtcd = true; } ///< the keychain has what it was given
    [[nodiscard]] quorum::Policy policy() const;

private:
    void findPassword();
    void findEtcd(Account account);
    void setAccount(const Account& account);
    void makePlatform();
    [[nodiscard]] std::optional<Error> leaseMoveRefusal() const;
    [[nodiscard]] Async<bool> moveLease(const QString& nameSpace);
    void adoptLeaseNamespace();
    void askRightsLater();
    [[nodiscard]] Async<StatusPtr> refreshReady();
    void publishSoon();
    void publish();
    void readLease();
    [[nodiscard]] SnapshotPtr makeSnapshot(TimePoint now) const;
    [[nodiscard]] ConnectionState connectionOf(const ClusterStatus& status) const;
    [[nodiscard]] std::optional<Error> worstError() const;
    void keepHistory(const ClusterStatus& status);
    [[nodiscard]] std::optional<Error> refusalBeforehand(const NodeId& node, const Act& act) const;
    [[nodiscard]] Async<std::optional<Error>> askGate(NodeId node, Act act);
    [[nodiscard]] Async<OperationStatus> performPrepared(const NodeId& node, const Act& act);
    [[nodiscard]] QString nameOf(const NodeId& node) const;
    [[nodiscard]] bool isCordoned(const NodeId& node) const; ///< as it said last
    void onActEnded(NodeAct* act);

    Context& m_context;
    store::ClusterProfile m_profile;
    PlatformHandle m_platform;
    std::unique_ptr<NodePolls> m_polls;
    StatusPtr m_status;
    std::optional<platform::Lease> m_lease;
    std::vector<store::HistoryPoint> m_history;
    std::vector<NodeAct*> m_acts; ///< children
    std::vector<Resolver<bool>> m_accountWaiters;
    Account m_account;
    std::optional<Error> m_accountError;
    std::optional<Error> m_etcdError;
    bool m_lookingForAccount = true; ///< until the first account is set
    bool m_accountGiven = false;     ///< by who connected: the keychain is not asked for it
    bool m_rightsKnown = false;      ///< the platform was asked what this user may do
    bool m_foreground = true;
    QTimer m_tick;
    QTimer m_publishSoon;
    QTimer m_leaseTimer;
};

} // namespace quorate::service
