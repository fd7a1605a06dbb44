// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"

#include <QLocale>

namespace quorate {

QString toBytesText(qint64 bytes)
{
    constexpr qint64 kGigabyte = 1'000'000'000;
    const int decimals = bytes >= kGigabyte ? 1 : 0;
    return QLocale::c().formattedDataSize(bytes, decimals, QLocale::DataSizeSIFormat);
}

} // namespace quorate
