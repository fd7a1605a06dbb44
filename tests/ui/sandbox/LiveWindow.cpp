// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sandbox/LiveWindow.h"

#include "app/sandbox/Files.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>

namespace quorate::ui {
namespace {

constexpr Millis kPoll{300}; ///< instead of two seconds: the cluster's minutes are short too

void collect(const QAbstractItemModel& model, const QModelIndex& parent, QStringList& lines)
{
    for (int row = 0; row < model.rowCount(parent); ++row) {
        for (int column = 0; column < model.columnCount(parent); ++column) {
            const QModelIndex index = model.index(row, column, parent);
            for (const int role : {Qt::DisplayRole, Qt::ToolTipRole, Qt::AccessibleTextRole}) {
                lines.append(index.data(role).toString());
            }
        }
        collect(model, model.index(row, 0, parent), lines);
    }
}

} // namespace

void LiveWindow::TearDown()
{
    if (!m_cluster.isUp()) {
        return;
    }
    const test::Canary canary = m_cluster.canary();
    if (m_window) {
        canary.expectNotIn(everyTextOf(*m_window), QStringLiteral("the window"));
    }
    closeProgram();
    EXPECT_GE(canary.expectNotBelow(home()), 1);
    (void)canary.expectNotInProcess(QCoreApplication::applicationPid());
}

void LiveWindow::openProgram()
{
    service::Services::Options options;
    options.home = home();
    options.userName = QStringLiteral("ops1");
    options.useKeychain = false;
    options.pollForeground = kPoll;
    auto opened = service::Services::open(options);
    ASSERT_TRUE(opened) << describe(opened.error()).toStdString();
    m_services = *std::move(opened);
    m_dialogs = std::make_unique<WidgetDialogs>(m_theme, nullptr);
    m_context = std::make_unique<UiContext>(UiContext{
        m_theme, *m_dialogs, m_services->clock(), m_services->clusters(), m_services->upgrades(),
        m_services->runs(), m_services->activity(),
        [this] { return m_services->evidenceIdentity(); }, nullptr, options.userName, home()});
    openWindow();
}

void LiveWindow::openWindow()
{
    m_window.reset();
    m_window = std::make_unique<MainWindow>(*m_context);
    m_dialogs->setParent(m_window.get());
    m_window->show();
}

void LiveWindow::closeProgram()
{
    m_window.reset();
    m_context.reset();
    m_dialogs.reset();
    m_services.reset();
    test::drainEvents();
}

void LiveWindow::connectCluster()
{
    window().openConnectDialog(cluster().folder() + QStringLiteral("/cluster.json"));
    ASSERT_TRUE(test::waitUntil([this] { return hasReady(3); }, kStepLimit));
}

QString LiveWindow::bareClusterFile() const
{
    auto file = sandbox::readObject(m_cluster.folder() + QStringLiteral("/cluster.json"))
                    .value_or(QJsonObject());
    QJsonObject practice = file.value(QStringLiteral("practice")).toObject();
    practice.remove(QStringLiteral("credentialsFile"));
    file.remove(QStringLiteral("ca"));
    file[QStringLiteral("practice")] = practice;
    return m_cluster.temporary().write(QStringLiteral("bare.json"), QJsonDocument(file).toJson());
}

ConnectDialog* LiveWindow::connectDialog() const { return m_window->findChild<ConnectDialog*>(); }

service::ClusterService* LiveWindow::service() const
{
    const auto id = m_window->currentCluster();
    return id ? m_services->clusters().service(*id) : nullptr;
}

bool LiveWindow::hasReady(int nodes) const
{
    const auto* now = service();
    return now != nullptr && now->status()->assessment.ready == nodes;
}

service::RunViewPtr LiveWindow::run() const
{
    const auto runs = m_services->runs().runs();
    return runs.empty() ? nullptr : runs.front();
}

QWidget* LiveWindow::visible(const QString& name) const
{
    for (QWidget* widget : QApplication::allWidgets()) {
        if (widget->objectName() == name && widget->isVisible()) {
            return widget;
        }
    }
    return nullptr;
}

bool LiveWindow::press(const QString& name, Millis limit)
{
    const auto found = [this, &name] {
        auto* button = qobject_cast<QAbstractButton*>(visible(name));
        return button != nullptr && button->isEnabled() ? button : nullptr;
    };
    if (!test::waitUntil([&] { return found() != nullptr; }, limit)) {
        ADD_FAILURE() << name.toStdString() << " could not be pressed; the window says:\n"
                      << spoken(*m_window).toStdString();
        return false;
    }
    found()->click();
    return true;
}

QString LiveWindow::spoken(const QWidget& widget)
{
    QStringList lines;
    for (const QLabel* label : widget.findChildren<QLabel*>()) {
        if (label->isVisibleTo(&widget) && !label->text().isEmpty()) {
            lines.append(label->text());
        }
    }
    return lines.join(QLatin1Char('\n'));
}

QString LiveWindow::everyTextOf(const QWidget& widget)
{
    QStringList lines;
    for (const QWidget* child : widget.findChildren<QWidget*>()) {
        lines << child->toolTip() << child->accessibleName() << child->accessibleDescription()
              << child->windowTitle();
        // Labels, buttons, fields (as shown, not as typed) and pages of text.
        for (const char* property : {"text", "displayText", "plainText", "title"}) {
            if (QLatin1String(property) == QLatin1String("text")
                && qobject_cast<const QLineEdit*>(child) != nullptr) {
                continue;
            }
            lines.append(child->property(property).toString());
        }
        if (const auto* view = qobject_cast<const QAbstractItemView*>(child);
            view != nullptr && view->model() != nullptr) {
            collect(*view->model(), {}, lines);
        }
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace quorate::ui
