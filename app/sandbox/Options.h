// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QStringList>

#include <map>

namespace quorate::sandbox {

/// The command line cannot be understood: exit code 2.
tl::unexpected<Error> usage(const QString& message);

/// "--name value", "--name=value", "--flag" and plain words of one command; unknown ones are
/// errors.
class Options {
public:
    [[nodiscard]] static Result<Options>
    parse(const QStringList& arguments, const QStringList& withValue, const QStringList& flags);
    [[nodiscard]] bool has(const char* name) const
    {
        return m_values.find(QLatin1String(name)) != m_values.end();
    }
    [[nodiscard]] QString value(const char* name, const QString& fallback = {}) const;
    /// A usage error when it is missing.
    [[nodiscard]] Result<QString> required(const char* name) const;
    [[nodiscard]] Result<int> number(const char* name, int fallback, int least, int most) const;
    [[nodiscard]] const QStringList& words() const { return m_words; }

private:
    std::map<QString, QString> m_values;
    QStringList m_words;
};

/// "256M", "1G", "12K", "12345" (powers of 1024).
[[nodiscard]] Result<qint64> parseSize(const QString& text);

} // namespace quorate::sandbox
