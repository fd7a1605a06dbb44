// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/upgrade/UpgradeController.h"

#include <QWidget>

class QPushButton;
class QStackedWidget;

namespace quorate::ui {

class NoticeBar;
class TextLabel;
class WizardPage;

/// The frame of the wizard: step names on top, a page, Back and Next with the reason when one
/// cannot go on.
class UpgradeWizard final : public QWidget {
    Q_OBJECT

public:
    UpgradeWizard(const UiContext& context, service::ClusterService& cluster, QWidget* parent);
    [[nodiscard]] UpgradeController& controller() { return *m_controller; }

Q_SIGNALS:
    void started(const quorate::RunId& id);
    void closed();

private:
    void refresh();
    [[nodiscard]] QString nextText() const;
    QWidget* makeFooter();

    const UiContext& m_context;
    UpgradeController* m_controller = nullptr;
    std::vector<TextLabel*> m_stepNames;
    std::vector<WizardPage*> m_pages;
    NoticeBar* m_notice = nullptr;
    QStackedWidget* m_stack = nullptr;
    TextLabel* m_reason = nullptr;
    QPushButton* m_back = nullptr;
    QPushButton* m_next = nullptr;
};

} // namespace quorate::ui
