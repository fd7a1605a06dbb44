// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/support/Child.h"

#include "tests/bench/support/Bench.h"

#include <QFile>
#include <QStandardPaths>

#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace quorate::bench {
namespace {

constexpr int kStopSeconds = 5; ///< between SIGTERM and SIGKILL

double secondsOf(const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; }

struct Arguments {
    explicit Arguments(const QStringList& texts)
    {
        for (const QString& text : texts) {
            bytes.push_back(text.toLocal8Bit());
        }
        for (QByteArray& each : bytes) {
            pointers.push_back(each.data());
        }
        pointers.push_back(nullptr);
    }
    std::vector<QByteArray> bytes;
    std::vector<char*> pointers;
};

/// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* arguments, char* const* environment, const char* output)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = ::open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execvpe(arguments[0], arguments, environment);
    ::_exit(127);
}

} // namespace

Child::Child(const QStringList& command, const Options& options)
{
    Arguments arguments(command);
    Arguments environment(options.environment.toStringList());
    const QByteArray output =
        options.output.isEmpty() ? QByteArray("/dev/null") : QFile::encodeName(options.output);
    m_started.start();
    m_pid = ::fork();
    if (m_pid == 0) {
        become(arguments.pointers.data(), environment.pointers.data(), output.constData());
    }
}

Child::~Child() { stop(); }

Child::Child(Child&& other) noexcept
    : m_pid(std::exchange(other.m_pid, -1))
    , m_started(other.m_started)
{}

Child& Child::operator=(Child&& other) noexcept
{
    std::swap(m_pid, other.m_pid);
    std::swap(m_started, other.m_started);
    return *this;
}

ChildEnd Child::wait(int seconds)
{
    ChildEnd end;
    QElapsedTimer timer;
    timer.start();
    while (m_pid > 0) {
        int status = 0;
        rusage usage{};
        const pid_t done = ::wait4(m_pid, &status, WNOHANG, &usage);
        if (done == m_pid) {
            m_pid = -1;
            end.exited = WIFEXITED(status);
            end.exitCode = end.exited ? WEXITSTATUS(status) : -1;
            end.cpuSeconds = secondsOf(usage.ru_utime) + secondsOf(usage.ru_stime);
            end.wallSeconds = double(m_started.nsecsElapsed()) / 1e9;
            end.memoryMib = double(usage.ru_maxrss) / 1024;
        } else if (done < 0) {
            m_pid = -1;
        } else if (timer.elapsed() > qint64(seconds) * 1000) {
            ::kill(m_pid, SIGKILL);
            ::wait4(m_pid, &status, 0, &usage);
            m_pid = -1;
        } else {
            pauseFor(1);
        }
    }
    return end;
}

void Child::stop()
{
    if (m_pid > 0) {
        ::kill(m_pid, SIGTERM);
        wait(kStopSeconds);
    }
}

ChildEnd runCommand(const QStringList& command, int seconds, const Child::Options& options)
{
    return Child(command, options).wait(seconds);
}

bool waitForFile(const QString& path, int seconds)
{
    QElapsedTimer timer;
    timer.start();
    while (!QFile::exists(path) && timer.elapsed() < seconds * 1000) {
        pauseFor(20);
    }
    return QFile::exists(path);
}

QString programPath(const QString& name) { return QStandardPaths::findExecutable(name); }

QString ownProgram(const QString& name) { return QStringLiteral(QUORATE_BENCH_BIN_DIR "/") + name; }

double cpuSecondsOf(pid_t pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return -1;
    }
    const QByteArray text = file.readAll();
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    // proc(5): utime and stime are fields 14 and 15; the first here is field 3.
    return fields.size() < 13
               ? -1
               : (fields[11].toDouble() + fields[12].toDouble()) / double(::sysconf(_SC_CLK_TCK));
}

qint64 procNumber(pid_t pid, const QString& file, const QByteArray& key)
{
    QFile in(QStringLiteral("/proc/%1/%2").arg(pid).arg(file));
    if (!in.open(QIODevice::ReadOnly)) {
        return -1;
    }
    for (const QByteArray& line : in.readAll().split('\n')) {
        if (line.startsWith(key + ':')) {
            return line.mid(key.size() + 1).simplified().split(' ').front().toLongLong();
        }
    }
    return -1;
}

} // namespace quorate::bench
