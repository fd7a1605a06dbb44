// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace quorate::test {

/// Secrets that must show up nowhere (design.md section 9). Each is looked for as it is, in UTF-16,
/// in hexadecimal and in base64, and never printed: a failure names it and where it was found.
class Canary {
public:
    /// `name`: what a failure calls it. A secret of fewer than 8 bytes fails the test: it would be
    /// found by chance.
    void watch(const QString& name, const QByteArray& secret);
    void expectNotIn(const QByteArray& bytes, const QString& where) const;
    void expectNotIn(const QString& text, const QString& where) const;
    /// Every file below a folder, hidden ones too; returns how many were read.
    int expectNotBelow(const QString& folder) const;
    /// Arguments and environment of a process, as others can see them; returns the arguments.
    QByteArray expectNotInProcess(qint64 pid) const;

private:
    struct Form {
        QString name;
        QByteArray bytes;
    };
    std::vector<Form> m_forms;
};

} // namespace quorate::test
