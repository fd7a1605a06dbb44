// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/package/Signature.h"

class QIODevice;

namespace quorate::package::detail {

using Progress = std::function<void(qint64, qint64)>;

struct Inputs {
    qint64 sizeBytes = 0;
    QByteArray signature; ///< DER
    const PublisherTrust& trust;
    TimePoint now;
};

/// What inspectPackage does once the files are open; a seam for tests that count reads. The device
/// is read forward, once.
[[nodiscard]] Result<Package> inspectDevice(QIODevice& device, const Inputs& inputs,
                                            const Progress& progress, const std::stop_token& stop);

} // namespace quorate::package::detail
