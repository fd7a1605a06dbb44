// SPDX-License-Identifier: GPL-3.0-or-later
// Connecting with a kubeconfig, through the dialog: contexts, programs, files that are wrong.
#include "tests/ui/window/WindowFixture.h"

#include "tests/support/TempDir.h"
#include "tests/transport/TestAuthority.h"
#include "ui/common/Notices.h"
#include "ui/common/TableView.h"
#include "ui/connect/ConnectDialog.h"

#include <QToolButton>

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
- {name: lab, context: {cluster: c, user: token, namespace: ops}}
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
        table()->selectId(QString::fromLatin1(name));
        ASSERT_EQ(table()->currentId(), QString::fromLatin1(name));
        next();
    }
    TableView* table() const
    {
        return dialog->findChild<TableView*>(QStringLiteral("contextTable"));
    }
    QLineEdit* field(const char* name) const
    {
        return dialog->findChild<QLineEdit*>(QString::fromLatin1(name));
    }
    void type(const char* name, const QString& words)
    {
        field(name)->selectAll();
        field(name)->insert(words); // as keys do: modified from then on
    }
    bool sent() const
    {
        return test::waitUntil([this] { return clusters->requests.size() == 1; });
    }

    test::TempDir folder;
    QPointer<ConnectDialog> dialog; ///< it goes by itself once it is connected
};

