// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/StepChart.h"

#include <optional>

namespace quorate::ui {

enum class SegmentState {
    Planned,
    Running,
    Waiting,
    Done,
    Failed,
    Skipped
}; ///< Waiting: for a person

struct LaneSegment {
    QString id{};
    QString label{}; ///< "Install"
    TimePoint start{};
    TimePoint end{}; ///< of a running one: when it is expected to end
    SegmentState state = SegmentState::Planned;
    QString detail{}; ///< tool tip and spoken: what it waits for, since when, its limit
    bool operator==(const LaneSegment&) const = default;
};

struct Lane {
    QString id{};
    QString title{}; ///< "node-1", "cluster"
    bool leader = false;
    std::vector<LaneSegment> segments{};
    bool operator==(const Lane&) const = default;
};

struct LaneChartData {
    std::vector<Lane> lanes{};
    StepChartData voters{}; ///< its start and end are set to the chart's
    TimePoint start{};
    TimePoint end{};
    std::optional<TimePoint> now{};
    bool operator==(const LaneChartData&) const = default;
};

/// The run view: a lane a node and one for the cluster, done, running and planned by fill, glyph
/// and dash, the now-line, and under it voters ready, solid as seen and dashed as forecast.
/// Ctrl+wheel or + and − zoom, 0 fits; arrow keys go from segment to segment; every segment is
/// spoken.
class LaneChart final : public ThemedWidget {
    Q_OBJECT

public:
    explicit LaneChart(const Theme& theme, QWidget* parent = nullptr);
    void setData(const LaneChartData& data);
    [[nodiscard]] const LaneChartData& data() const { return m_data; }
    [[nodiscard]] QString textAlternative() const;
    [[nodiscard]] QString currentSegmentId() const;
    void setCurrentSegmentId(const QString& id);
    void zoomToFit();
    void zoomBy(double factor, double anchor = 0.5); ///< anchor: 0 start, 1 end of what is visible

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Where a segment is drawn; empty when it is not known or out of sight.
    [[nodiscard]] QRectF segmentRect(const QString& id) const;

Q_SIGNALS:
    void segmentChosen(const QString& id);
    void segmentActivated(const QString& id); ///< Enter or double click

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Position {
        int lane = -1;
        int segment = -1;
        [[nodiscard]] bool isValid() const { return lane >= 0 && segment >= 0; }
        bool operator==(const Position&) const = default;
    };
    [[nodiscard]] QRectF plotRect() const;
    [[nodiscard]] QRectF votersRect() const;
    [[nodiscard]] double titleWidth() const;
    [[nodiscard]] double x(TimePoint at) const;
    [[nodiscard]] QRectF rectOf(const Position& position) const;
    [[nodiscard]] Position positionAt(const QPointF& point) const;
    [[nodiscard]] Position positionOf(const QString& id) const;
    [[nodiscard]] QString spoken(const Position& position) const;
    void paintAxis(QPainter& painter) const;
    void paintLane(QPainter& painter, int lane) const;
    void paintSegment(QPainter& painter, const Position& position) const;
    void paintVoters(QPainter& painter) const;
    void paintNow(QPainter& painter) const;
    [[nodiscard]] QString nowLabel() const;
    [[nodiscard]] QRectF nowLabelRect() const;
    void moveCurrent(int laneStep, int segmentStep);
    void setCurrent(const Position& position);
    void panBy(Millis by);

    LaneChartData m_data;
    TimePoint m_visibleStart;
    TimePoint m_visibleEnd;
    bool m_fit = true;
    QString m_currentId;
    double m_dragX = 0;
};

/// "done", "running" … translated.
[[nodiscard]] QString segmentStateWord(SegmentState state);
[[nodiscard]] Tone segmentTone(SegmentState state);
[[nodiscard]] Glyph segmentGlyph(SegmentState state);

} // namespace quorate::ui
