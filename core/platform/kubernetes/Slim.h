// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace quorate::platform::kubernetes {

/// The JSON text of Nodes, or of a list or watch of them, without the members that make most of it
/// and that we never read: managedFields, images, capacity and the like. Done on the text, before
/// anything is allocated for them: of 5 KB a node 2 KB are left. Only members whose value is an
/// object or a list go, so that labels of those names stay.
///
/// Text that is not well-formed as far as we look comes back as it is: the parser says what is
/// wrong with it.
[[nodiscard]] QByteArray withoutBulk(const QByteArray& text);

} // namespace quorate::platform::kubernetes
