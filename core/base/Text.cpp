// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"

#include <QLocale>

namespace quorate {

QString toBytesText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

} // namespace quorate
