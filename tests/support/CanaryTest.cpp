// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/support/Canary.h"
#include "tests/support/TempDir.h"

#include <QCoreApplication>

#include <gtest/gtest-spi.h>

namespace quorate::test {

namespace {

const QByteArray kSecret = "canary-7f3a9e1b5d";

Canary canary()
{
    Canary made;
    made.watch(QStringLiteral("the secret"), kSecret);
    return made;
}

void expectFound(const QByteArray& bytes)
{
    EXPECT_NONFATAL_FAILURE(canary().expectNotIn(bytes, QStringLiteral("a text")), "is in a text");
}

} // namespace

TEST(CanaryTest, FindsEveryForm)
{
    expectFound("a " + kSecret + " b");
    expectFound("a " + kSecret.toHex());
    const QString text = QStringLiteral("x ") + QString::fromLatin1(kSecret);
    expectFound(QByteArray(reinterpret_cast<const char*>(text.utf16()), text.size() * 2));
    for (const char* before : {"", "a", "ab", "abc"}) {
        expectFound((before + kSecret + " and more").toBase64());
    }
}

TEST(CanaryTest, IsQuietWhereThereIsNone)
{
    canary().expectNotIn(QStringLiteral("canary, but not that one"), QStringLiteral("a text"));
    EXPECT_FALSE(canary().expectNotInProcess(QCoreApplication::applicationPid()).isEmpty());
}

TEST(CanaryTest, LooksIntoHiddenFilesAndFolders)
{
    const TempDir folder;
    folder.write(QStringLiteral("open.txt"), "nothing");
    EXPECT_EQ(canary().expectNotBelow(folder.path()), 1);
    folder.write(QStringLiteral(".hidden/.file"), kSecret);
    EXPECT_NONFATAL_FAILURE((void)canary().expectNotBelow(folder.path()), "the secret is in");
}

TEST(CanaryTest, ASecretThatIsTooShortIsNoCanary)
{
    EXPECT_FATAL_FAILURE(Canary().watch(QStringLiteral("an empty one"), "abc"), "an empty one");
}

} // namespace quorate::test
