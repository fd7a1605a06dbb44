// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Options.h"

namespace quorate::sandbox {

namespace {
constexpr qint64 kSizeMax = 64LL * 1024 * 1024 * 1024;
} // namespace

tl::unexpected<Error> usage(const QString& message)
{
    return fail(ErrorKind::Validation, QStringLiteral("usage"), message,
                QStringLiteral("See: quorate-sandbox --help"));
}

Result<Options> Options::parse(const QStringList& arguments, const QStringList& withValue,
                               const QStringList& flags)
{
    Options options;
    for (qsizetype at = 0; at < arguments.size(); ++at) {
        const QString& argument = arguments[at];
        if (!argument.startsWith(QLatin1Char('-')) || argument == QLatin1String("-")) {
            options.m_words.append(argument);
            continue;
        }
        const QString name = argument.section(QLatin1Char('='), 0, 0);
        if (flags.contains(name)) {
            options.m_values[name] = QString();
        } else if (!withValue.contains(name)) {
            return usage(QStringLiteral("unknown option %1").arg(name));
        } else if (argument.contains(QLatin1Char('='))) {
            options.m_values[name] = argument.section(QLatin1Char('='), 1);
        } else if (at + 1 < arguments.size()) {
            options.m_values[name] = arguments[++at];
        } else {
            return usage(QStringLiteral("%1 needs a value").arg(name));
        }
    }
    return options;
}

QString Options::value(const char* name, const QString& fallback) const
{
    const auto found = m_values.find(QLatin1String(name));
    return found == m_values.end() ? fallback : found->second;
}

Result<QString> Options::required(const char* name) const
{
    const QString text = value(name);
    if (text.isEmpty()) {
        return usage(QStringLiteral("%1 is needed").arg(QLatin1String(name)));
    }
    return text;
}

Result<int> Options::number(const char* name, int fallback, int least, int most) const
{
    if (!has(name)) {
        return fallback;
    }
    bool isNumber = false;
    const int number = value(name).toInt(&isNumber);
    if (!isNumber || number < least || number > most) {
        return usage(QStringLiteral("%1 must be a number from %2 to %3")
                         .arg(QLatin1String(name))
                         .arg(least)
                         .arg(most));
    }
    return number;
}

Result<qint64> parseSize(const QString& text)
{
    const QString units = QStringLiteral("KMG");
    const qsizetype unit = text.isEmpty() ? -1 : units.indexOf(text.back().toUpper());
    bool isNumber = false;
    const qint64 count = (unit < 0 ? text : text.chopped(1)).toLongLong(&isNumber);
    const int shift = static_cast<int>(unit + 1) * 10;
    if (!isNumber || count < 0 || count > (kSizeMax >> shift)) {
        return usage(QStringLiteral("\"%1\" is not a size such as 256M, up to 64G").arg(text));
    }
    return count << shift;
}

} // namespace quorate::sandbox
