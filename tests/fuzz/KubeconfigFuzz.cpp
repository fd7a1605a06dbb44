// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/ExecPlugin.h"
#include "core/platform/kubernetes/Kubeconfig.h"

#include <cstdint>

/// Any bytes: a configuration or an error with a place; and every context of it resolves or says
/// why. What a credential plug-in may print is read by the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace quorate::platform::kubernetes;
    const QByteArray text(reinterpret_cast<const char*>(data), qsizetype(size));
    const auto read = Kubeconfig::parse(text, QStringLiteral("/nowhere/f"));
    if (read) {
        Kubeconfig merged = *read;
        merged.merge(*read); // of the same names the first wins, so nothing is added
        if (merged.contexts().size() != read->contexts().size()) {
            __builtin_trap();
        }
        constexpr std::size_t kContexts = 16; // a file of thousands resolves like one of few
        for (std::size_t at = 0; at < read->contexts().size() && at < kContexts; ++at) {
            const auto made = read->resolve(read->contexts()[at].name);
            if (!made && made.error().message.isEmpty()) {
                __builtin_trap();
            }
            if (made && made->identity.exec) {
                (void)execInfo(*made->identity.exec, made->execCluster);
            }
        }
    } else if (!read.error().message.startsWith(QStringLiteral("/nowhere/f"))) {
        __builtin_trap();
    }
    (void)readExecCredential(text, QStringLiteral("client.authentication.k8s.io/v1"));
    return 0;
}
