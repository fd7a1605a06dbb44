// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Session.h"
#include "core/service/KubernetesConnections.h"

#include <QDir>

namespace quorate::ctl {

/// --kubeconfig FILE[:FILE…] and --context NAME. A cluster that was connected before is not asked
/// who it is again.
void Session::connectKubeconfig(std::function<void(const ClusterId&)> use)
{
    const QStringList files =
        m_arguments.value("--kubeconfig").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    const QString context = m_arguments.value("--context");
    auto request = service::readKubeconfig(files, context, {});
    if (request && !request->pluginCommand.isEmpty()) {
        if (!m_arguments.has("--allow-plugin")) {
            endWith(makeError(
                ErrorKind::Precondition, QStringLiteral("plugin-not-allowed"),
                QStringLiteral("To sign in, this kubeconfig runs a program: %1")
                    .arg(request->pluginCommand),
                QStringLiteral("If that is what it should do, repeat with --allow-plugin")));
            return;
        }
        request = service::readKubeconfig(files, context, {request->pluginKey});
    }
    if (!request) {
        endWith(request.error());
        return;
    }
    for (const QString& warning : request->warnings) {
        printError(QStringLiteral("quoratectl: ") + warning);
    }
    if (!wantsConnect()) {
        if (const auto known =
                m_services.clusters().reuse(request->file, request->user, request->sealed)) {
            use(*known);
            return;
        }
    }
    service::ConnectRequest connect;
    connect.file = std::move(request->file);
    connect.user = request->user;
    connect.password = std::make_shared<Secret>(request->sealed->clone());
    connect.acceptFingerprints = acceptedFingerprints();
    connect.acceptedBy = m_services.userName();
    whenReady<service::ConnectOutcome>(
        m_services.clusters().connectCluster(std::move(connect)),
        [this, use = std::move(use)](const service::ConnectOutcome& outcome) {
            onOutcome(outcome, use);
        });
}

} // namespace quorate::ctl
