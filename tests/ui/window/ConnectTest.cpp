// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window/WindowFixture.h"

#include "tests/support/TempDir.h"
#include "ui/cluster/Pane.h"
#include "ui/connect/ConnectDialog.h"

#include <QCheckBox>

namespace quorate::ui {
namespace {

using State = ConnectController::State;

class Connect : public WindowFixture {
protected:
    void SetUp() override
    {
        open(fixtures::gatewayProd());
        controller = std::make_unique<ConnectController>(*context, nullptr);
    }
    QString clusterFile(const QByteArray& extra = {})
    {
        return folder.write(
            QStringLiteral("cluster.json"),
            R"({"format":"quorate-cluster/1","name":"lab","system":"mss","platform":"nodeadmin",)"
            R"("nodes":[{"id":"node-1","address":"https://127.0.0.1:9443"}])"
                + extra + "}");
    }
    service::ConnectOutcome needing(service::ConnectOutcome::Need need)
    {
        service::ConnectOutcome outcome;
        outcome.need = need;
        net::CertificateInfo info;
        info.subject = QStringLiteral("node-1");
        info.sha256 = QByteArray(32, 'x');
        outcome.certificates = {info};
        outcome.hostPorts = {QStringLiteral("127.0.0.1:9443")};
        return outcome;
    }
    service::ConnectOutcome done()
    {
        service::ConnectOutcome outcome;
        outcome.cluster = clusters->clusters().front();
        return outcome;
    }
    test::TempDir folder;
    std::unique_ptr<ConnectController> controller;
};

TEST_F(Connect, AFileLeadsStraightToTheClusterWhenAllIsKnown)
{
    clusters->nextOutcome = done();
    test::ValueSpy<ClusterId> connected(controller.get(), &ConnectController::connected);
    controller->useFile(clusterFile());
    ASSERT_TRUE(connected.waitForCount(1));
    EXPECT_EQ(controller->state(), State::Connected);
}

TEST_F(Connect, AFileWithASecretIsRefusedBeforeAnythingIsAsked)
{
    controller->useFile(clusterFile(R"(,"password":"x")"));
    EXPECT_EQ(controller->state(), State::Source);
    ASSERT_TRUE(controller->problem());
    EXPECT_EQ(controller->problem()->code, QStringLiteral("secret-in-file"));
    EXPECT_TRUE(clusters->requests.empty());
}

TEST_F(Connect, AnUnknownCertificateIsShownAndSentOnOnlyAfterAYes)
{
    clusters->nextOutcome = needing(service::ConnectOutcome::Need::Trust);
    controller->useFile(clusterFile());
    ASSERT_TRUE(test::waitUntil([&] { return controller->state() == State::Trust; }));
    ASSERT_EQ(clusters->requests.size(), 1U);
    EXPECT_TRUE(clusters->requests[0].acceptFingerprints.empty());
    clusters->nextOutcome = done();
    controller->acceptCertificates();
    ASSERT_TRUE(test::waitUntil([&] { return controller->state() == State::Connected; }));
    ASSERT_EQ(clusters->requests.size(), 2U);
    EXPECT_EQ(clusters->requests[1].acceptFingerprints,
              (std::vector<QByteArray>{QByteArray(32, 'x')}));
}

TEST_F(Connect, GoingBackForgetsTheAcceptedCertificates)
{
    clusters->nextOutcome = needing(service::ConnectOutcome::Need::Trust);
    controller->useFile(clusterFile());
    ASSERT_TRUE(test::waitUntil([&] { return controller->state() == State::Trust; }));
    controller->backToSource();
    EXPECT_EQ(controller->state(), State::Source);
    controller->acceptCertificates();
    EXPECT_EQ(clusters->requests.size(), 1U);
}

TEST_F(Connect, APasswordIsAskedForAndGivenOnce)
{
    clusters->nextOutcome = needing(service::ConnectOutcome::Need::Password);
    controller->useFile(clusterFile());
    ASSERT_TRUE(test::waitUntil([&] { return controller->state() == State::Password; }));
    clusters->nextOutcome = done();
    controller->givePassword(QStringLiteral("ops1"), Secret("pw"), false);
    ASSERT_TRUE(test::waitUntil([&] { return controller->state() == State::Connected; }));
    EXPECT_EQ(clusters->requests[1].user, QStringLiteral("ops1"));
    EXPECT_FALSE(clusters->requests[1].remember);
    EXPECT_EQ(clusters->requests[1].password->reveal(), QByteArray("pw"));
}

TEST_F(Connect, ARefusalComesBackToTheSourceWithItsReason)
{
    clusters->nextOutcome = fail(ErrorKind::Tls, QStringLiteral("certificate-expired"),
                                 QStringLiteral("The certificate has expired"));
    controller->useFile(clusterFile());
    ASSERT_TRUE(test::waitUntil([&] { return controller->state() == State::Source; }));
    EXPECT_EQ(controller->problem()->code, QStringLiteral("certificate-expired"));
}

TEST_F(Connect, AChangedCertificateIsDecidedAboutFromTheNoticeThatTellsOfIt)
{
    clusters->nextOutcome = needing(service::ConnectOutcome::Need::Trust);
    clusters->nextOutcome->reason =
        makeError(ErrorKind::Tls, QStringLiteral("certificate-changed"),
                  QStringLiteral("The certificate of node-1 has changed"));
    Q_EMIT find<Pane>("overviewPane")->linkChosen(QStringLiteral("trust"));
    auto* dialog = window->findChild<ConnectDialog*>();
    ASSERT_NE(dialog, nullptr);
    ASSERT_TRUE(test::waitUntil([&] { return dialog->controller().state() == State::Trust; }));
    EXPECT_TRUE(dialog->controller().isChange());
    ASSERT_EQ(clusters->requests.size(), 1U);
    EXPECT_EQ(clusters->requests[0].file.name, clusters->at(0).status()->identity.name);
    auto* next = dialog->findChild<QAbstractButton*>(QStringLiteral("nextButton"));
    EXPECT_FALSE(next->isEnabled());
    dialog->findChild<QCheckBox*>(QStringLiteral("comparedCheck"))->setChecked(true);
    clusters->nextOutcome = done();
    next->click();
    ASSERT_TRUE(test::waitUntil([&] { return clusters->requests.size() == 2U; }));
    EXPECT_EQ(clusters->requests[1].acceptFingerprints,
              (std::vector<QByteArray>{QByteArray(32, 'x')}));
}

TEST_F(Connect, AnAddressWithAPasswordInItIsNoAddress)
{
    controller->useAddress(QStringLiteral("https://me:pw@host"));
    EXPECT_EQ(controller->problem()->code, QStringLiteral("bad-address"));
    EXPECT_TRUE(clusters->requests.empty());
}

TEST_F(Connect, TheDialogTrustsOnlyWhatWasCompared)
{
    clusters->nextOutcome = needing(service::ConnectOutcome::Need::Trust);
    window->openConnectDialog(clusterFile());
    auto* dialog = window->findChild<ConnectDialog*>();
    ASSERT_NE(dialog, nullptr);
    ASSERT_TRUE(test::waitUntil([&] { return dialog->controller().state() == State::Trust; }));
    auto* next = dialog->findChild<QAbstractButton*>(QStringLiteral("nextButton"));
    EXPECT_FALSE(next->isEnabled());
    dialog->findChild<QCheckBox*>(QStringLiteral("comparedCheck"))->setChecked(true);
    EXPECT_TRUE(next->isEnabled());
    dialog->reject();
}

} // namespace
} // namespace quorate::ui
