// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

#include <functional>

namespace quorate::test {

/// One case of a golden script. A script is a text file for people:
///   # a comment
///   command flag arg=value list=(a, b) text="two words"
///   optional input lines
///   ----
///   the expected output, up to the next empty line
/// Output that has empty lines itself stands between two pairs of "----" lines.
class Directive {
public:
    QString file;
    int line = 0; ///< of the command, from 1
    QString command;
    QString input;
    QString expected; ///< every line ends with a newline

    [[nodiscard]] bool has(const QString& name) const { return m_arguments.contains(name); }
    /// The values of an argument, in order; a flag and an absent argument have none.
    [[nodiscard]] QStringList list(const QString& name) const { return m_arguments.value(name); }
    /// The only value of an argument, or the fallback when it is absent.
    [[nodiscard]] QString text(const QString& name, const QString& fallback = {}) const;
    [[nodiscard]] int number(const QString& name, int fallback = 0) const;
    [[nodiscard]] QStringList names() const { return m_order; }

    /// Reads "command arg=…"; false when it is not well formed.
    bool parseCommandLine(const QString& source);

private:
    QHash<QString, QStringList> m_arguments;
    QStringList m_order;
};

using DirectiveHandler = std::function<QString(const Directive&)>;

/// Runs every case of a script; a case whose answer differs fails the test with file and line. With
/// QUORATE_REWRITE=1 in the environment the answers are written into the script instead, and the
/// change is reviewed as code.
void runDataDriven(const QString& path, const DirectiveHandler& handler);
/// Every *.txt of a folder, by name. A folder without any fails the test.
void runDataDrivenFolder(const QString& folder, const DirectiveHandler& handler);

/// The parts of the above, for the tests of the runner itself: the script with the handler's
/// answers in place, and the differences as "line 12: …".
struct ScriptOutcome {
    QString rewritten;
    QStringList differences;
    QStringList defects; ///< the script itself is malformed
    int cases = 0;
};
[[nodiscard]] ScriptOutcome runScript(const QString& name, const QString& script,
                                      const DirectiveHandler& handler);

} // namespace quorate::test
