// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/support/Sandbox.h"

#include "tests/bench/support/Child.h"

#include <QDir>

namespace quorate::bench {
namespace {

constexpr int kUpSeconds = 60;

} // namespace

Sandbox::Sandbox(QString folder, int nodes, int port)
    : m_folder(std::move(folder))
{
    QDir(m_folder).removeRecursively();
    const ChildEnd end =
        runCommand({ownProgram(QStringLiteral("quorate-sandbox")), QStringLiteral("up"),
                    QStringLiteral("--system"), QStringLiteral("mss"), QStringLiteral("--nodes"),
                    QString::number(nodes), QStringLiteral("--dir"), m_folder,
                    QStringLiteral("--port"), QString::number(port)},
                   kUpSeconds);
    m_up = end.exited && end.exitCode == 0;
}

Sandbox::~Sandbox()
{
    runCommand({ownProgram(QStringLiteral("quorate-sandbox")), QStringLiteral("down"),
                QStringLiteral("--dir"), m_folder},
               kUpSeconds);
    QDir(m_folder).removeRecursively();
}

} // namespace quorate::bench
