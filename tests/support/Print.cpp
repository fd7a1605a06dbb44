// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Print.h"

#include <ostream>

void PrintTo(const QString& text, std::ostream* out) { *out << '"' << text.toStdString() << '"'; }

void PrintTo(const QByteArray& bytes, std::ostream* out)
{
    constexpr int kShownMax = 400;
    const QByteArray shown = bytes.left(kShownMax);
    bool printable = true;
    for (const char c : shown) {
        printable =
            printable
            && (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t' || c == '\r');
    }
    *out << '"' << (printable ? shown : shown.toHex(' ')).toStdString() << '"';
    if (bytes.size() > kShownMax) {
        *out << "… (" << bytes.size() << " bytes)";
    }
}

void PrintTo(const QStringList& list, std::ostream* out)
{
    *out << '[';
    for (qsizetype at = 0; at < list.size(); ++at) {
        *out << (at == 0 ? "" : ", ");
        PrintTo(list.at(at), out);
    }
    *out << ']';
}

namespace quorate {

void PrintTo(ErrorKind kind, std::ostream* out) { *out << toString(kind).toStdString(); }

void PrintTo(const Error& error, std::ostream* out)
{
    *out << toString(error.kind).toStdString() << ": " << describe(error).toStdString();
    if (error.httpStatus != 0) {
        *out << " [HTTP " << error.httpStatus << ']';
    }
    if (!error.endpoint.isEmpty()) {
        *out << " at " << error.endpoint.toStdString();
    }
}

void PrintTo(const Version& version, std::ostream* out)
{
    *out << version.toString().toStdString();
}

void PrintTo(const Secret& secret, std::ostream* out)
{
    *out << (secret.isEmpty() ? "(no secret)" : "(a secret)");
}

} // namespace quorate
