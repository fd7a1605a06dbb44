// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tidy/Tidy.h"

#include <QRegularExpression>

namespace quorate::tidy {
namespace {

// Hard limits of the house style; the soft ones (120, 300, 40) are for reviewers.
constexpr int kHeaderLinesMax = 200;
constexpr int kSourceLinesMax = 500;
constexpr int kFunctionLinesMax = 70;
constexpr int kReadmeLinesMax = 15;

const QString kSpdx = QStringLiteral("SPDX-License-Identifier: GPL-3.0-or-later");

int indentOf(const QString& line)
{
    int indent = 0;
    while (indent < line.size() && line.at(indent) == QLatin1Char(' ')) {
        ++indent;
    }
    return indent;
}

struct Function {
    int first = 0; ///< index of the line with the opening brace
    int last = 0;
};

/// Does a function body begin here? In our formatting its brace stands alone, unless somebody did
/// not format.
bool opensFunction(const QString& line)
{
    static const QRegularExpression attached(QStringLiteral(
        "^\\s*(?!(?:if|for|while|switch|else|do|catch|return|namespace|class|struct|union|enum)\\b)"
        "[\\w:<>~&*,\\s\\[\\]]+\\([^;=]*\\)[\\s\\w]*\\{$"));
    return line.trimmed() == QStringLiteral("{") || attached.match(line).hasMatch();
}

/// The outermost function bodies: each ends at the next closing brace with the indentation of its
/// start.
std::vector<Function> functionsOf(const QStringList& code)
{
    std::vector<Function> functions;
    for (int at = 0; at < code.size(); ++at) {
        if (!opensFunction(code.at(at))) {
            continue;
        }
        const int indent = indentOf(code.at(at));
        int end = at + 1;
        while (end < code.size()
               && !(indentOf(code.at(end)) == indent
                    && code.at(end).mid(indent).startsWith(QLatin1Char('}')))) {
            ++end;
        }
        functions.push_back({at, std::min(end, static_cast<int>(code.size()) - 1)});
        at = end;
    }
    return functions;
}

void checkSizes(const SourceText& source, const std::vector<Function>& functions,
                Findings& findings)
{
    const int limit = source.isHeader() ? kHeaderLinesMax : kSourceLinesMax;
    if (source.lines.size() > limit) {
        findings.push_back({source.path, 0, QStringLiteral("file-size"),
                            QStringLiteral("%1 lines; at most %2: split it by responsibility")
                                .arg(source.lines.size())
                                .arg(limit)});
    }
    for (const Function& function : functions) {
        const int length = function.last - function.first + 1;
        if (length > kFunctionLinesMax) {
            findings.push_back({source.path, function.first + 1, QStringLiteral("function-size"),
                                QStringLiteral("%1 lines; at most %2: give its parts names")
                                    .arg(length)
                                    .arg(kFunctionLinesMax)});
        }
    }
}

bool isInside(const std::vector<Function>& functions, int line)
{
    for (const Function& function : functions) {
        if (line > function.first && line < function.last) {
            return true;
        }
    }
    return false;
}

/// The declaration that starts at a line, up to its end or its body.
QString declarationAt(const QStringList& code, int at)
{
    QString whole;
    for (; at < code.size(); ++at) {
        whole += code.at(at);
        if (whole.contains(QLatin1Char(';')) || whole.contains(QLatin1Char('{'))) {
            break;
        }
    }
    return whole;
}

/// Overriders are left alone: callers see the declaration that they override.
void checkNodiscard(const SourceText& source, const std::vector<Function>& functions,
                    Findings& findings)
{
    static const QRegularExpression returnsOne(
        QStringLiteral("^\\s*(?:(?:virtual|static|inline|constexpr|friend)\\s+)*(?:quorate::)?(?:"
                       "Result|Async)<.*>\\s+"
                       "(?:[A-Za-z_]\\w*)\\("));
    static const QRegularExpression overrides(QStringLiteral("\\b(override|final)\\b"));
    const QString attribute = QStringLiteral("[[nodiscard]]");
    for (int at = 0; at < source.code.size(); ++at) {
        const QString& line = source.code.at(at);
        if (!returnsOne.match(line).hasMatch() || line.contains(attribute)
            || isInside(functions, at)) {
            continue;
        }
        if (at > 0 && source.code.at(at - 1).contains(attribute)) {
            continue;
        }
        if (overrides.match(declarationAt(source.code, at)).hasMatch()) {
            continue;
        }
        findings.push_back(
            {source.path, at + 1, QStringLiteral("nodiscard"),
             QStringLiteral(
                 "a Result or Async may not be ignored: write [[nodiscard]] before it")});
    }
}

} // namespace

Findings checkForm(const SourceText& source)
{
    Findings findings;
    if (!source.lines.first().contains(kSpdx)) {
        findings.push_back({source.path, 1, QStringLiteral("spdx"),
                            QStringLiteral("the first line is // %1").arg(kSpdx)});
    }
    if (source.isHeader() && !source.lines.mid(0, 3).contains(QStringLiteral("#pragma once"))) {
        findings.push_back({source.path, 2, QStringLiteral("pragma-once"),
                            QStringLiteral("the second line of a header is #pragma once")});
    }
    const auto functions = functionsOf(source.code);
    checkSizes(source, functions, findings);
    if (source.isHeader() && source.area() != QStringLiteral("tests")) {
        checkNodiscard(source, functions, findings);
    }
    return findings;
}

Findings checkReadme(const QString& folder, const QString& text)
{
    const QString path = folder + QStringLiteral("/README.md");
    if (text.isNull()) {
        return {{path, 0, QStringLiteral("readme"),
                 QStringLiteral("every folder of core/ and ui/ says in README.md what it is for")}};
    }
    const auto lines = text.trimmed().count(QLatin1Char('\n')) + 1;
    if (lines > kReadmeLinesMax) {
        return {{path, 0, QStringLiteral("readme"),
                 QStringLiteral("%1 lines; at most %2").arg(lines).arg(kReadmeLinesMax)}};
    }
    return {};
}

} // namespace quorate::tidy
