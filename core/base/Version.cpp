// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Version.h"

#include <QRegularExpression>

namespace quorate {

Result<Version> Version::parse(const QString& text)
{
    static const QRegularExpression form(QRegularExpression::anchoredPattern(
        QStringLiteral("([0-9]{1,9})\\.([0-9]{1,9})(?:\\.([0-9]{1,9}))?(?:[+]([0-9]{1,9}))?")));
    const auto match = form.match(text);
    if (!match.hasMatch()) {
        return fail(ErrorKind::Validation, QStringLiteral("bad-version"),
                    QStringLiteral("\"%1\" is not a version").arg(text.left(40)),
                    QStringLiteral("Write it as major.minor.patch, for example 14.2.0"));
    }
    return Version{match.captured(1).toInt(), match.captured(2).toInt(), match.captured(3).toInt(),
                   match.captured(4).toInt()};
}

QString Version::toString() const
{
    QString text = QStringLiteral("%1.%2.%3").arg(major).arg(minor).arg(patch);
    if (build != 0) {
        text += QStringLiteral("+%1").arg(build);
    }
    return text;
}

} // namespace quorate
