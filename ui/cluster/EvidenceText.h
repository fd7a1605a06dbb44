// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/ReportGlue.h"

namespace quorate::ui {

/// Whose key signs evidence here, with the fingerprint that its readers compare; or why nothing is
/// signed.
QString evidenceText(const service::EvidenceIdentity& identity);

} // namespace quorate::ui
