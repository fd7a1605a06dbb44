// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Signals.h"

#ifdef Q_OS_UNIX
#include <QSocketNotifier>

#include <array>
#include <csignal>
#include <unistd.h>
#endif

namespace quorate::ctl {

#ifdef Q_OS_UNIX
namespace {

std::array<int, 2> pipeEnds{-1, -1};

/// Only what may be called in a signal handler.
void onSignal(int)
{
    const char byte = 1;
    static_cast<void>(::write(pipeEnds[1], &byte, 1) == 1);
}

} // namespace

Signals::Signals(QObject* parent)
    : QObject(parent)
{
    if (::pipe(pipeEnds.data()) != 0) {
        return; // then Ctrl-C ends the process at once: the run is resumable all the same
    }
    auto* notifier = new QSocketNotifier(pipeEnds[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        if (::read(pipeEnds[0], &byte, 1) == 1) {
            Q_EMIT interrupted();
        }
    });
    struct sigaction action = {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

Signals::~Signals()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    for (int& end : pipeEnds) {
        if (end >= 0) {
            ::close(end);
        }
        end = -1;
    }
}
#else
Signals::Signals(QObject* parent)
    : QObject(parent)
{}
Signals::~Signals() = default;
#endif

} // namespace quorate::ctl
