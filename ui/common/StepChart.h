// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/ThemedWidget.h"

#include "core/base/Time.h"

#include <vector>

namespace quorate::ui {

constexpr int kNotKnown = -1; ///< a value: nothing is drawn until the next point

/// From `at` on the value is `value`, until the next point.
struct StepPoint {
    TimePoint at{};
    int value = 0;
    bool operator==(const StepPoint&) const = default;
};

struct StepChartData {
    std::vector<StepPoint> observed{}; ///< solid
    std::vector<StepPoint> forecast{}; ///< dashed; starts where observed ends
    TimePoint start{};
    TimePoint end{};
    int majority = 0;
    int voters = 0; ///< top of the scale
    bool operator==(const StepChartData&) const = default;
};

/// Voters ready over time with the majority line: dips below it are drawn in the colour of bad.
class StepChart final : public ThemedWidget {
    Q_OBJECT

public:
    explicit StepChart(const Theme& theme, QWidget* parent = nullptr);
    void setData(const StepChartData& data);
    [[nodiscard]] const StepChartData& data() const { return m_data; }
    /// "3 of 3 voters ready from 10:00; 2 from 02:14 to 02:25 (majority is 2) …"
    [[nodiscard]] QString textAlternative() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

    /// Shared with the lane chart: draws into `area`, times from `start` to `end` across it.
    static void paintSteps(QPainter& painter, const QRectF& area, const StepChartData& data,
                           const Theme& theme, bool mirrored);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    StepChartData m_data;
};

/// "3 until 22:10, 2 until 22:17, 3" of a list of points.
[[nodiscard]] QString stepsInWords(const std::vector<StepPoint>& points);

} // namespace quorate::ui
