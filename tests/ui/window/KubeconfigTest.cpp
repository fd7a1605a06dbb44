// SPDX-License-Identifier: GPL-3.0-or-later
// Connecting with a kubeconfig, through the dialog: contexts, programs, files that are wrong.
#include "tests/ui/window/WindowFixture.h"

#include "tests/support/TempDir.h"
#include "ui/common/Notices.h"
#include "ui/connect/ConnectDialog.h"

#include <QListWidget>

namespace quorate::ui {
namespace {

using State = ConnectController::State;

class KubeconfigDialog : public WindowFixture {
protected:
    void SetUp() override
    {
        open(fixtures::shopKube());
        service::ConnectOutcome done;
        done.cluster = clusters->clusters().front();
        clusters->nextOutcome = done;
    }
    /// Two contexts, the second one current, and two users: one with a token, one with a program.
    QString kubeconfig(const QByteArray& extra = {})
    {
        return folder.write(QStringLiteral("config"), R"(apiVersion: v1
kind: Config
current-context: shop
clusters:
- {name: c, cluster: {server: "https://10.30.0.11:6443"}}
users:
- {name: token, user: {token: abc}}
- name: program
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      interactiveMode: Never
      command: /bin/true
      args: [--cluster, shop]
contexts:
- {name: lab, context: {cluster: c, user: token}}
- {name: shop, context: {cluster: c, user: program}}
)" + extra);
    }
    ConnectDialog& openDialog(const QString& path)
    {
        window->openConnectDialog(path);
        dialog = window->findChild<ConnectDialog*>();
        test::drainEvents();
        return *dialog;
    }
    QString said() const
    {
        return dialog->findChild<NoticeBar*>(QStringLiteral("connectNotice"))->text();
    }
    void next() { dialog->findChild<QAbstractButton*>(QStringLiteral("nextButton"))->click(); }
    void choose(const char* name)
    {
        auto* list = dialog->findChild<QListWidget*>(QStringLiteral("contextList"));
        const auto found = list->findItems(QString::fromLatin1(name), Qt::MatchExactly);
        ASSERT_EQ(found.size(), 1);
        list->setCurrentItem(found.front());
        next();
    }

    test::TempDir folder;
    QPointer<ConnectDialog> dialog; ///< it goes by itself once it is connected
};

TEST_F(KubeconfigDialog, OffersTheContextsWithTheCurrentOneFirst)
{
    openDialog(kubeconfig());
    EXPECT_EQ(dialog->controller().state(), State::Context);
    auto* list = dialog->findChild<QListWidget*>(QStringLiteral("contextList"));
    ASSERT_EQ(list->count(), 2);
    EXPECT_TRUE(list->isVisible());
    EXPECT_EQ(list->currentItem()->text(), QStringLiteral("shop"));
    EXPECT_TRUE(clusters->requests.empty()) << "nothing is asked before the choice";
}

TEST_F(KubeconfigDialog, TheChosenContextIsTheOneThatIsConnected)
{
    openDialog(kubeconfig());
    choose("lab");
    ASSERT_TRUE(test::waitUntil([&] { return clusters->requests.size() == 1; }));
    EXPECT_EQ(clusters->requests[0].file.name, QStringLiteral("lab"));
    EXPECT_EQ(clusters->requests[0].file.platform, QStringLiteral("kubernetes"));
    EXPECT_EQ(clusters->requests[0].user, QStringLiteral("token"));
    ASSERT_NE(clusters->requests[0].password, nullptr);
}

TEST_F(KubeconfigDialog, AProgramIsShownWholeAndRunsOnlyAfterAYes)
{
    openDialog(kubeconfig());
    choose("shop");
    ASSERT_EQ(dialog->controller().state(), State::Program);
    auto* command = dialog->findChild<QLabel*>(QStringLiteral("programLabel"));
    EXPECT_TRUE(command->isVisible());
    EXPECT_TRUE(command->text().contains(QStringLiteral("/true"))) << command->text().toStdString();
    EXPECT_TRUE(command->text().contains(QStringLiteral("--cluster shop"))) << command->text().toStdString();
    EXPECT_TRUE(clusters->requests.empty());
    next();
    ASSERT_TRUE(test::waitUntil([&] { return clusters->requests.size() == 1; }));
    EXPECT_EQ(clusters->requests[0].user, QStringLiteral("program"));
}

TEST_F(KubeconfigDialog, AProgramCanBeRefused)
{
    openDialog(kubeconfig());
    choose("shop");
    ASSERT_EQ(dialog->controller().state(), State::Program);
    dialog->findChild<QAbstractButton*>(QStringLiteral("backButton"))->click();
    EXPECT_EQ(dialog->controller().state(), State::Source);
    dialog->controller().allowProgram();
    EXPECT_TRUE(clusters->requests.empty()) << "what was refused cannot be let run any more";
    dialog->findChild<QAbstractButton*>(QStringLiteral("cancelButton"))->click();
}

TEST_F(KubeconfigDialog, AWrongFileIsToldWithLineAndColumn)
{
    openDialog(folder.write(QStringLiteral("config"), "apiVersion: v1\nkind: Config\nusers:\n- abc\n"));
    EXPECT_EQ(dialog->controller().state(), State::Source);
    EXPECT_TRUE(said().contains(QStringLiteral("config:4:3: users[0]"))) << said().toStdString();
    EXPECT_TRUE(clusters->requests.empty());
    dialog->reject();
}

TEST_F(KubeconfigDialog, ADifferentKindOfFileIsNoKubeconfig)
{
    openDialog(folder.write(QStringLiteral("notes.txt"), "hello"));
    EXPECT_EQ(dialog->controller().state(), State::Source);
    EXPECT_FALSE(said().isEmpty());
    dialog->reject();
}

TEST_F(KubeconfigDialog, ARefusedTokenAsksForAnotherFileAndNotForAPassword)
{
    service::ConnectOutcome outcome;
    outcome.need = service::ConnectOutcome::Need::Password;
    outcome.reason = makeError(ErrorKind::Unauthorized, QStringLiteral("unauthorized"),
                               QStringLiteral("The API server does not know the token"));
    clusters->nextOutcome = outcome;
    openDialog(kubeconfig());
    choose("lab");
    ASSERT_TRUE(test::waitUntil([&] { return dialog->controller().state() == State::Source; }));
    EXPECT_TRUE(said().contains(QStringLiteral("does not know the token"))) << said().toStdString();
    dialog->reject();
}

} // namespace
} // namespace quorate::ui
