// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/Wait.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStringList>

namespace quorate::test {

/// A program under test. Ends it when the test goes: asks politely, then kills. Output is collected
/// while the event loop turns. A program that cannot be started fails the test.
class ChildProcess {
public:
    ChildProcess() = default;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    /// Added to the environment of this process; before start().
    void setEnvironment(const QString& name, const QString& value);
    void setWorkingDirectory(const QString& path) { m_process.setWorkingDirectory(path); }
    bool start(const QString& program, const QStringList& arguments = {},
               const QByteArray& input = {});
    /// Waits for the end. The exit code, or -1 when it crashed, was killed, or did not end (which
    /// fails the test).
    int waitForEnd(Millis limit = Seconds(30), const Location& at = Location::current());
    /// Waits until standard output has something that matches.
    bool waitForOutput(const QRegularExpression& pattern, Millis limit = waitLimit(),
                       const Location& at = Location::current());
    /// As a power cut: SIGKILL, and waits until it is gone.
    void killNow();
    /// SIGTERM, without waiting.
    void terminate() { m_process.terminate(); }

    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    [[nodiscard]] qint64 pid() const { return m_process.processId(); }
    [[nodiscard]] QByteArray output() const;
    [[nodiscard]] QByteArray errors() const;

private:
    void collect() const;
    mutable QProcess m_process;
    mutable QByteArray m_output;
    mutable QByteArray m_errors;
    QProcessEnvironment m_environment = QProcessEnvironment::systemEnvironment();
};

struct ProgramOutcome {
    int exitCode = -1;
    QByteArray output;
    QByteArray errors;
};
/// Starts a program, waits for its end and returns what it said.
[[nodiscard]] ProgramOutcome runProgram(const QString& program, const QStringList& arguments,
                                        Millis limit = Seconds(30),
                                        const Location& at = Location::current());

} // namespace quorate::test
