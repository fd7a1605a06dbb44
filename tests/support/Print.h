// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/base/Version.h"

#include <gtest/gtest-printers.h>

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <iosfwd>

// Without these GoogleTest prints Qt's and our own types as rows of bytes.
void PrintTo(const QString& text, std::ostream* out);
void PrintTo(const QByteArray& bytes, std::ostream* out);
void PrintTo(const QStringList& list, std::ostream* out);

namespace quorate {

void PrintTo(ErrorKind kind, std::ostream* out);
void PrintTo(const Error& error, std::ostream* out);
void PrintTo(const Version& version, std::ostream* out);
/// Only whether there is one: a failing test must not print it either.
void PrintTo(const Secret& secret, std::ostream* out);

template <typename Tag>
void PrintTo(const StrongId<Tag>& id, std::ostream* out)
{
    ::PrintTo(id.value, out);
}

template <typename T>
void PrintTo(const tl::expected<T, Error>& result, std::ostream* out)
{
    if (!result) {
        PrintTo(result.error(), out);
    } else if constexpr (std::is_void_v<T>) {
        *out << "(success)";
    } else {
        *out << ::testing::PrintToString(*result);
    }
}

} // namespace quorate
