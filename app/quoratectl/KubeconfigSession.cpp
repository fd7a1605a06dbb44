// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Session.h"

#include <QDir>

namespace quorate::ctl {

/// What only goes with a kubeconfig, and is there without one.
std::optional<Error> Session::strayOption() const
{
    for (const char* option : {"--lease-namespace", "--etcd-cert", "--etcd-key", "--etcd-ca"}) {
        if (m_arguments.has(option)) {
            return makeError(
                ErrorKind::Validation, QStringLiteral("usage"),
                QStringLiteral("%1 goes with --kubeconfig or --context").arg(QLatin1String(option)),
                QStringLiteral("Of a cluster that is connected, quoratectl cluster "
                               "lease-namespace NAME changes the namespace"));
        }
    }
    return std::nullopt;
}

Result<service::KubeconfigRequest> Session::readKubeconfig() const
{
    const QStringList files =
        m_arguments.value("--kubeconfig").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    const QString context = m_arguments.value("--context");
    auto request = service::readKubeconfig(files, context, {});
    if (!request || request->pluginCommand.isEmpty()) {
        return request;
    }
    if (!m_arguments.has("--allow-plugin")) {
        return fail(ErrorKind::Precondition, QStringLiteral("plugin-not-allowed"),
                    QStringLiteral("To sign in, this kubeconfig runs a program: %1")
                        .arg(request->pluginCommand),
                    QStringLiteral("If that is what it should do, repeat with --allow-plugin"));
    }
    return service::readKubeconfig(files, context, {request->pluginKey});
}

Result<std::shared_ptr<Secret>> Session::readEtcdFiles() const
{
    const service::EtcdFiles files{m_arguments.value("--etcd-cert"),
                                   m_arguments.value("--etcd-key"), m_arguments.value("--etcd-ca")};
    auto sealed = service::readEtcdFiles(files);
    if (!sealed && sealed.error().code == QLatin1String("etcd-incomplete")) {
        return fail(ErrorKind::Validation, QStringLiteral("usage"), sealed.error().message,
                    QStringLiteral("Give --etcd-cert, --etcd-key and --etcd-ca together"));
    }
    return sealed;
}

/// --kubeconfig FILE[:FILE…] and --context NAME. A cluster that was connected before is not asked
/// who it is again.
void Session::connectKubeconfig(std::function<void(const ClusterId&)> use)
{
    auto request = readKubeconfig();
    auto etcd = readEtcdFiles();
    if (!request || !etcd) {
        endWith(request ? etcd.error() : request.error());
        return;
    }
    const QString leaseNamespace = m_arguments.value("--lease-namespace");
    if (m_arguments.has("--lease-namespace")) {
        if (const auto checked = service::checkNamespace(leaseNamespace); !checked) {
            endWith(checked.error());
            return;
        }
    }
    for (const QString& warning : request->warnings) {
        printError(QStringLiteral("quoratectl: ") + warning);
    }
    if (!wantsConnect()) {
        if (const auto known =
                m_services.clusters().reuse(request->file, request->user, request->sealed, *etcd)) {
            reuse(*known, std::move(use));
            return;
        }
    }
    service::ConnectRequest connect;
    connect.file = std::move(request->file);
    connect.user = request->user;
    connect.password = std::make_shared<Secret>(request->sealed->clone());
    connect.acceptFingerprints = acceptedFingerprints();
    connect.acceptedBy = m_services.userName();
    connect.leaseNamespace = leaseNamespace;
    connect.etcd = *std::move(etcd);
    whenReady<service::ConnectOutcome>(
        m_services.clusters().connectCluster(std::move(connect)),
        [this, use = std::move(use)](const service::ConnectOutcome& outcome) {
            onOutcome(outcome, use);
        });
}

/// A cluster that is known: only the wish for another namespace is new.
void Session::reuse(const ClusterId& id, std::function<void(const ClusterId&)> use)
{
    const QString leaseNamespace = m_arguments.value("--lease-namespace");
    if (leaseNamespace.isEmpty()) {
        use(id);
        return;
    }
    whenReady<bool>(m_services.clusters().service(id)->setLeaseNamespace(leaseNamespace),
                    [id, use = std::move(use)](bool) { use(id); });
}

} // namespace quorate::ctl
