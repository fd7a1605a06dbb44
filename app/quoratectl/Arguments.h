// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QHash>
#include <QStringList>

#include <vector>

namespace quorate::ctl {

/// The command line cannot be understood: exit code 2. Without a cure: the help.
Error usage(const QString& message, const QString& cure = {});

struct OptionSpec {
    const char* name = "";  ///< "--plan"
    const char* value = ""; ///< what follows, for the help; empty: a switch
    const char* help = "";
};

struct CommandSpec {
    const char* words = "";             ///< "node drain"
    const char* positionals = "";       ///< "NODE"; "KIND NAME"; in brackets when it may be missing
    const char* help = "";              ///< one sentence
    std::vector<const char*> options{}; ///< besides the common ones
};

const std::vector<CommandSpec>& commands();
const std::vector<OptionSpec>& options();

/// A command line, taken apart and checked against the tables above.
class Arguments {
public:
    /// Validation errors "usage"; they name what was wrong.
    [[nodiscard]] static Result<Arguments> parse(const QStringList& words);

    [[nodiscard]] QString command() const; ///< "node drain"; empty: none was given
    [[nodiscard]] const QStringList& positionals() const { return m_positionals; }
    [[nodiscard]] QString positional(int index) const { return m_positionals.value(index); }
    [[nodiscard]] bool has(const char* option) const
    {
        return m_options.contains(QString::fromLatin1(option));
    }
    [[nodiscard]] QString value(const char* option, const QString& fallback = {}) const;
    [[nodiscard]] QStringList values(const char* option) const
    {
        return m_options.value(QString::fromLatin1(option));
    }
    [[nodiscard]] bool json() const { return has("--json"); }
    /// A kubeconfig is to be used: the one that is named, or a context of the usual one.
    [[nodiscard]] bool namesKubeconfig() const { return has("--kubeconfig") || has("--context"); }

private:
    const CommandSpec* m_command = nullptr;
    QStringList m_positionals;
    QHash<QString, QStringList> m_options;
};

QString helpText();
QString helpText(const CommandSpec& command);
const CommandSpec* findCommand(const QString& words);

} // namespace quorate::ctl
