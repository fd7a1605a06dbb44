// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/ExecPlugin.h"

#include <QProcess>
#include <QThread>
#include <QTimer>

#ifdef Q_OS_UNIX
#include <csignal>
#include <unistd.h>
#endif

namespace quorate::platform::kubernetes {
namespace {

/// One run of a plug-in. Owns itself until the process has ended, so that nothing of it is left
/// over; answers as soon as there is an answer.
class ExecRun final : public QObject {
public:
    ExecRun(const ExecSpec& spec, const ExecCommand& command, ExecLimits limits)
        : m_spec(spec)
        , m_command(command)
        , m_limits(limits)
    {
        connect(&m_process, &QProcess::readyReadStandardOutput, this, &ExecRun::onOutput);
        connect(&m_process, &QProcess::readyReadStandardError, this, &ExecRun::onErrors);
        connect(&m_process, &QProcess::errorOccurred, this, &ExecRun::onError);
        connect(&m_process, &QProcess::finished, this, &ExecRun::onFinished);
    }
    ~ExecRun() override
    {
        m_process.disconnect(this);
        wipeBytes(m_output);
        m_out.resolve(fail(cancelledError()));
    }

    [[nodiscard]] Async<ExecResult> start(QProcessEnvironment environment, const QByteArray& info,
                                          std::stop_token stop)
    {
        for (const auto& [name, value] : m_spec.environment) {
            environment.insert(name, QString::fromUtf8(value->reveal()));
        }
        environment.insert(QStringLiteral("KUBERNETES_EXEC_INFO"), QString::fromUtf8(info));
        m_process.setProcessEnvironment(environment);
        m_process.setStandardInputFile(QProcess::nullDevice());
#ifdef Q_OS_UNIX
        // A group of its own, so that what it starts in turn can be ended with it.
        m_process.setChildProcessModifier([] { ::setpgid(0, 0); });
#endif
        auto future = m_out.future();
        m_onStop.emplace(std::move(stop), [this] {
            if (QThread::currentThread() == thread()) {
                kill(); // also where no event loop runs any more
            }
            QMetaObject::invokeMethod(
                this, [this] { end(cancelledError()); }, Qt::QueuedConnection);
        });
        QTimer::singleShot(m_limits.total, this, [this] {
            end(makeError(
                ErrorKind::Timeout, QStringLiteral("exec-plugin-timeout"),
                QStringLiteral("The credential plug-in %1 did not answer within %2 s%3")
                    .arg(m_spec.command)
                    .arg(double(m_limits.total.count()) / 1000.0)
                    .arg(complaint()),
                QStringLiteral("Run it in a terminal: it may wait for somebody to sign in")));
        });
        m_process.start(m_command.program, m_command.arguments);
        return future;
    }

private:
    void onOutput()
    {
        m_output += m_process.readAllStandardOutput();
        if (m_output.size() > m_limits.outputBytesMax) {
            end(makeError(ErrorKind::Protocol, QStringLiteral("exec-plugin-answer"),
                          QStringLiteral("The credential plug-in printed more than %1 bytes")
                              .arg(m_limits.outputBytesMax),
                          QStringLiteral("Run it in a terminal and look at what it prints")));
        }
    }

    void onErrors()
    {
        m_errors += m_process.readAllStandardError();
        m_errors = m_errors.right(m_limits.errorBytesMax);
    }

    void onError(QProcess::ProcessError error)
    {
        if (error == QProcess::FailedToStart) { // nothing else will be reported
            resolve(fail(ErrorKind::Unauthorized, QStringLiteral("exec-plugin-failed"),
                         QStringLiteral("The credential plug-in %1 cannot be started: %2")
                             .arg(m_command.program, m_process.errorString().left(200)),
                         QStringLiteral("Check that it is a program for this machine")));
            deleteLater();
        }
    }

    void onFinished(int code, QProcess::ExitStatus status)
    {
        onOutput();
        onErrors();
        if (status != QProcess::NormalExit || code != 0) {
            const QString how = status == QProcess::NormalExit
                                    ? QStringLiteral("ended with code %1").arg(code)
                                    : QStringLiteral("crashed");
            resolve(fail(ErrorKind::Unauthorized, QStringLiteral("exec-plugin-failed"),
                         QStringLiteral("The credential plug-in %1 %2%3")
                             .arg(m_spec.command, how, complaint()),
                         QStringLiteral("Run it in a terminal; sign in with it if it says so")));
        } else {
            resolve(readExecCredential(m_output, m_spec.apiVersion));
        }
        deleteLater();
    }

    [[nodiscard]] QString complaint() const
    {
        std::vector<SecretPtr> secrets;
        for (const auto& variable : m_spec.environment) {
            secrets.push_back(variable.second);
        }
        const QString text = maskedText(m_errors, secrets);
        return text.isEmpty() ? text : QStringLiteral(": ") + text;
    }

    /// Answers with the error and kills; `finished` follows.
    void end(Error error)
    {
        if (m_out.isResolved()) {
            return;
        }
        kill();
        resolve(fail(std::move(error)));
    }

    void kill()
    {
#ifdef Q_OS_UNIX
        if (m_process.processId() > 0) {
            ::kill(-pid_t(m_process.processId()), SIGKILL);
        }
#endif
        m_process.kill();
    }

    void resolve(Result<ExecResult> result)
    {
        m_onStop.reset();
        const Resolver<ExecResult> out = m_out; // a continuation may end the program
        out.resolve(std::move(result));
    }

    ExecSpec m_spec;
    ExecCommand m_command;
    ExecLimits m_limits;
    QProcess m_process;
    QByteArray m_output;
    QByteArray m_errors;
    Resolver<ExecResult> m_out;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop;
};

} // namespace

Async<ExecResult> runExec(const ExecSpec& spec, const ExecCommand& command,
                          const ExecCluster& cluster, const QProcessEnvironment& environment,
                          ExecLimits limits, std::stop_token stop)
{
    if (stop.stop_requested()) {
        return ready<ExecResult>(fail(cancelledError()));
    }
    return (new ExecRun(spec, command, limits))
        ->start(environment, execInfo(spec, cluster), std::move(stop));
}

} // namespace quorate::platform::kubernetes
