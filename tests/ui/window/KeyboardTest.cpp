// SPDX-License-Identifier: GPL-3.0-or-later
// The whole program by keyboard: Tab reaches every control of every window, and each says what it
// is.
#include "tests/ui/window/WindowFixture.h"

#include "core/procedure/Loader.h"
#include "tests/support/TempDir.h"
#include "ui/common/WidgetDialogs.h"
#include "ui/connect/ConnectDialog.h"
#include "ui/upgrade/RunPage.h"
#include "ui/upgrade/UpgradePane.h"
#include "ui/upgrade/UpgradeWizard.h"

#include <QAccessible>
#include <QMenuBar>
#include <QTest>

#include <set>

namespace quorate::ui {
namespace {

constexpr int kControlsMax = 5000; ///< more would be a circle

/// For messages: what and where.
std::string nameOf(const QWidget* widget)
{
    QStringList parts;
    for (const QWidget* at = widget; at != nullptr && parts.size() < 4; at = at->parentWidget()) {
        parts.prepend(
            QStringLiteral("%1 \"%2\"")
                .arg(QString::fromLatin1(at->metaObject()->className()), at->objectName()));
    }
    return parts.join(QStringLiteral(" > ")).toStdString();
}

QString accessibleNameOf(QWidget* widget)
{
    auto* interface = QAccessible::queryAccessibleInterface(widget);
    return interface != nullptr ? interface->text(QAccessible::Name) : QString();
}

/// What Tab should stop at; of radio buttons in one group only the chosen one.
bool isStop(const QWidget* widget)
{
    return widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) != 0
           && widget->focusProxy() == nullptr && qobject_cast<const QMenuBar*>(widget) == nullptr;
}

/// Walks the focus chain of a window as it is shown now.
void expectEveryControlHasAName(QWidget& window)
{
    int count = 0;
    int steps = 0;
    QWidget* widget = &window;
    do {
        if (isStop(widget)) {
            ++count;
            EXPECT_FALSE(accessibleNameOf(widget).isEmpty())
                << "no accessible name: " << nameOf(widget);
        }
        widget = widget->nextInFocusChain();
    } while (widget != &window && ++steps < kControlsMax);
    EXPECT_LT(steps, kControlsMax);
    EXPECT_GT(count, 0) << nameOf(&window);
}

/// Presses Tab until it is where it began.
void expectTabReachesEveryControl(QWidget& window)
{
    QApplication::setActiveWindow(&window);
    std::set<const QWidget*> reached;
    for (int presses = 0; presses < kControlsMax; ++presses) {
        QTest::keyClick(QApplication::focusWidget() != nullptr ? QApplication::focusWidget()
                                                               : &window,
                        Qt::Key_Tab);
        if (!reached.insert(QApplication::focusWidget()).second) {
            break;
        }
    }
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        if (isStop(widget) && widget->window() == &window) {
            EXPECT_TRUE(reached.contains(widget)) << "Tab does not reach " << nameOf(widget);
        }
    }
}

class Keyboard : public WindowFixture {
protected:
    static void check(QWidget& window)
    {
        test::drainEvents();
        expectEveryControlHasAName(window);
        expectTabReachesEveryControl(window);
    }
};

TEST_F(Keyboard, EveryPane)
{
    open(fixtures::gatewayProd());
    for (const char* pane : {"overviewPane", "nodesPane", "upgradePane", "activityPane"}) {
        SCOPED_TRACE(pane);
        window->showPane(QString::fromLatin1(pane));
        check(*window);
    }
}

TEST_F(Keyboard, ThePaneAndTheDialogsOfKubernetes)
{
    open(fixtures::shopKube());
    clusters->at(0).offline().able = fixtures::kubeCapabilities();
    clusters->at(0).offline().nextInventory = fixtures::shopInventory();
    for (const char* pane : {"servicesPane", "nodesPane"}) {
        SCOPED_TRACE(pane);
        window->showPane(QString::fromLatin1(pane));
        check(*window);
    }
    const test::TempDir folder;
    window->openConnectDialog(folder.write(QStringLiteral("config"), R"(apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://a:1"}}]
users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /bin/true}}}]
contexts: [{name: one, context: {cluster: c, user: u}}, {name: two, context: {cluster: c, user: u}}]
)"));
    auto* dialog = window->findChild<ConnectDialog*>();
    ASSERT_EQ(dialog->controller().state(), ConnectController::State::Context);
    check(*dialog);
    dialog->controller().useContext(QStringLiteral("two"));
    ASSERT_EQ(dialog->controller().state(), ConnectController::State::Program);
    check(*dialog);
    dialog->reject();
}

