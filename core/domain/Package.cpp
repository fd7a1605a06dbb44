// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Package.h"

#include <QRegularExpression>

namespace quorate {

PackageId packageId(const QString& name, const Version& version)
{
    return PackageId{QStringLiteral("%1-%2").arg(name, version.toString())};
}

PackageId Package::id() const { return packageId(manifest.name, manifest.version); }

Result<VersionRange> VersionRange::parse(const QString& text)
{
    static const QRegularExpression form(QStringLiteral("^>=\\s*(\\S+)\\s+<\\s*(\\S+)$"));
    const auto match = form.match(text.trimmed());
    if (!match.hasMatch()) {
        return fail(ErrorKind::Validation, QStringLiteral("bad-version-range"),
                    QStringLiteral("\"%1\" is not a version range").arg(text.left(60)),
                    QStringLiteral("Write it as \">=14.0.0 <14.2.0\""));
    }
    auto from = Version::parse(match.captured(1));
    auto below = Version::parse(match.captured(2));
    if (!from) {
        return fail(from.error());
    }
    if (!below) {
        return fail(below.error());
    }
    if (*from >= *below) {
        return fail(ErrorKind::Validation, QStringLiteral("empty-version-range"),
                    QStringLiteral("No version lies in \"%1\"").arg(text.left(60)),
                    QStringLiteral("Put the lower version first"));
    }
    return VersionRange{*from, *below};
}

QString VersionRange::toString() const
{
    return QStringLiteral(">=%1 <%2").arg(from.toString(), below.toString());
}

} // namespace quorate
