// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/SecretText.h"

namespace quorate {

void appendJsonText(QByteArray& out, const QByteArray& utf8)
{
    static constexpr char kHex[] = "0123456789abcdef";
    out.append('"');
    for (const char c : utf8) {
        if (c == '"' || c == '\\') {
            out.append('\\').append(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out.append("\\u00").append(kHex[(c >> 4) & 0xf]).append(kHex[c & 0xf]);
        } else {
            out.append(c);
        }
    }
    out.append('"');
}

} // namespace quorate