TEST_F(Keyboard, EveryPageOfTheWizard)
{
    prepareUpgrade();
    open(fixtures::gatewayProd());
    window->showPane(QStringLiteral("upgradePane"));
    window->upgradePane().startWizard();
    auto& controller = window->upgradePane().wizard()->controller();
    controller.choosePackage(QStringLiteral("/nowhere/p.qpkg"));
    using Page = UpgradeController::Page;
    for (const Page page : {Page::Package, Page::Method, Page::Checks, Page::Plan, Page::Staging}) {
        SCOPED_TRACE(static_cast<int>(page));
        ASSERT_EQ(controller.page(), page);
        if (page == Page::Plan) {
            ASSERT_TRUE(test::waitUntil([&] { return controller.simulation().has_value(); }));
            for (const auto& warning : controller.warnings()) {
                controller.accept(warning.id, true);
            }
            controller.typeConsent(controller.consentWord());
        }
        check(*window);
        if (page != Page::Staging) {
            ASSERT_TRUE(test::waitUntil([&] { return controller.canGoOn(); }))
                << controller.whyNot().toStdString();
            controller.goOn();
        }
    }
}

TEST_F(Keyboard, TheRunThatWaitsAndTheOneThatHasEnded)
{
    runs.add(fixtures::runPausedWrongVersion());
    open(fixtures::gatewayProd());
    window->showPane(QStringLiteral("upgradePane"));
    check(*window);
    runs.update(fixtures::runSucceeded());
    check(*window);
}

TEST_F(Keyboard, EveryPageOfTheConnectDialog)
{
    open(fixtures::gatewayProd());
    for (const auto need :
         {service::ConnectOutcome::Need::Trust, service::ConnectOutcome::Need::Password}) {
        service::ConnectOutcome outcome;
        outcome.need = need;
        outcome.certificates.resize(1);
        outcome.certificates[0].sha256 = QByteArray(32, 'x');
        outcome.hostPorts = {QStringLiteral("127.0.0.1:9443")};
        clusters->nextOutcome = outcome;
        window->openConnectDialog();
        auto* dialog = window->findChild<ConnectDialog*>();
        check(*dialog);
        dialog->controller().useAddress(QStringLiteral("127.0.0.1"));
        ASSERT_TRUE(test::waitUntil([&] {
            return dialog->controller().state() == ConnectController::State::Trust
                   || dialog->controller().state() == ConnectController::State::Password;
        }));
        check(*dialog);
        dialog->reject();
        test::drainEvents();
    }
}

TEST_F(Keyboard, QuestionsAndMessages)
{
    open(fixtures::gatewayProd());
    WidgetDialogs real(theme, window.get());
    real.confirm({.title = QStringLiteral("Shut down node-2"),
                  .action = QStringLiteral("Shut down"),
                  .quorumSentence = QStringLiteral("3 of 3"),
                  .consequence = QStringLiteral("It stays off."),
                  .whatIsSent = QStringLiteral("shutdown"),
                  .typedName = QStringLiteral("node-2")},
                 [](bool) {});
    check(*window->findChild<QDialog*>(QStringLiteral("confirmDialog")));
    window->findChild<QDialog*>(QStringLiteral("confirmDialog"))->reject();
    real.showMessage({.tone = Tone::Warn,
                      .title = QStringLiteral("Refused"),
                      .text = QStringLiteral("Why."),
                      .details = QStringLiteral("rules")},
                     [] {});
    check(*window->findChild<QDialog*>(QStringLiteral("messageDialog")));
}

TEST_F(Keyboard, EveryActionIsInAMenu)
{
    open(fixtures::gatewayProd());
    std::set<QString> inMenus;
    std::function<void(const QMenu&)> walk = [&](const QMenu& menu) {
        for (const QAction* action : menu.actions()) {
            EXPECT_TRUE(action->isSeparator() || !action->text().isEmpty());
            inMenus.insert(action->objectName());
            if (action->menu() != nullptr) {
                walk(*action->menu());
            }
        }
    };
    for (const QAction* top : window->menuBar()->actions()) {
        EXPECT_TRUE(top->text().contains(QLatin1Char('&')))
            << "no mnemonic: " << top->text().toStdString();
        walk(*top->menu());
    }
    for (const char* name :
         {"connectAction", "refreshAction", "upgradeAction", "drainAction", "resumeAction",
          "rebootAction", "shutdownAction", "closeAction", "aboutAction"}) {
        EXPECT_TRUE(inMenus.contains(QString::fromLatin1(name))) << name;
    }
}

} // namespace
} // namespace quorate::ui
