// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Processes.h"

#include "app/sandbox/Files.h"

#include <QFile>

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace quorate::sandbox {

namespace {

constexpr int kGentleMs = 2000;
constexpr int kPollMs = 20;

class Arguments {
public:
    explicit Arguments(const QStringList& arguments)
    {
        m_texts.push_back(QByteArrayLiteral("quorate-sandbox"));
        for (const QString& argument : arguments) {
            m_texts.push_back(argument.toLocal8Bit());
        }
        for (QByteArray& text : m_texts) {
            m_pointers.push_back(text.data());
        }
        m_pointers.push_back(nullptr);
    }
    [[nodiscard]] char** get() { return m_pointers.data(); }

private:
    std::vector<QByteArray> m_texts;
    std::vector<char*> m_pointers;
};

[[noreturn]] void become(char** arguments, const char* logPath)
{
    const int none = ::open("/dev/null", O_RDWR);
    const int log =
        logPath == nullptr ? none : ::open(logPath, O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(none, STDIN_FILENO);
    if (logPath != nullptr) {
        ::dup2(log, STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::close_range(3, ~0U, 0); // nothing of the caller's stays open in a daemon
    }
    ::execv("/proc/self/exe", arguments);
    ::_exit(127);
}

} // namespace

Result<pid_t> startDetached(const QStringList& arguments, const QString& logPath)
{
    Arguments list(arguments);
    const QByteArray log = QFile::encodeName(logPath);
    const pid_t between = ::fork();
    if (between == 0) {
        ::setsid();
        if (::fork() != 0) {
            ::_exit(0); // the grandchild belongs to init, so that nobody has to wait for it
        }
        become(list.get(), log.constData());
    }
    if (between < 0) {
        return fail(ErrorKind::Internal, QStringLiteral("fork"),
                    QString::fromLocal8Bit(std::strerror(errno)));
    }
    ::waitpid(between, nullptr, 0);
    return between;
}

Result<pid_t> startChild(const QStringList& arguments)
{
    Arguments list(arguments);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) {
            ::_exit(127);
        }
        become(list.get(), nullptr);
    }
    if (child < 0) {
        return fail(ErrorKind::Internal, QStringLiteral("fork"),
                    QString::fromLocal8Bit(std::strerror(errno)));
    }
    return child;
}

std::optional<pid_t> processOf(const Settings& settings, const QString& node, const char* pidFile)
{
    const Result<QByteArray> text =
        readFile(settings.nodeFolder(node) + QLatin1Char('/') + QLatin1String(pidFile));
    bool isNumber = false;
    const pid_t pid = text ? text->trimmed().toInt(&isNumber) : 0;
    if (!isNumber || pid <= 1 || ::kill(pid, 0) != 0) {
        return std::nullopt;
    }
    QFile commandLine(QStringLiteral("/proc/%1/cmdline").arg(pid));
    if (!commandLine.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QList<QByteArray> parts = commandLine.readAll().split('\0');
    const bool ours = !parts.isEmpty() && parts.first().endsWith("quorate-sandbox")
                      && parts.contains(settings.folder.toLocal8Bit())
                      && parts.contains(node.toLocal8Bit());
    return ours ? std::optional(pid) : std::nullopt;
}

namespace {
/// A process that has ended but that nobody collected has no command line any more: it counts as
/// gone.
void waitForEnd(const Settings& settings, const QString& node, const char* file)
{
    for (int waited = 0; processOf(settings, node, file) && waited < kGentleMs; waited += kPollMs) {
        std::this_thread::sleep_for(Millis(kPollMs));
    }
}
} // namespace

void endNode(const Settings& settings, const QString& node, bool hard)
{
    for (const char* file :
         {kSupervisorPid, kNodePid}) { // the supervisor first: it must not start another
        const std::optional<pid_t> pid = processOf(settings, node, file);
        if (!pid) {
            continue;
        }
        if (!hard) {
            ::kill(*pid, SIGTERM);
            waitForEnd(settings, node, file);
        }
        if (processOf(settings, node, file)) {
            ::kill(*pid, SIGKILL);
            waitForEnd(settings, node, file);
        }
    }
}

bool portIsFree(int port)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free =
        ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
        && ::listen(listener, 1) == 0;
    ::close(listener);
    return free;
}

} // namespace quorate::sandbox
