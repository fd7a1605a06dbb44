// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Time.h"
#include "core/platform/kubernetes/KubeIdentity.h"

#include <QProcessEnvironment>

#include <functional>
#include <stop_token>

namespace quorate::platform::kubernetes {

/// A plug-in as a person is asked about it before its first run. `key` is the SHA-256 over the
/// program's real path, its arguments and the names of its environment: another program, argument
/// or variable asks again.
struct ExecCommand {
    QString program; ///< absolute, links followed
    QStringList arguments;
    QStringList environmentNames;
    QString installHint;
    QByteArray key;
    [[nodiscard]] QString text() const; ///< one line, quoted as a shell would need it
};

/// Asks whether a command may be run; the answer to a yes is remembered by the asker, by `key`.
using ExecConsent = std::function<Async<bool>(ExecCommand command)>;

/// What a plug-in gave: a token, or a client certificate, or both.
struct ExecResult {
    SecretPtr token;
    SecretPtr certificatePem;
    SecretPtr keyPem;
    std::optional<TimePoint> expiresAt; ///< none: good until the server refuses it
};

struct ExecLimits {
    Millis total{60'000}; ///< our own: cloud log-ins through a browser take half a minute
    qint64 outputBytesMax = 1024 * 1024;
    qint64 errorBytesMax = 16 * 1024; ///< the last of what it wrote to standard error
};

/// Finds the program on the search path of `environment` (or at its absolute path). Errors:
/// NotFound "exec-plugin-absent" with the install hint; Validation for what cannot be run here (it
/// needs a terminal).
[[nodiscard]] Result<ExecCommand> describeExec(const ExecSpec& spec,
                                               const QProcessEnvironment& environment);
/// The ExecCredential that goes in with KUBERNETES_EXEC_INFO.
QByteArray execInfo(const ExecSpec& spec, const ExecCluster& cluster);
/// Reads what came out. Protocol errors "exec-plugin-answer".
[[nodiscard]] Result<ExecResult> readExecCredential(const QByteArray& output,
                                                    const QString& apiVersion);
/// What a plug-in complained of, as one or a few printable lines: cut, and without anything that
/// looks like a secret or is one of `secrets`.
QString maskedText(const QByteArray& text, const std::vector<SecretPtr>& secrets);

/// Runs it, never through a shell, with no standard input. Errors: Timeout "exec-plugin-timeout",
/// Unauthorized "exec-plugin-failed" (with its masked standard error), Cancelled.
[[nodiscard]] Async<ExecResult> runExec(const ExecSpec& spec, const ExecCommand& command,
                                        const ExecCluster& cluster,
                                        const QProcessEnvironment& environment, ExecLimits limits,
                                        std::stop_token stop);

} // namespace quorate::platform::kubernetes
