// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/TempDir.h"

#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace quorate::test {

TempDir::TempDir()
{
    if (!m_dir.isValid()) {
        ADD_FAILURE() << "no temporary folder: " << m_dir.errorString().toStdString();
    }
}

QString TempDir::write(const QString& relative, const QByteArray& content) const
{
    const QString full = path(relative);
    QDir().mkpath(QFileInfo(full).path());
    QFile file(full);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()
        || !file.flush()) {
        ADD_FAILURE() << "cannot write " << full.toStdString() << ": "
                      << file.errorString().toStdString();
    }
    return full;
}

QByteArray TempDir::read(const QString& relative) const
{
    QFile file(path(relative));
    if (!file.open(QIODevice::ReadOnly)) {
        ADD_FAILURE() << "cannot read " << file.fileName().toStdString() << ": "
                      << file.errorString().toStdString();
        return {};
    }
    return file.readAll();
}

} // namespace quorate::test
