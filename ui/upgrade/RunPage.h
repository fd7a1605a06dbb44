// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/upgrade/PlanFacts.h"

#include "ui/common/UiContext.h"

#include <QWidget>

class QHBoxLayout;
class QPushButton;
class QVBoxLayout;

namespace quorate::ui {

class Card;
class KeyValueList;
class NoticeBar;
class TableView;
class TextLabel;

/// A run: lanes and the voters-ready line, steps with what each waits for, what is open, what a
/// person can do now; at the end the report (look/run.png).
class RunPage final : public QWidget {
    Q_OBJECT

public:
    RunPage(const UiContext& context, QWidget* parent);
    void showRun(const std::optional<RunId>& id);
    [[nodiscard]] const std::optional<RunId>& run() const { return m_run; }
    void refresh();

Q_SIGNALS:
    void closed();

private:
    QWidget* makeHead();
    QWidget* makeSide();
    void refreshOffers(const run::RunView& view);
    void refreshAttention(const run::RunView& view);
    void refreshSide(const run::RunView& view);
    void refreshSteps(const run::RunView& view);
    void offer(const run::CommandOffer& offer);
    void send(const RunId& id, run::RunCommand command);
    void confirmRestored();
    void exportReport();
    void onReportSaved(const QStringList& files);

    const UiContext& m_context;
    std::optional<RunId> m_run;
    TextLabel* m_title = nullptr;
    TextLabel* m_meta = nullptr;
    QHBoxLayout* m_offerRow = nullptr;
    std::vector<run::CommandOffer> m_offers;
    NoticeBar* m_attention = nullptr;
    LaneChart* m_lanes = nullptr;
    TableView* m_table = nullptr;
    SnapshotTableModel<StepRow>* m_model = nullptr;
    Card* m_nowCard = nullptr;
    TextLabel* m_now = nullptr;
    KeyValueList* m_obligations = nullptr;
    QPushButton* m_restored = nullptr;
    TextLabel* m_undo = nullptr;
    QPushButton* m_report = nullptr;
    QString m_followed; ///< the step that the table was scrolled to
};

} // namespace quorate::ui
