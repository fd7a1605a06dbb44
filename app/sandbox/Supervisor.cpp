// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Supervisor.h"

#include "app/sandbox/Api.h"
#include "app/sandbox/Files.h"
#include "app/sandbox/Peers.h"
#include "app/sandbox/Processes.h"
#include "app/sandbox/Server.h"

#include <csignal>
#include <cstdio>
#include <sys/wait.h>
#include <unistd.h>

namespace quorate::sandbox {

namespace {

constexpr Millis kTick = Millis(50);

int explain(const Error& error)
{
    std::fprintf(stderr, "quorate-sandbox (practice cluster): %s\n", qPrintable(describe(error)));
    return 1;
}

Result<void> writePid(const Settings& settings, const QString& node, const char* file)
{
    return writeDurably(settings.nodeFolder(node) + QLatin1Char('/') + QLatin1String(file),
                        QByteArray::number(static_cast<qint64>(::getpid())));
}

/// Waits for the child; `std::nullopt` when a signal ended it.
std::optional<int> exitCodeOf(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
}

void tickUntilTheEnd(Node& node)
{
    while (node.exitCode() == 0) {
        node.tick();
        std::this_thread::sleep_for(kTick);
    }
    // Everything is on disk; threads that serve connections are not waited for, as with a machine
    // that is switched off.
    ::_exit(node.exitCode());
}

} // namespace

int superviseNode(const Settings& settings, const QString& node, bool fast)
{
    if (const Result<void> written = writePid(settings, node, kSupervisorPid); !written) {
        return explain(written.error());
    }
    const Faults faults(settings.nodeFolder(node));
    bool quick = fast;
    while (true) {
        QStringList arguments{QStringLiteral("node"), QStringLiteral("--dir"), settings.folder,
                              QStringLiteral("--node"), node};
        if (quick) {
            arguments.append(QStringLiteral("--fast"));
        }
        const Result<pid_t> child = startChild(arguments);
        if (!child) {
            return explain(child.error());
        }
        if (exitCodeOf(*child) != kExitReboot || faults.has(fault::kNeverReturns)) {
            return 0;
        }
        quick = false;
        std::this_thread::sleep_for(settings.scaled(vendor::kOff));
    }
}

int runNode(const Settings& settings, const QString& id, bool fast)
{
    ::signal(SIGPIPE, SIG_IGN);
    if (const Result<void> written = writePid(settings, id, kNodePid); !written) {
        return explain(written.error());
    }
    const SystemClock clock;
    Node node(settings, id, clock);
    if (const Result<void> started = node.start(fast); !started) {
        return explain(started.error());
    }
    if (const Result<void> made = makeFolder(node.folder() + QStringLiteral("/packages")); !made) {
        return explain(made.error());
    }
    Uploads uploads(node.folder() + QStringLiteral("/uploads"));
    if (const Result<void> loaded = uploads.load(); !loaded) {
        return explain(loaded.error());
    }
    const Result<QByteArray> secret = readFile(settings.path(QStringLiteral("cluster.secret")));
    Result<Identity> identity = Identity::load(node.folder() + QStringLiteral("/server.pem"),
                                               node.folder() + QStringLiteral("/server.key"));
    if (!secret || !identity) {
        return explain(secret ? identity.error() : secret.error());
    }
    Peers peers(node, *secret);
    Server server(*std::move(identity), Faults(node.folder()));
    Api api(node, uploads, *secret,
            [&peers](const QString& peer, const QString& path, const QJsonObject& body) {
                return peers.call(peer, path, body);
            });
    api.install(server.http());
    if (const Result<void> bound = server.bind(settings.find(id)->port); !bound) {
        return explain(bound.error());
    }
    peers.start();
    std::jthread ticker([&node] { tickUntilTheEnd(node); });
    server.listen();
    ::_exit(1); // listening never ends by itself
}

} // namespace quorate::sandbox
