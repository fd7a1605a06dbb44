// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/KubeClient.h"

namespace quorate::platform::kubernetes {

/// Bodies above this are parsed on a thread of the pool, so that a window never waits for them: our
/// measure is 16 ms a frame, and a processor of 2015 parses about 50 MB/s.
constexpr qsizetype kParseHereMax = 256 * 1024;

/// The answer's body as one JSON object, within kKubeJson, when `slim` without its bulk; the client's
/// label becomes context of an error. Answers on the thread of the client.
[[nodiscard]] Async<QJsonObject> parseAnswer(KubeClient& client, KubeAnswer answer, bool slim);

} // namespace quorate::platform::kubernetes
