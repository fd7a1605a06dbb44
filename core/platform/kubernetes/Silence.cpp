// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Silence.h"

namespace quorate::platform::kubernetes {
namespace {

/// How much it tells of why nothing came back. Of requests that share a handshake only one learns
/// what was wrong with the certificate.
int weightOf(const Error& error)
{
    return error.code.startsWith(QLatin1String("certificate-")) ? 2 : isSilence(error.kind) ? 0 : 1;
}

} // namespace

bool isSilence(ErrorKind kind)
{
    return kind == ErrorKind::Transport || kind == ErrorKind::Timeout;
}

bool saysMore(const Error& later, const Error& before)
{
    return weightOf(later) > 0 && weightOf(later) >= weightOf(before);
}

QString cureBehind(const QString& balancer, const QUrl& own)
{
    return QStringLiteral(
               "The kubeconfig names %1, which is no node's own address (a load balancer?). Only "
               "the node's "
               "own API server can tell of its etcd: let this computer reach %2 port %3 directly")
        .arg(balancer, own.host())
        .arg(own.port(443));
}

} // namespace quorate::platform::kubernetes
