// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/DataDriven.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"

#include <gtest/gtest-spi.h>

namespace quorate::test {
namespace {

QString echo(const Directive& directive)
{
    QStringList lines{directive.command};
    for (const QString& name : directive.names()) {
        lines.append(name + QLatin1Char('=') + directive.list(name).join(QLatin1Char('|')));
    }
    if (!directive.input.isEmpty()) {
        lines.append(directive.input.trimmed());
    }
    return lines.join(QLatin1Char('\n'));
}

const QString kScript =
    QStringLiteral("# a comment\n\n"
                   "majority cfg=(1, 2,3) votes=(y,_) flag text=\"two words\" n=7\n"
                   "input line\n"
                   "----\n"
                   "majority\ncfg=1|2|3\nvotes=y|_\nflag=\ntext=two words\nn=7\ninput line\n"
                   "\n# end\n");

TEST(DataDriven, ReadsCommentsArgumentsInputAndExpectation)
{
    const auto outcome = runScript(QStringLiteral("s"), kScript, echo);
    EXPECT_EQ(outcome.cases, 1);
    EXPECT_EQ(outcome.differences, QStringList());
    EXPECT_EQ(outcome.defects, QStringList());
    EXPECT_EQ(outcome.rewritten, kScript);
}

TEST(DataDriven, DifferenceNamesTheLineAndBothTexts)
{
    const auto outcome = runScript(QStringLiteral("s"), QStringLiteral("\nadd\n----\n3\n"),
                                   [](const Directive&) { return QStringLiteral("4"); });
    ASSERT_EQ(outcome.differences.size(), 1);
    EXPECT_EQ(outcome.differences.first(), QStringLiteral("line 2: add\nexpected:\n3\ngot:\n4\n"));
    EXPECT_EQ(outcome.rewritten, QStringLiteral("\nadd\n----\n4\n"));
}

TEST(DataDriven, AnswersWithEmptyLinesAreDoubled)
{
    const auto answer = [](const Directive&) { return QStringLiteral("a\n\nb\n"); };
    const auto first =
        runScript(QStringLiteral("s"), QStringLiteral("x\n----\n\ny\n----\n"), answer);
    EXPECT_EQ(first.rewritten, QStringLiteral("x\n----\n----\na\n\nb\n----\n----\n\n"
                                              "y\n----\n----\na\n\nb\n----\n----\n"));
    const auto second = runScript(QStringLiteral("s"), first.rewritten, answer);
    EXPECT_EQ(second.differences, QStringList());
    EXPECT_EQ(second.rewritten, first.rewritten);
}

TEST(DataDriven, MalformedScriptsAreDefects)
{
    const auto silent = [](const Directive&) { return QString(); };
    EXPECT_EQ(runScript(QStringLiteral("s"), QStringLiteral("x\n"), silent).defects.size(), 1);
    EXPECT_EQ(
        runScript(QStringLiteral("s"), QStringLiteral("x a=(1\n----\n"), silent).defects.size(), 1);
    EXPECT_EQ(
        runScript(QStringLiteral("s"), QStringLiteral("x a=1 a=2\n----\n"), silent).defects.size(),
        1);
    EXPECT_EQ(runScript(QStringLiteral("s"), QStringLiteral("x\n----\n----\nopen\n"), silent)
                  .defects.size(),
              1);
}

TEST(DataDriven, FolderWithoutScriptsFails)
{
    static TempDir dir;
    EXPECT_NONFATAL_FAILURE(runDataDrivenFolder(dir.path(), echo), "no scripts in");
}

TEST(DataDriven, WrongAnswerFailsTheTest)
{
    static TempDir dir;
    dir.write(QStringLiteral("case.txt"), "add\n----\n3\n");
    EXPECT_NONFATAL_FAILURE(
        runDataDrivenFolder(dir.path(), [](const Directive&) { return QStringLiteral("4"); }),
        "line 1: add");
    EXPECT_EQ(dir.read(QStringLiteral("case.txt")), QByteArray("add\n----\n3\n"));
}

} // namespace
} // namespace quorate::test
