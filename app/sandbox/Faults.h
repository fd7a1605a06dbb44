// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace quorate::sandbox {

/// Faults are files in DIR/node-N/faults/, looked at anew each time, so that a test or a person can
/// switch them under a running node.
namespace fault {
inline constexpr const char* kHang = "hang";       ///< accepts, never answers
inline constexpr const char* kGarbage = "garbage"; ///< truncated or not JSON
inline constexpr const char* kHttp500 = "http-500";
inline constexpr const char* kCutUpload =
    "cut-upload"; ///< drops the connection in the middle of a PATCH
inline constexpr const char* kDiskFull = "disk-full";
inline constexpr const char* kReturnsOld =
    "returns-old"; ///< the old version runs after the restart
inline constexpr const char* kNeverReturns = "never-returns"; ///< a restart ends the node for good
inline constexpr const char* kVerifyFails =
    "verify-fails"; ///< the upgrade ends, its verification fails
inline constexpr const char* kOtherCertificate = "other-certificate"; ///< from a CA nobody knows
inline constexpr const char* kSlow = "slow"; ///< 3 s an answer, uploads throttled
} // namespace fault

class Faults {
public:
    explicit Faults(QString nodeFolder);
    [[nodiscard]] bool has(const char* name) const;
    [[nodiscard]] static QStringList names();
    [[nodiscard]] QStringList active() const;
    [[nodiscard]] QString folder() const { return m_folder; }

private:
    QString m_folder;
};

} // namespace quorate::sandbox
