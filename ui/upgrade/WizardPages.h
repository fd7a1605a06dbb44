// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/upgrade/PlanFacts.h"
#include "ui/upgrade/UpgradeController.h"

#include <QWidget>

class QButtonGroup;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace quorate::ui {

class Card;
class EmptyState;
class KeyValueList;
class ProgressRow;
class TableView;
class TextLabel;

/// One page of the wizard: shows the controller, holds nothing of its own.
class WizardPage : public QWidget {
    Q_OBJECT

public:
    WizardPage(const UiContext& context, UpgradeController& controller, QWidget* parent);
    virtual void refresh() = 0;

protected:
    [[nodiscard]] const Theme& theme() const { return m_context.theme; }
    const UiContext& m_context;
    UpgradeController& m_controller;
    QVBoxLayout* m_column = nullptr;
};

class PackagePage final : public WizardPage {
    Q_OBJECT

public:
    PackagePage(const UiContext& context, UpgradeController& controller, QWidget* parent);
    void refresh() override;

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void refreshProgress();
    QLineEdit* m_path = nullptr;
    QProgressBar* m_bar = nullptr;
    Card* m_card = nullptr;
    KeyValueList* m_facts = nullptr;
};

class MethodPage final : public WizardPage {
    Q_OBJECT

public:
    MethodPage(const UiContext& context, UpgradeController& controller, QWidget* parent);
    void refresh() override;

private:
    void showParameters(const procedure::Procedure* method);

    QButtonGroup* m_group = nullptr;
    KeyValueList* m_facts = nullptr;
    Card* m_parametersCard = nullptr;
    QWidget* m_parameters = nullptr;
    ProcedureId m_shownMethod{};
};

class ChecksPage final : public WizardPage {
    Q_OBJECT

public:
    ChecksPage(const UiContext& context, UpgradeController& controller, QWidget* parent);
    void refresh() override;

private:
    TextLabel* m_summary = nullptr;
    QPushButton* m_again = nullptr;
    TableView* m_table = nullptr;
    SnapshotTableModel<CheckRow>* m_model = nullptr;
};

class PlanPage final : public WizardPage {
    Q_OBJECT

public:
    PlanPage(const UiContext& context, UpgradeController& controller, QWidget* parent);
    void refresh() override;

private:
    QWidget* makeSide();
    void refreshWarnings();
    void forgetAnswers();
    void forgetWarnings();
    void exportPlan();
    LaneChart* m_lanes = nullptr;
    TableView* m_table = nullptr;
    SnapshotTableModel<StepRow>* m_model = nullptr;
    KeyValueList* m_facts = nullptr;
    TextLabel* m_simulation = nullptr;
    QVBoxLayout* m_warnings = nullptr;
    std::vector<procedure::PlanWarning> m_shownWarnings;
    TextLabel* m_consentLabel = nullptr;
    QLineEdit* m_consent = nullptr;
};

class StagingPage final : public WizardPage {
    Q_OBJECT

public:
    StagingPage(const UiContext& context, UpgradeController& controller, QWidget* parent);
    void refresh() override;

private:
    void refreshRows();
    TextLabel* m_summary = nullptr;
    QPushButton* m_button = nullptr;
    QVBoxLayout* m_rowLayout = nullptr;
    std::map<NodeId, ProgressRow*> m_rows;
};

} // namespace quorate::ui
