// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/KubeClient.h"

namespace quorate::platform::kubernetes {

/// Bodies above this are parsed on a thread of the pool, so that a window never waits for them: our
/// measure is 16 ms a frame, and a processor of 2015 parses about 50 MB/s.
constexpr qsizetype kParseHereMax = 256 * 1024;

/// The body of a 2xx answer as one JSON object, within kKubeJson, when `slim` without its bulk; the
/// client's label becomes context of an error. Of another answer its error. Answers on the thread
/// of the client.
[[nodiscard]] Async<QJsonObject> parseAnswer(KubeClient& client, KubeAnswer answer, bool slim);

/// Where a list that comes in pages stands. Pure.
class ListCursor {
public:
    static constexpr int kPagesMax =
        10'000; ///< our own; a page may be empty, and tokens may go round in a ring

    explicit ListCursor(int itemsMax)
        : m_itemsMax(itemsMax)
    {}

    /// Protocol "answer-too-large" for more objects or pages than that, or a page that leads to
    /// itself.
    [[nodiscard]] Result<void> take(const QJsonObject& page);
    /// The continue token of the next page; empty: that was the last.
    [[nodiscard]] const QString& next() const { return m_next; }
    /// The same of a page's text, without reading its items: API servers write it before them.
    /// Empty when it is not there, or when that is not certain.
    [[nodiscard]] static QString peek(const QByteArray& body);
    [[nodiscard]] const KubeListEnd& end() const { return m_end; }

private:
    int m_itemsMax;
    int m_pages = 0;
    QString m_next;
    KubeListEnd m_end;
};

} // namespace quorate::platform::kubernetes
