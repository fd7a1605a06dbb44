// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/quoratectl/Arguments.h"
#include "app/quoratectl/Output.h"
#include "core/service/KubernetesConnections.h"
#include "core/service/Services.h"

#include <QObject>

#include <functional>

namespace quorate::ctl {

/// One command at work: its arguments, the services, and the end with an exit code. Lives for the
/// whole process.
class Session final : public QObject {
    Q_OBJECT
public:
    Session(Arguments arguments, service::Services& services);

    [[nodiscard]] const Arguments& arguments() const { return m_arguments; }
    [[nodiscard]] service::Services& services() { return m_services; }
    [[nodiscard]] TimePoint now() const { return m_services.clock().now(); }

    /// Calls `use` with the cluster that --cluster names (connecting it when that is needed), or
    /// ends with an error. Without --cluster: the only one that is known.
    void withCluster(std::function<void(service::ClusterService&)> use);
    /// The same, and every node was just asked.
    void withFreshStatus(std::function<void(service::ClusterService&, service::StatusPtr)> use);
    /// Connects what `reference` names: a cluster file or an address.
    void connectReference(const QString& reference, std::function<void(const ClusterId&)> use);

    void end(int code);
    /// Says what is wrong (as JSON with --json) and ends.
    void endWith(const Error& error);
    /// Ends with the error, or calls `use`.
    template <typename T>
    void whenReady(Async<T> answer, std::function<void(T)> use)
    {
        deliver(std::move(answer), this, [this, use = std::move(use)](Result<T> result) {
            if (result) {
                use(*std::move(result));
            } else {
                endWith(result.error());
            }
        });
    }

private:
    [[nodiscard]] std::optional<ClusterId> known(const QString& reference);
    [[nodiscard]] bool wantsConnect() const;
    void look(service::ClusterService& cluster, int left,
              const std::function<void(service::ClusterService&, service::StatusPtr)>& use);
    [[nodiscard]] Result<std::shared_ptr<Secret>> readPassword();
    void connectKubeconfig(std::function<void(const ClusterId&)> use);
    [[nodiscard]] Result<service::KubeconfigRequest> readKubeconfig() const;
    [[nodiscard]] Result<std::shared_ptr<Secret>> readEtcdFiles() const;
    void reuse(const ClusterId& id, std::function<void(const ClusterId&)> use);
    [[nodiscard]] std::optional<Error> strayOption() const;
    [[nodiscard]] std::vector<QByteArray> acceptedFingerprints() const;
    void connectFile(ClusterFile file, std::function<void(const ClusterId&)> use);
    void onOutcome(const service::ConnectOutcome& outcome,
                   const std::function<void(const ClusterId&)>& use);
    void sayCertificates(const service::ConnectOutcome& outcome);

    Arguments m_arguments;
    service::Services& m_services;
    bool m_ended = false;
};

} // namespace quorate::ctl