TEST_F(KubeconfigDialog, OffersTheContextsWithTheCurrentOneFirst)
{
    openDialog(kubeconfig());
    EXPECT_EQ(dialog->controller().state(), State::Context);
    ASSERT_EQ(table()->model()->rowCount(), 2);
    EXPECT_TRUE(table()->isVisible());
    EXPECT_EQ(table()->currentId(), QStringLiteral("shop"));
    EXPECT_EQ(table()->model()->index(0, 0).data().toString(), QStringLiteral("shop"));
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

TEST_F(KubeconfigDialog, TheNamespaceOfTheContextIsFilledInAndLeftToIt)
{
    openDialog(kubeconfig());
    EXPECT_EQ(field("leaseNamespaceEdit")->text(), QStringLiteral("default"));
    table()->selectId(QStringLiteral("lab"));
    EXPECT_EQ(field("leaseNamespaceEdit")->text(), QStringLiteral("ops"));
    next();
    ASSERT_TRUE(sent());
    EXPECT_EQ(clusters->requests[0].leaseNamespace, QString())
        << "of a known cluster it stays as it was";
    EXPECT_EQ(clusters->requests[0].etcd, nullptr);
}

TEST_F(KubeconfigDialog, AnotherNamespaceIsSentAndSurvivesTheChoiceOfAContext)
{
    openDialog(kubeconfig());
    type("leaseNamespaceEdit", QStringLiteral("maintenance"));
    choose("lab");
    ASSERT_TRUE(sent());
    EXPECT_EQ(clusters->requests[0].leaseNamespace, QStringLiteral("maintenance"));
}

TEST_F(KubeconfigDialog, ANamespaceThatCannotBeOneIsToldAndMayBeCorrected)
{
    openDialog(kubeconfig());
    type("leaseNamespaceEdit", QStringLiteral("My_Namespace"));
    choose("lab");
    EXPECT_EQ(dialog->controller().state(), State::Context);
    EXPECT_TRUE(said().contains(QStringLiteral("My_Namespace"))) << said().toStdString();
    EXPECT_EQ(field("leaseNamespaceEdit")->text(), QStringLiteral("My_Namespace"));
    EXPECT_EQ(table()->currentId(), QStringLiteral("lab"));
    type("leaseNamespaceEdit", QString());
    EXPECT_FALSE(dialog->findChild<QAbstractButton*>(QStringLiteral("nextButton"))->isEnabled());
    EXPECT_TRUE(clusters->requests.empty());
    type("leaseNamespaceEdit", QStringLiteral("mine"));
    next();
    ASSERT_TRUE(sent());
    EXPECT_EQ(clusters->requests[0].leaseNamespace, QStringLiteral("mine"));
}

TEST_F(KubeconfigDialog, OfAKnownClusterTheNamespaceThatItHasIsShown)
{
    auto status = *clusters->at(0).status();
    status.identity.name = QStringLiteral("lab");
    status.leaseNamespace = QStringLiteral("kept-here");
    clusters->at(0).setStatus(status);
    openDialog(kubeconfig());
    table()->selectId(QStringLiteral("lab"));
    EXPECT_EQ(field("leaseNamespaceEdit")->text(), QStringLiteral("kept-here"));
    dialog->reject();
}

TEST_F(KubeconfigDialog, EtcdIsFoldedAwayAtFirst)
{
    openDialog(kubeconfig());
    EXPECT_FALSE(field("etcdKeyEdit")->isVisible());
    dialog->findChild<QToolButton*>(QStringLiteral("etcdButton"))->click();
    EXPECT_TRUE(field("etcdKeyEdit")->isVisible());
    EXPECT_TRUE(field("etcdCertificateEdit")->isVisible());
    EXPECT_TRUE(field("etcdAuthorityEdit")->isVisible());
    dialog->reject();
}

TEST_F(KubeconfigDialog, EtcdsFilesAreCheckedTogetherAndSealed)
{
    const test::TestAuthority authority(QStringLiteral("Etcd CA"));
    const test::Identity client = authority.issue();
    const QString other = folder.write(QStringLiteral("other.key"), authority.issue().key.toPem());
    openDialog(kubeconfig());
    dialog->findChild<QToolButton*>(QStringLiteral("etcdButton"))->click();
    type("etcdCertificateEdit",
         folder.write(QStringLiteral("client.crt"), client.certificate.toPem()));
    choose("lab");
    EXPECT_EQ(dialog->controller().problem()->code, QStringLiteral("etcd-incomplete"));
    type("etcdKeyEdit", other);
    type("etcdAuthorityEdit",
         folder.write(QStringLiteral("ca.crt"), authority.certificate().toPem()));
    next();
    EXPECT_EQ(dialog->controller().state(), State::Context);
    EXPECT_TRUE(said().contains(other)) << said().toStdString();
    EXPECT_TRUE(clusters->requests.empty());
    type("etcdKeyEdit", folder.write(QStringLiteral("client.key"), client.key.toPem()));
    next();
    ASSERT_TRUE(sent());
    ASSERT_NE(clusters->requests[0].etcd, nullptr);
    EXPECT_TRUE(clusters->requests[0].etcd->reveal().contains(client.key.toPem().toBase64()));
}

TEST_F(KubeconfigDialog, ASingleContextIsShownTooBecauseOfWhatElseCanBeChosen)
{
    openDialog(folder.write(QStringLiteral("one"), R"(apiVersion: v1
kind: Config
current-context: only
clusters:
- {name: c, cluster: {server: "https://10.30.0.11:6443"}}
users:
- {name: token, user: {token: abc}}
contexts:
- {name: only, context: {cluster: c, user: token}}
)"));
    EXPECT_EQ(dialog->controller().state(), State::Context);
    next();
    ASSERT_TRUE(sent());
    EXPECT_EQ(clusters->requests[0].file.name, QStringLiteral("only"));
}

TEST_F(KubeconfigDialog, AProgramIsShownWholeAndRunsOnlyAfterAYes)
{
    openDialog(kubeconfig());
    choose("shop");
    ASSERT_EQ(dialog->controller().state(), State::Program);
    auto* command = dialog->findChild<QLabel*>(QStringLiteral("programLabel"));
    EXPECT_TRUE(command->isVisible());
    EXPECT_TRUE(command->text().contains(QStringLiteral("/true"))) << command->text().toStdString();
    EXPECT_TRUE(command->text().contains(QStringLiteral("--cluster shop")))
        << command->text().toStdString();
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
    openDialog(
        folder.write(QStringLiteral("config"), "apiVersion: v1\nkind: Config\nusers:\n- abc\n"));
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
