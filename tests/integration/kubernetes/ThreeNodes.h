// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/integration/kubernetes/LabPlatform.h"

namespace quorate::platform::kubernetes {

/// Three nodes that are all there is: workloads run on the control plane.
class ThreeNodes : public LabPlatform {
protected:
    static void SetUpTestSuite() { startLab(3, 0); }
};

} // namespace quorate::platform::kubernetes
