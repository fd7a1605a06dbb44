// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/KubernetesConnections.h"
#include "ui/common/UiContext.h"

#include <QObject>
#include <QStringList>

#include <set>

namespace quorate::ui {

/// The steps of connecting, without widgets: source → (context → (program), of a kubeconfig) →
/// (trust) → (password) → connected. Nothing is stored before the last one. Each answer of the
/// registry leads to exactly one state.
class ConnectController final : public QObject {
    Q_OBJECT

public:
    enum class State { Source, Working, Context, Program, Trust, Password, Connected };

    ConnectController(const UiContext& context, QObject* parent);
    [[nodiscard]] State state() const { return m_state; }
    /// The certificates that a person is to judge, while in Trust; parallel to `hostPorts`.
    [[nodiscard]] const std::vector<net::CertificateInfo>& certificates() const
    {
        return m_outcome.certificates;
    }
    [[nodiscard]] const std::vector<QString>& hostPorts() const { return m_outcome.hostPorts; }
    /// While in Trust: one of them takes the place of another that was trusted before.
    [[nodiscard]] bool isChange() const;
    /// Why the last step did not work; nullopt when there is nothing to say.
    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; }
    [[nodiscard]] QString clusterName() const { return m_request.file.name; }
    /// Of a kubeconfig, its current one first; of a known cluster with the namespace that its lease
    /// is kept in.
    [[nodiscard]] const std::vector<service::KubeconfigContext>& contexts() const
    {
        return m_contexts;
    }
    /// What the kubeconfig wants to run for its credentials, as a shell would show it.
    [[nodiscard]] const QString& program() const { return m_program; }
    /// What the kubeconfig says that a person should know; whole sentences.
    [[nodiscard]] const QStringList& warnings() const { return m_warnings; }
    [[nodiscard]] QString user() const { return m_request.user; }

    /// A cluster file or a kubeconfig.
    void useFile(const QString& path);
    /// Once more what is connected already, to decide about what has changed of it.
    void useKnown(const ClusterFile& file, const QString& user);
    /// One of `contexts`, while in Context. `leaseNamespace`: as it was when that is empty, or what
    /// was shown.
    void useContext(const QString& name, const QString& leaseNamespace = {},
                    const service::EtcdFiles& etcd = {});
    void allowProgram();                     ///< the one shown, while in Program
    void useAddress(const QString& address); ///< "host", "host:9443", "https://host:9443"
    void acceptCertificates();               ///< the ones shown; sent on as fingerprints
    void givePassword(const QString& user, Secret password, bool remember);
    void backToSource();

Q_SIGNALS:
    void changed();
    void connected(const quorate::ClusterId& id);

private:
    void setState(State state, std::optional<Error> problem = std::nullopt);
    [[nodiscard]] bool useKubeconfig(const QString& path);
    void addKnownNamespaces();
    void readContext(const std::set<QByteArray>& approved);
    void tryConnect();
    void onOutcome(Result<service::ConnectOutcome> outcome);

    const UiContext& m_context;
    State m_state = State::Source;
    service::ConnectRequest m_request;
    service::ConnectOutcome m_outcome;
    QString m_kubeconfig; ///< its path; empty: a cluster file or an address
    std::vector<service::KubeconfigContext> m_contexts;
    QString m_contextName;
    QString m_program;
    QByteArray m_programKey;
    QStringList m_warnings;
    QString m_address; ///< set while the file is being made from an address
    std::optional<Error> m_problem;
};

} // namespace quorate::ui
