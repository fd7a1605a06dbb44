// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/kubernetes/LabCtl.h"

#include "core/base/Json.h"
#include "tests/support/Environment.h"
#include "tests/support/Test.h"

namespace quorate::platform::kubernetes {
namespace {

constexpr Millis kCallLimit = Seconds(60); ///< also of a sanitized program on two loaded cores

QString program() { return test::buildPath(QStringLiteral("bin/quoratectl")); }

} // namespace

QStringList LabCtl::complete(const QStringList& words, const QString& user) const
{
    return words
           + QStringList{QStringLiteral("--kubeconfig"), m_lab->kubeconfig(user),
                         QStringLiteral("--home"), m_home.path()};
}

test::ProgramOutcome LabCtl::call(const QStringList& words, const QString& user) const
{
    return test::runProgram(program(), complete(words, user), kCallLimit);
}

std::unique_ptr<test::ChildProcess> LabCtl::begin(const QStringList& words) const
{
    auto process = std::make_unique<test::ChildProcess>();
    EXPECT_TRUE(process->start(program(), complete(words, QStringLiteral("admin"))));
    return process;
}

void LabCtl::expectDone(const QStringList& words) const
{
    const auto said = call(words);
    EXPECT_EQ(said.exitCode, 0) << words.join(QLatin1Char(' ')).toStdString() << '\n'
                                << said.output.toStdString() << said.errors.toStdString();
}

QJsonObject documentOf(const test::ProgramOutcome& said)
{
    const auto object = parseJsonObject(said.output.trimmed());
    EXPECT_TRUE(object.has_value()) << said.output.toStdString() << said.errors.toStdString();
    return object.value_or(QJsonObject());
}

} // namespace quorate::platform::kubernetes
