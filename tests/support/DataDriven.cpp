// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/DataDriven.h"

#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>

namespace quorate::test {
namespace {

const QString kSeparator = QStringLiteral("----");

/// Walks over the lines of a script and copies all but the expected answers to the rewritten one.
class ScriptReader {
public:
    ScriptReader(const QString& name, const QString& script)
        : m_name(name)
        , m_lines(script.split(QLatin1Char('\n')))
    {
        if (!m_lines.isEmpty() && m_lines.last().isEmpty()) {
            m_lines.removeLast();
        }
    }

    /// The next case, or nothing at the end.
    bool next(Directive& directive, ScriptOutcome& outcome)
    {
        while (m_at < m_lines.size() && isPassive(m_lines.at(m_at))) {
            keep(outcome);
        }
        if (m_at == m_lines.size()) {
            return false;
        }
        directive = {};
        directive.file = m_name;
        directive.line = static_cast<int>(m_at) + 1;
        if (!directive.parseCommandLine(m_lines.at(m_at))) {
            outcome.defects.append(
                QStringLiteral("line %1: cannot read the command").arg(directive.line));
        }
        keep(outcome);
        while (m_at < m_lines.size() && m_lines.at(m_at) != kSeparator) {
            directive.input += m_lines.at(m_at) + QLatin1Char('\n');
            keep(outcome);
        }
        if (m_at == m_lines.size()) {
            outcome.defects.append(
                QStringLiteral("line %1: no ---- after the command").arg(directive.line));
            return false;
        }
        ++m_at;
        readExpected(directive, outcome);
        return true;
    }

private:
    static bool isPassive(const QString& line)
    {
        return line.trimmed().isEmpty() || line.startsWith(QLatin1Char('#'));
    }
    void keep(ScriptOutcome& outcome)
    {
        outcome.rewritten += m_lines.at(m_at++) + QLatin1Char('\n');
    }

    void readExpected(Directive& directive, ScriptOutcome& outcome)
    {
        const bool doubled = m_at < m_lines.size() && m_lines.at(m_at) == kSeparator;
        if (doubled) {
            ++m_at;
        }
        while (m_at < m_lines.size()) {
            if (doubled && m_at + 1 < m_lines.size() && m_lines.at(m_at) == kSeparator
                && m_lines.at(m_at + 1) == kSeparator) {
                m_at += 2;
                return;
            }
            if (!doubled && m_lines.at(m_at).isEmpty()) {
                return;
            }
            directive.expected += m_lines.at(m_at++) + QLatin1Char('\n');
        }
        if (doubled) {
            outcome.defects.append(
                QStringLiteral("line %1: the doubled ---- is not closed").arg(directive.line));
        }
    }

    QString m_name;
    QStringList m_lines;
    qsizetype m_at = 0;
};

QString answerBlock(const QString& answer)
{
    const bool needsDouble =
        answer.startsWith(QLatin1Char('\n')) || answer.contains(QStringLiteral("\n\n"));
    const QString rule = kSeparator + QLatin1Char('\n');
    return needsDouble ? rule + rule + answer + rule + rule : rule + answer;
}

QStringList splitList(const QString& text)
{
    QStringList values;
    const auto parts =
        text.split(QRegularExpression(QStringLiteral("[,\\s]+")), Qt::SkipEmptyParts);
    for (const QString& part : parts) {
        values.append(part);
    }
    return values;
}

} // namespace

bool Directive::parseCommandLine(const QString& source)
{
    static const QRegularExpression commandForm(QStringLiteral("^(\\S+)"));
    static const QRegularExpression argumentForm(
        QStringLiteral("\\G\\s+([^\\s=()\"]+)(=(?:\\(([^()]*)\\)|\"([^\"]*)\"|([^\\s()\"]*)))?"));
    const auto commandMatch = commandForm.match(source);
    if (!commandMatch.hasMatch()) {
        return false;
    }
    command = commandMatch.captured(1);
    qsizetype at = commandMatch.capturedEnd();
    while (!QStringView(source).mid(at).trimmed().isEmpty()) {
        const auto match = argumentForm.match(source, at);
        const QString name = match.captured(1);
        if (!match.hasMatch() || m_arguments.contains(name)) {
            return false;
        }
        QStringList values;
        if (match.capturedLength(2) > 0) {
            const bool isList = match.capturedStart(3) >= 0;
            const bool isQuoted = match.capturedStart(4) >= 0;
            values = isList ? splitList(match.captured(3))
                            : QStringList{match.captured(isQuoted ? 4 : 5)};
        }
        m_arguments.insert(name, values);
        m_order.append(name);
        at = match.capturedEnd();
    }
    return true;
}

QString Directive::text(const QString& name, const QString& fallback) const
{
    const QStringList values = list(name);
    if (values.isEmpty()) {
        return fallback;
    }
    if (values.size() > 1) {
        ADD_FAILURE() << file.toStdString() << ':' << line << ": " << name.toStdString()
                      << " has several values";
    }
    return values.first();
}

int Directive::number(const QString& name, int fallback) const
{
    const QString value = text(name);
    if (value.isEmpty()) {
        return fallback;
    }
    bool ok = false;
    const int result = value.toInt(&ok);
    if (!ok) {
        ADD_FAILURE() << file.toStdString() << ':' << line << ": " << name.toStdString()
                      << " is not a number";
    }
    return result;
}

ScriptOutcome runScript(const QString& name, const QString& script, const DirectiveHandler& handler)
{
    ScriptOutcome outcome;
    ScriptReader reader(name, script);
    Directive directive;
    while (reader.next(directive, outcome)) {
        ++outcome.cases;
        QString answer = handler(directive);
        if (!answer.isEmpty() && !answer.endsWith(QLatin1Char('\n'))) {
            answer += QLatin1Char('\n');
        }
        outcome.rewritten += answerBlock(answer);
        if (answer != directive.expected) {
            outcome.differences.append(QStringLiteral("line %1: %2\nexpected:\n%3got:\n%4")
                                           .arg(QString::number(directive.line), directive.command,
                                                directive.expected, answer));
        }
    }
    return outcome;
}

void runDataDriven(const QString& path, const DirectiveHandler& handler)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly))
        << path.toStdString() << ": " << file.errorString().toStdString();
    const QString script = QString::fromUtf8(file.readAll());
    file.close();
    const ScriptOutcome outcome = runScript(path, script, handler);
    for (const QString& defect : outcome.defects) {
        ADD_FAILURE() << path.toStdString() << ": " << defect.toStdString();
    }
    EXPECT_GT(outcome.cases, 0) << path.toStdString() << " has no case";
    if (qEnvironmentVariableIntValue("QUORATE_REWRITE") == 1 && outcome.defects.isEmpty()) {
        if (outcome.rewritten != script) {
            ASSERT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Truncate))
                << path.toStdString();
            file.write(outcome.rewritten.toUtf8());
        }
        return;
    }
    for (const QString& difference : outcome.differences) {
        ADD_FAILURE() << path.toStdString() << ": " << difference.toStdString()
                      << "(QUORATE_REWRITE=1 writes the answers into the script)";
    }
}

void runDataDrivenFolder(const QString& folder, const DirectiveHandler& handler)
{
    const QDir dir(folder);
    const QStringList names = dir.entryList({QStringLiteral("*.txt")}, QDir::Files, QDir::Name);
    EXPECT_FALSE(names.isEmpty()) << "no scripts in " << folder.toStdString();
    for (const QString& name : names) {
        SCOPED_TRACE(name.toStdString());
        runDataDriven(dir.filePath(name), handler);
    }
}

} // namespace quorate::test
