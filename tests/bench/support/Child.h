// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QProcessEnvironment>
#include <QStringList>

#include <sys/types.h>

namespace quorate::bench {

struct ChildEnd {
    bool exited = false; ///< by itself; false: ended by us, or by a signal
    int exitCode = -1;
    double cpuSeconds = 0;  ///< user and system, of the whole process and its waited-for children
    double wallSeconds = 0; ///< from its start to its end
    double memoryMib = 0;   ///< the most that was resident at any time
};

/// A process that never outlives us: it gets SIGTERM when this object goes, and SIGKILL when this
/// program dies. Not QProcess, which keeps what a process has used to itself.
class Child {
public:
    struct Options {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        QString output{}; ///< a file; empty: /dev/null
    };

    Child() = default;
    Child(const QStringList& command, const Options& options);
    ~Child();
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] bool isStarted() const { return m_pid > 0; }
    [[nodiscard]] pid_t pid() const { return m_pid; }
    /// Waits for its end; after `seconds` it is killed.
    ChildEnd wait(int seconds);
    void stop();

private:
    pid_t m_pid = -1;
    QElapsedTimer m_started;
};

/// Runs one command to its end.
ChildEnd runCommand(const QStringList& command, int seconds, const Child::Options& options = {});
/// Waits until a process has made this file, as a sign that it is ready; false after `seconds`.
bool waitForFile(const QString& path, int seconds);
/// Where a program is found, or empty.
QString programPath(const QString& name);
/// The programs of this build: bin/quorate, bin/quoratectl, bin/quorate-sandbox.
QString ownProgram(const QString& name);
/// User and system time of a living process, in seconds, from /proc/PID/stat.
double cpuSecondsOf(pid_t pid);
/// A number of /proc/PID/status or /proc/PID/io, such as "VmHWM" (kB) or "rchar"; −1: none.
qint64 procNumber(pid_t pid, const QString& file, const QByteArray& key);

} // namespace quorate::bench
