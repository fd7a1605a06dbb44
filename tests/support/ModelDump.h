// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QStringList>

#include <memory>
#include <vector>

namespace quorate::test {

struct DumpOptions {
    std::vector<int> roles = {Qt::DisplayRole}; ///< of each cell; several are joined by '|'
    bool header = false;                        ///< first line: the horizontal header
};

/// A model as text: one line a row, cells joined by " · ", children indented by two spaces.
[[nodiscard]] QStringList dumpModel(const QAbstractItemModel& model,
                                    const DumpOptions& options = {}, const QModelIndex& parent = {},
                                    int depth = 0);

/// Qt's own model checks in the mode that GoogleTest notices: a broken model ends the test program.
/// Make one next to the model and keep it as long.
class ModelTester {
public:
    explicit ModelTester(QAbstractItemModel* model);

private:
    std::unique_ptr<QObject> m_tester; // QAbstractItemModelTester, out of sight of Qt Test's macros
};

} // namespace quorate::test
