// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/ThemedWidget.h"

#include <vector>

namespace quorate::ui {

struct RingNode {
    QString id{};
    QString name{};
    QString stateWord{}; ///< "ready", "cannot be reached": spoken and in the tool tip
    Tone tone = Tone::Unknown;
    Glyph glyph = Glyph::Ring;
    bool leader = false;
    bool voter = true;
    bool operator==(const RingNode&) const = default;
};

struct RingLink {
    int from = 0; ///< index into nodes
    int to = 0;
    bool ok = true;    ///< both say they hear each other
    bool known = true; ///< one of them could be asked
    bool operator==(const RingLink&) const = default;
};

struct RingData {
    std::vector<RingNode> nodes{};
    std::vector<RingLink> links{};
    QString selectedId{};
    bool operator==(const RingData&) const = default;
};

/// The voters on a circle with the links between them. Click, or focus and arrow keys, chooses a
/// node. Its description says the same in words.
class QuorumRing final : public ThemedWidget {
    Q_OBJECT

public:
    explicit QuorumRing(const Theme& theme, QWidget* parent = nullptr);
    void setData(const RingData& data);
    [[nodiscard]] const RingData& data() const { return m_data; }
    void setSelectedId(const QString& id);
    /// "node-1, leader: ready. node-2: ready. node-3 is not linked to node-2."
    [[nodiscard]] QString textAlternative() const;
    [[nodiscard]] QPointF nodeCenter(int index) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void nodeChosen(const QString& id);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] int nodeAt(const QPointF& position) const;
    [[nodiscard]] double nodeRadius() const;
    void paintLinks(QPainter& painter) const;
    void paintNode(QPainter& painter, int index) const;
    void choose(int index);

    RingData m_data;
};

} // namespace quorate::ui
