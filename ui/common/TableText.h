// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

class QAbstractItemModel;

namespace quorate::ui {

/// The titles and the given rows and columns, separated by tabs: pastes well into a mail or a
/// sheet.
[[nodiscard]] QString tableAsText(const QAbstractItemModel& model, const QList<int>& rows,
                                  const QList<int>& columns);
/// RFC 4180, with titles. A cell that a spreadsheet would take for a formula is led by an
/// apostrophe.
[[nodiscard]] QString tableAsCsv(const QAbstractItemModel& model, const QList<int>& rows,
                                 const QList<int>& columns);

} // namespace quorate::ui
