// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <fmt/format.h>

namespace quorate {

/// "12.0 GB", "512 MB", "2.1 TB": powers of ten, as disk makers and the vendors' documents count.
QString toBytesText(qint64 bytes);

} // namespace quorate

/// QString in fmt and spdlog; UTF-8.
template <>
struct fmt::formatter<QString> : fmt::formatter<std::string> {
    template <typename Context>
    auto format(const QString& text, Context& context) const
    {
        return fmt::formatter<std::string>::format(text.toStdString(), context);
    }
};
