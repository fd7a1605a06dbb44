// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/lab/KubeLab.h"
#include "tests/support/Canary.h"
#include "tests/support/ChildProcess.h"
#include "tests/support/TempDir.h"

#include <QJsonObject>

#include <memory>

namespace quorate::platform::kubernetes {

/// quoratectl as an operator types it, with a home of its own and the kubeconfig of a lab.
class LabCtl {
public:
    /// `lab` may be missing, while a test is skipped for want of it.
    explicit LabCtl(const labtest::KubeLab* lab);

    /// Fails the test when keys or tokens of the lab show in what is said, or in a file of the
    /// home.
    [[nodiscard]] test::ProgramOutcome call(const QStringList& words,
                                            const QString& user = QStringLiteral("admin")) const;
    /// One that goes on beside the test.
    [[nodiscard]] std::unique_ptr<test::ChildProcess> begin(const QStringList& words) const;
    void expectDone(const QStringList& words) const;
    [[nodiscard]] const test::TempDir& home() const { return m_home; }

private:
    [[nodiscard]] QStringList complete(const QStringList& words, const QString& user) const;

    const labtest::KubeLab* m_lab;
    test::Canary m_canary;
    test::TempDir m_home;
};

/// What --json said, when it was one object.
[[nodiscard]] QJsonObject documentOf(const test::ProgramOutcome& said);

} // namespace quorate::platform::kubernetes
