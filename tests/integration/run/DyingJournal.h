// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/Journal.h"

#include <QHash>
#include <QSet>

#include <functional>

namespace quorate::runtest {

enum class Death { Never, Before, After };

/// A journal that ends the process, as a power cut would, at the first place of a run where no
/// earlier process died: right before a write, or right after it is durable and before any of its
/// effects starts. A place is where the run stands and what is written; those that were used lie in
/// a file. So every process gets at least one place further, and a run that is started again and
/// again comes to its end although it is killed at each of its records (and at each record that
/// resuming writes).
class DyingJournal final : public run::Journal {
public:
    static constexpr int kExitCode = 137; ///< as of a program that was killed
    /// The same thing written again at the same step, by one process: so often it is a new place.
    static constexpr int kRepeatsMax = 3;

    DyingJournal(run::Journal& inner, Death death, const QString& placesFile);

    /// Where the run stands now; part of a place.
    void setWhere(std::function<QString(const RunId&)> where) { m_where = std::move(where); }
    [[nodiscard]] Result<void> append(const RunId& run,
                                      const std::vector<run::JournalRecord>& records) override;
    [[nodiscard]] Result<std::vector<run::JournalRecord>> read(const RunId& run) override
    {
        return m_inner.read(run);
    }

private:
    /// Empty: nobody dies here.
    QString placeOf(const RunId& run, const std::vector<run::JournalRecord>& records);
    [[noreturn]] void dieAt(const QString& place) const;

    run::Journal& m_inner;
    Death m_death;
    QString m_placesFile;
    QSet<QString> m_used;
    QHash<QString, int> m_repeats;
    std::function<QString(const RunId&)> m_where;
};

} // namespace quorate::runtest
