// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QTemporaryDir>

namespace quorate::test {

/// A folder that goes when the test goes. Failures to make, write or read fail the test.
class TempDir {
public:
    TempDir();

    [[nodiscard]] QString path() const { return m_dir.path(); }
    [[nodiscard]] QString path(const QString& relative) const { return m_dir.filePath(relative); }
    /// Makes missing folders; returns the full path.
    QString write(const QString& relative, const QByteArray& content) const;
    [[nodiscard]] QByteArray read(const QString& relative) const;
    /// Keeps the folder, for looking at it after a failure.
    void keep() { m_dir.setAutoRemove(false); }

private:
    QTemporaryDir m_dir;
};

} // namespace quorate::test
