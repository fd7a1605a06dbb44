// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Secret.h"
#include "core/platform/kubernetes/Kubeconfig.h"

#include <set>

namespace quorate::platform::kubernetes {

struct SealedContext {
    ResolvedContext context;
    std::set<QByteArray> approved; ///< ExecCommand::key of the plug-ins that a person has let run
};

/// One context as a kubeconfig of its own, in JSON: what the keychain keeps of a connected cluster.
/// Certificate, key, token and password stand in it; a token file and a plug-in are still named,
/// because what they give changes. Errors of Material::bytes.
[[nodiscard]] Result<Secret> sealContext(const SealedContext& sealed);
/// The inverse. Errors as Kubeconfig::parse and Kubeconfig::resolve.
[[nodiscard]] Result<SealedContext> openSealed(const Secret& sealed);

} // namespace quorate::platform::kubernetes
