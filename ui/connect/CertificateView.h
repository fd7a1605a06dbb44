// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/TrustStore.h"
#include "ui/common/Theme.h"

#include <QScrollArea>

namespace quorate::ui {

/// Certificates as a person judges them: who, by whom, for which names, until when, and the
/// fingerprint to compare.
class CertificateView final : public QScrollArea {
    Q_OBJECT

public:
    CertificateView(const Theme& theme, QWidget* parent);
    /// Hosts that served the same certificate are shown as one entry.
    void setCertificates(const std::vector<net::CertificateInfo>& certificates,
                         const std::vector<QString>& hostPorts);

private:
    const Theme& m_theme;
};

} // namespace quorate::ui
