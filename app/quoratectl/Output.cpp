// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Output.h"

#include "app/quoratectl/Json.h"

#include <QJsonDocument>

#include <algorithm>
#include <cstdio>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

namespace quorate::ctl {
namespace {

bool colorsAllowed = true; ///< of this process; set once from the arguments

bool isTerminalFile(FILE* file)
{
#ifdef Q_OS_WIN
    return _isatty(_fileno(file)) != 0;
#else
    return isatty(fileno(file)) != 0;
#endif
}

void write(FILE* file, const QString& text)
{
    const QByteArray bytes = text.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), file);
    std::fflush(file);
}

} // namespace

int exitCodeOf(const Error& error, const QString& command)
{
    if (command == QLatin1String("status")) {
        return kCouldNotTell;
    }
    switch (error.kind) {
    case ErrorKind::Transport:
    case ErrorKind::Timeout:
    case ErrorKind::Cancelled: return kCouldNotTell;
    case ErrorKind::Validation: return error.code == QLatin1String("usage") ? kUsage : kRefused;
    case ErrorKind::Tls:
    case ErrorKind::Unauthorized:
    case ErrorKind::Forbidden:
    case ErrorKind::NotFound:
    case ErrorKind::Conflict:
    case ErrorKind::Server:
    case ErrorKind::Protocol:
    case ErrorKind::Precondition:
    case ErrorKind::Storage:
    case ErrorKind::Internal: return kRefused;
    }
    return kRefused;
}

void print(const QString& text) { write(stdout, text); }
void printError(const QString& text) { write(stderr, text); }

void printJson(const QJsonObject& object)
{
    write(stdout, QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

void sayError(const Error& error, bool json)
{
    if (json) {
        printJson({{QStringLiteral("error"), toJson(error)}});
    }
    printError(QStringLiteral("quoratectl: ") + describe(error));
}

void printTable(const QStringList& head, const std::vector<QStringList>& rows)
{
    std::vector<qsizetype> widths;
    std::ranges::transform(head, std::back_inserter(widths),
                           [](const QString& cell) { return cell.size(); });
    for (const QStringList& row : rows) {
        for (std::size_t column = 0; column < widths.size(); ++column) {
            widths[column] =
                std::max(widths[column], row.value(static_cast<qsizetype>(column)).size());
        }
    }
    const auto line = [&widths](const QStringList& cells) {
        QString text;
        for (std::size_t column = 0; column < widths.size(); ++column) {
            text += cells.value(static_cast<qsizetype>(column)).leftJustified(widths[column] + 2);
        }
        while (text.endsWith(QLatin1Char(' '))) {
            text.chop(1);
        }
        return text;
    };
    print(bold(line(head)));
    for (const QStringList& row : rows) {
        print(line(row));
    }
}

QString bold(const QString& text)
{
    if (!colorsAllowed || !isTerminalFile(stdout)) {
        return text;
    }
    return QStringLiteral("\033[1m%1\033[0m").arg(text);
}

void setColors(bool allowed) { colorsAllowed = allowed; }

bool isTerminal() { return isTerminalFile(stdin) && isTerminalFile(stdout); }

} // namespace quorate::ctl
