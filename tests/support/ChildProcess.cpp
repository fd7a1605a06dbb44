// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ChildProcess.h"

#include <gtest/gtest.h>

namespace quorate::test {
namespace {
constexpr Millis kPolite{3000}; // between SIGTERM and SIGKILL
} // namespace

ChildProcess::~ChildProcess()
{
    if (!isRunning()) {
        return;
    }
    m_process.terminate();
    if (!m_process.waitForFinished(static_cast<int>(kPolite.count()))) {
        killNow();
    }
}

void ChildProcess::setEnvironment(const QString& name, const QString& value)
{
    m_environment.insert(name, value);
}

bool ChildProcess::start(const QString& program, const QStringList& arguments,
                         const QByteArray& input)
{
    m_process.setProcessEnvironment(m_environment);
    m_process.start(program, arguments);
    if (!m_process.waitForStarted(static_cast<int>(waitLimit().count()))) {
        ADD_FAILURE() << "cannot start " << program.toStdString() << ": "
                      << m_process.errorString().toStdString();
        return false;
    }
    if (!input.isEmpty()) {
        m_process.write(input);
    }
    m_process.closeWriteChannel();
    return true;
}

int ChildProcess::waitForEnd(Millis limit, const Location& at)
{
    if (!waitUntil([&] { return !isRunning(); }, limit, at)) {
        ADD_FAILURE_AT(at.file_name(), static_cast<int>(at.line()))
            << m_process.program().toStdString()
            << " did not end; it said: " << output().toStdString() << '\n'
            << errors().toStdString();
        killNow();
        return -1;
    }
    return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

bool ChildProcess::waitForOutput(const QRegularExpression& pattern, Millis limit,
                                 const Location& at)
{
    return waitUntil([&] { return pattern.match(QString::fromUtf8(output())).hasMatch(); }, limit,
                     at);
}

void ChildProcess::killNow()
{
    m_process.kill();
    m_process.waitForFinished(static_cast<int>(waitLimit().count()));
}

QByteArray ChildProcess::output() const
{
    collect();
    return m_output;
}

QByteArray ChildProcess::errors() const
{
    collect();
    return m_errors;
}

void ChildProcess::collect() const
{
    m_output += m_process.readAllStandardOutput();
    m_errors += m_process.readAllStandardError();
}

ProgramOutcome runProgram(const QString& program, const QStringList& arguments, Millis limit,
                          const Location& at)
{
    ChildProcess process;
    if (!process.start(program, arguments)) {
        return {};
    }
    const int exitCode = process.waitForEnd(limit, at);
    return {exitCode, process.output(), process.errors()};
}

} // namespace quorate::test
