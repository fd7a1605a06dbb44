// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/support/Authority.h"

#include "tests/bench/support/Child.h"

namespace quorate::bench {
namespace {

constexpr int kOpensslSeconds = 30;

} // namespace

bool makeCertificates(const QString& folder)
{
    const auto path = [&](const char* name) {
        return folder + QLatin1Char('/') + QLatin1String(name);
    };
    const QStringList base{QStringLiteral("openssl"),
                           QStringLiteral("req"),
                           QStringLiteral("-x509"),
                           QStringLiteral("-newkey"),
                           QStringLiteral("ec"),
                           QStringLiteral("-pkeyopt"),
                           QStringLiteral("ec_paramgen_curve:P-256"),
                           QStringLiteral("-nodes"),
                           QStringLiteral("-days"),
                           QStringLiteral("30")};
    const QStringList authority =
        base + QStringList{QStringLiteral("-subj"),   QStringLiteral("/CN=Benchmark authority"),
                           QStringLiteral("-keyout"), path("ca.key"),
                           QStringLiteral("-out"),    path("ca.pem")};
    const QStringList leaf =
        base + QStringList{QStringLiteral("-subj"),
                           QStringLiteral("/CN=Benchmark endpoint"),
                           QStringLiteral("-CA"),
                           path("ca.pem"),
                           QStringLiteral("-CAkey"),
                           path("ca.key"),
                           QStringLiteral("-addext"),
                           QStringLiteral("subjectAltName=IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3"),
                           QStringLiteral("-addext"),
                           QStringLiteral("basicConstraints=critical,CA:FALSE"),
                           QStringLiteral("-keyout"),
                           path("leaf.key"),
                           QStringLiteral("-out"),
                           path("leaf.pem")};
    return runCommand(authority, kOpensslSeconds).exitCode == 0
           && runCommand(leaf, kOpensslSeconds).exitCode == 0;
}

} // namespace quorate::bench
