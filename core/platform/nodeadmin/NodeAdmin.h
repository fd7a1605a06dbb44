// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Secret.h"
#include "core/domain/ClusterFile.h"
#include "core/net/Http.h"
#include "core/net/TrustStore.h"
#include "core/platform/Platform.h"

namespace quorate::platform {

struct Credentials {
    QString user;
    std::shared_ptr<const Secret> password;
};
/// Asked before each log-in. Null: there are none now (requests answer Unauthorized
/// "password-needed"). A pointer that a node has refused is not offered to it again: new
/// credentials are a new pointer. So a wrong password is tried once per node, however often the
/// cluster is polled.
using CredentialsProvider = std::function<std::shared_ptr<const Credentials>()>;

struct NodeAdminOptions {
    /// A node with an empty id takes the id that it gives itself (connecting by address); for the
    /// others an answer in another name is a Protocol error "wrong-node".
    std::vector<ClusterFileNode> nodes;
    net::TrustPolicy trust;
    std::shared_ptr<const Clock> clock;
    CredentialsProvider credentials;
    net::HttpLimits limits;
    Seconds leaseTtl{180}; ///< design section 6
};

/// A cluster whose nodes speak the Node Admin API v1 (resources/api/node-admin-v1.yaml). Lives on
/// the thread that makes it. When it goes, everything under way answers Cancelled.
[[nodiscard]] std::unique_ptr<Platform> makeNodeAdminPlatform(NodeAdminOptions options);

} // namespace quorate::platform
