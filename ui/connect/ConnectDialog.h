// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/connect/ConnectController.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace quorate::ui {

class CertificateView;
class KubeconfigPage;
class NoticeBar;
class TextLabel;

/// The view of ConnectController. Opened, never executed; deletes itself when closed.
class ConnectDialog final : public QDialog {
    Q_OBJECT

public:
    ConnectDialog(const UiContext& context, QWidget* parent);
    void setClusterFile(const QString& path); ///< fills the field and goes on at once
    /// Goes on at once with a cluster that is connected already (ConnectController::useKnown).
    void setKnown(const ClusterFile& file, const QString& user);
    [[nodiscard]] ConnectController& controller() { return *m_controller; }

Q_SIGNALS:
    void connected(const quorate::ClusterId& id);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeSourcePage();
    QWidget* makeWorkingPage();
    QWidget* makeTrustPage();
    QWidget* makePasswordPage();
    QWidget* makeProgramPage();
    void refresh();
    void goOn();

    const UiContext& m_context;
    ConnectController* m_controller = nullptr;
    TextLabel* m_title = nullptr;
    NoticeBar* m_notice = nullptr;
    QStackedWidget* m_pages = nullptr;
    QLineEdit* m_source = nullptr;
    CertificateView* m_certificates = nullptr;
    QCheckBox* m_compared = nullptr;
    QLineEdit* m_user = nullptr;
    QLineEdit* m_password = nullptr;
    QCheckBox* m_remember = nullptr;
    KubeconfigPage* m_kubeconfig = nullptr;
    TextLabel* m_program = nullptr;
    QPushButton* m_back = nullptr;
    QPushButton* m_next = nullptr;
};

} // namespace quorate::ui
