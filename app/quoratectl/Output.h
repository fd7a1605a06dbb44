// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"

#include <QJsonObject>
#include <QStringList>

#include <vector>

namespace quorate::ctl {

/// Exit codes of every command but status (design section 8).
enum Exit : int { kDone = 0, kRefused = 1, kUsage = 2, kCouldNotTell = 3 };

/// Of a `command` that ended with an error: 3 for errors that leave open what is true (no
/// connection, no answer); 2 for wrong usage; otherwise 1. The codes of `status` tell of the
/// cluster, so that an error is always kCouldNotTell there: neither "at risk" nor "lost" may ever
/// come from a typing error or a wrong certificate.
int exitCodeOf(const Error& error, const QString& command);

void print(const QString& text);           ///< standard output, one line
void printError(const QString& text);      ///< standard error, one line
void printJson(const QJsonObject& object); ///< one line
/// For people on standard error; for programs an object with "error" on standard output too.
void sayError(const Error& error, bool json);
/// Columns are as wide as their widest cell.
void printTable(const QStringList& head, const std::vector<QStringList>& rows);
/// Bold when standard output is a terminal and colours were not refused.
QString bold(const QString& text);
void setColors(bool allowed);
bool isTerminal(); ///< standard input and output both: somebody can be asked

} // namespace quorate::ctl
