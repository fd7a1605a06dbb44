// SPDX-License-Identifier: GPL-3.0-or-later
// Who may do what in the lab: tokens that end, users that may only look, certificates that are
// replaced.
#include "tests/lab/SmokeFixture.h"

#include <QFile>
#include <QProcess>

#include <curl/curl.h>

namespace quorate::labtest {
namespace {

using test::waitUntil;

/// The status of a request with a bearer token, by the command line's curl.
int statusWithToken(const KubeLab& lab, const QString& token, const QStringList& more = {})
{
    QProcess curl;
    QStringList arguments{QStringLiteral("-sS"),
                          QStringLiteral("--max-time"),
                          QStringLiteral("5"),
                          QStringLiteral("-o"),
                          QStringLiteral("/dev/null"),
                          QStringLiteral("-w"),
                          QStringLiteral("%{http_code}"),
                          QStringLiteral("--cacert"),
                          lab.path(QStringLiteral("pki/ca.crt")),
                          QStringLiteral("-H"),
                          QStringLiteral("Authorization: Bearer ") + token};
    arguments += more;
    arguments << QStringLiteral("https://%1:6443/api/v1/nodes/%2").arg(lab.address(1), nodeName(1));
    curl.start(QStringLiteral("curl"), arguments);
    curl.waitForFinished();
    return curl.readAllStandardOutput().toInt();
}

QString staticToken(const KubeLab& lab, const QString& user)
{
    QFile file(lab.path(QStringLiteral("pki/%1.token").arg(user)));
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll()).trimmed()
                                          : QString();
}

} // namespace

TEST_F(LabSmoke, aTokenEndsWhenItsTimeIsOver)
{
    EXPECT_EQ(
        post(QStringLiteral("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
             R"({"metadata":{"name":"guest"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io",
                   "kind":"ClusterRole","name":"quorate:viewer"},"subjects":[{"kind":"ServiceAccount",
                   "namespace":"default","name":"guest"}]})"),
        201);
    const QString token = lab().act({QStringLiteral("token"), QStringLiteral("default"),
                                     QStringLiteral("guest"), QStringLiteral("8")});
    EXPECT_EQ(statusWithToken(lab(), token), 200);
    EXPECT_TRUE(waitUntil([&] { return statusWithToken(lab(), token) == 401; }, kSettled));
}

TEST_F(LabSmoke, aViewerMayLookAndNothingElse)
{
    const QString token = staticToken(lab(), QStringLiteral("static-viewer"));
    EXPECT_EQ(statusWithToken(lab(), token), 200);
    EXPECT_EQ(statusWithToken(lab(), token, {QStringLiteral("-X"), QStringLiteral("DELETE")}), 403);
    EXPECT_EQ(statusWithToken(lab(), QStringLiteral("made-up")), 401);
}

TEST_F(LabSmoke, aRevokedTokenIsNotAcceptedAnyMore)
{
    const QString token = staticToken(lab(), QStringLiteral("static-admin"));
    EXPECT_EQ(statusWithToken(lab(), token), 200);
    lab().act({QStringLiteral("revoke"), QStringLiteral("static-admin")});
    EXPECT_EQ(statusWithToken(lab(), token), 401);
}

TEST_F(LabSmoke, anAuthorityIsReplacedWithEverythingItSigned)
{
    const LabIdentity former{lab().path(QStringLiteral("pki/former.crt")),
                             lab().path(QStringLiteral("pki/admin.crt")),
                             lab().path(QStringLiteral("pki/admin.key"))};
    ASSERT_TRUE(QFile::copy(lab().path(QStringLiteral("pki/ca.crt")), former.authority));
    lab().act({QStringLiteral("new-ca")});
    LabCall call;
    call.path = QStringLiteral("/version");
    const QString origin = QStringLiteral("https://%1:6443").arg(lab().address(1));
    EXPECT_EQ(sendCall(origin, former, call).curl, CURLE_PEER_FAILED_VERIFICATION);
    EXPECT_EQ(lab().send(1, call).status, 200);
    EXPECT_TRUE(QFile::exists(lab().path(QStringLiteral("kubeconfig.old/admin"))));
}

} // namespace quorate::labtest
