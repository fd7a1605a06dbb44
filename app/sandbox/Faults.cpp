// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Faults.h"

#include <QFile>

#include <unistd.h>

namespace quorate::sandbox {

Faults::Faults(QString nodeFolder)
    : m_folder(std::move(nodeFolder) + QStringLiteral("/faults"))
{}

bool Faults::has(const char* name) const
{
    const QByteArray path = QFile::encodeName(m_folder) + '/' + name;
    return ::access(path.constData(), F_OK) == 0;
}

QStringList Faults::names()
{
    QStringList all;
    for (const char* name : {fault::kHang, fault::kGarbage, fault::kHttp500, fault::kCutUpload,
                             fault::kDiskFull, fault::kReturnsOld, fault::kNeverReturns,
                             fault::kVerifyFails, fault::kOtherCertificate, fault::kSlow}) {
        all.append(QString::fromLatin1(name));
    }
    return all;
}

QStringList Faults::active() const
{
    QStringList found;
    for (const QString& name : names()) {
        if (has(name.toLatin1().constData())) {
            found.append(name);
        }
    }
    return found;
}

} // namespace quorate::sandbox
