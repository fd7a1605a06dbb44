// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Names.h"

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

bool isAlphanumeric(QChar c)
{
    return (c >= QLatin1Char('a') && c <= QLatin1Char('z'))
           || (c >= QLatin1Char('0') && c <= QLatin1Char('9'));
}

} // namespace

Result<void> checkNamespaceName(const QString& name)
{
    const bool fits = !name.isEmpty() && name.size() <= kNamespaceMax
                      && isAlphanumeric(name.front()) && isAlphanumeric(name.back())
                      && std::ranges::all_of(
                          name, [](QChar c) { return isAlphanumeric(c) || c == QLatin1Char('-'); });
    if (fits) {
        return {};
    }
    return fail(
        ErrorKind::Validation, QStringLiteral("bad-namespace"),
        QStringLiteral("\"%1\" cannot be the name of a namespace").arg(name.left(80)),
        QStringLiteral("A name has 1 to %1 lower-case letters, digits and hyphens, and begins "
                       "and ends with a letter or digit (RFC 1123 label)")
            .arg(kNamespaceMax));
}

} // namespace quorate::platform::kubernetes
