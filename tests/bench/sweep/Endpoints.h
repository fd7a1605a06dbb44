// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace quorate::bench {

inline constexpr int kEndpoints = 300;
inline constexpr int kFirstPort = 28000;

/// Serves a small JSON answer over HTTPS on 300 ports of 127.0.0.1, with the certificate in
/// `folder`, until it is killed; makes `folder`/ready when all of them listen. For a process of its
/// own.
int serveEndpoints(int argc, char** argv, const QString& folder);

} // namespace quorate::bench
