// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/kubernetes/LabCtl.h"

#include "core/base/Json.h"
#include "tests/support/Environment.h"
#include "tests/support/Test.h"

#include <QFile>

namespace quorate::platform::kubernetes {
namespace {

constexpr Millis kCallLimit = Seconds(60); ///< also of a sanitized program on two loaded cores

QString program() { return test::buildPath(QStringLiteral("bin/quoratectl")); }

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
    return file.readAll().trimmed();
}

/// A line that no other key has: the first one tells the kind of key only.
QByteArray secretLineOf(const QByteArray& pem) { return pem.split('\n').value(2); }

} // namespace

LabCtl::LabCtl(const labtest::KubeLab* lab)
    : m_lab(lab)
{
    if (lab == nullptr) {
        return;
    }
    for (const QString& key : {QStringLiteral("admin"), QStringLiteral("etcd-client")}) {
        m_canary.watch(QStringLiteral("the key of ") + key,
                       secretLineOf(contentOf(lab->path(QStringLiteral("pki/%1.key").arg(key)))));
    }
    for (const QString& user : {QStringLiteral("static-admin"), QStringLiteral("static-viewer")}) {
        m_canary.watch(QStringLiteral("the token of ") + user,
                       contentOf(lab->path(QStringLiteral("pki/%1.token").arg(user))));
    }
}

QStringList LabCtl::complete(const QStringList& words, const QString& user) const
{
    return words
           + QStringList{QStringLiteral("--kubeconfig"), m_lab->kubeconfig(user),
                         QStringLiteral("--home"), m_home.path()};
}

test::ProgramOutcome LabCtl::call(const QStringList& words, const QString& user) const
{
    test::ProgramOutcome said = test::runProgram(program(), complete(words, user), kCallLimit);
    m_canary.expectNotIn(said.output + said.errors, words.join(u' '));
    EXPECT_GE(m_canary.expectNotBelow(m_home.path()), 1) << "the store at least";
    return said;
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
