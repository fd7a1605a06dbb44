// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace quorate::sandbox {

enum class Access { Everyone, OwnerOnly };

/// Writes a sibling, syncs it, renames it over `path` and syncs the folder: after a power cut the
/// file is the old or the new one, never a part.
[[nodiscard]] Result<void> writeDurably(const QString& path, const QByteArray& bytes,
                                        Access access = Access::Everyone);
[[nodiscard]] Result<void> writeDurably(const QString& path, const QJsonObject& object,
                                        Access access = Access::Everyone);
[[nodiscard]] Result<QByteArray> readFile(const QString& path, qint64 bytesMax = 16 * 1024 * 1024);
[[nodiscard]] Result<QJsonObject> readObject(const QString& path);
[[nodiscard]] Result<void> makeFolder(const QString& path, Access access = Access::Everyone);

/// `bytes` random bytes as lower-case hex, from OpenSSL's generator.
QString randomHex(int bytes);
QString sha256Hex(const QByteArray& bytes);
/// What users.json keeps of a password (PBKDF2), so that a copied folder does not give it away.
QByteArray passwordHash(const QByteArray& password, const QByteArray& salt);

} // namespace quorate::sandbox
