// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/platform/kubernetes/Kubeconfig.h"
#include "tests/support/TempDir.h"
#include "tests/transport/TestAuthority.h"

#include <QDir>

namespace quorate::platform::kubernetes {
namespace {

const test::TestAuthority& authority()
{
    static const test::TestAuthority made(QStringLiteral("Cluster CA"));
    return made;
}

const test::Identity& client(bool rsa)
{
    const auto make = [](bool wanted) {
        test::IdentityOptions options;
        options.name = QStringLiteral("ops");
        options.rsa = wanted;
        return authority().issue(options);
    };
    static const test::Identity ec = make(false);
    static const test::Identity withRsa = make(true);
    return rsa ? withRsa : ec;
}

QByteArray head(const QByteArray& current = "one")
{
    return "apiVersion: v1\nkind: Config\ncurrent-context: " + current + "\n";
}

/// A file of one cluster, one user and one context: the lines of the cluster from line 6, those of
/// the user from line 9 + the cluster's (when it has one line: 10).
QByteArray config(const QByteArray& cluster, const QByteArray& user)
{
    return head() + "clusters:\n- name: c\n  cluster:\n    " + cluster
           + "\nusers:\n- name: u\n  user:\n    " + user
           + "\ncontexts:\n- name: one\n  context: {cluster: c, user: u}\n";
}

const QByteArray kServer = "server: https://10.0.0.1:6443";

Result<ResolvedContext> resolved(const QByteArray& text, const QString& context = {})
{
    return Kubeconfig::parse(text, QStringLiteral("/etc/k/conf"))
        .and_then([&](const Kubeconfig& read) { return read.resolve(context); });
}

QByteArray revealed(const SecretPtr& secret) { return secret ? secret->reveal() : QByteArray(); }

TEST(Kubeconfig, ReadsWhatAContextNeeds)
{
    const auto made = resolved(
        config("server: https://10.0.0.1:6443/k8s/clusters/c-1/\n    tls-server-name: kubernetes\n"
               "    proxy-url: socks5://proxy:1080",
               "token: abc\n    as: boss\n    as-uid: '7'\n    as-groups: [g1, g2]\n"
               "    as-user-extra: {reason: [test]}"));
    ASSERT_TRUE(made.has_value()) << testing::PrintToString(made.error());
    EXPECT_EQ(made->context, QStringLiteral("one"));
    EXPECT_EQ(made->cluster, QStringLiteral("c"));
    EXPECT_EQ(made->user, QStringLiteral("u"));
    EXPECT_EQ(made->server, QUrl(QStringLiteral("https://10.0.0.1:6443/k8s/clusters/c-1")));
    EXPECT_EQ(made->tlsServerName, QStringLiteral("kubernetes"));
    EXPECT_EQ(made->proxy, QUrl(QStringLiteral("socks5://proxy:1080")));
    EXPECT_EQ(made->nameSpace, QStringLiteral("default"));
    EXPECT_EQ(revealed(made->identity.token), "abc");
    EXPECT_EQ(made->identity.impersonation.user, QStringLiteral("boss"));
    EXPECT_EQ(made->identity.impersonation.uid, QStringLiteral("7"));
    EXPECT_EQ(made->identity.impersonation.groups,
              QStringList({QStringLiteral("g1"), QStringLiteral("g2")}));
    ASSERT_EQ(made->identity.impersonation.extra.size(), 1U);
    EXPECT_TRUE(made->trust.authorities.isEmpty());
    EXPECT_FALSE(made->trust.pinNeeded);
    EXPECT_TRUE(made->warnings.isEmpty());
}

TEST(Kubeconfig, ReadsJsonAlsoWithTabs)
{
    const auto made = resolved(
        "{\n\t\"kind\": \"Config\", \"apiVersion\": \"v1\", \"current-context\": \"x\",\n"
        "\t\"clusters\": [{\"name\": \"c\", \"cluster\": {\"server\": \"https:\\/\\/a:1\"}}],\n"
        "\t\"users\": [{\"name\": \"u\", \"user\": {\"token\": \"a\\tb\"}}],\n"
        "\t\"contexts\": [{\"name\": \"x\", \"context\": {\"cluster\": \"c\", \"user\": \"u\","
        " \"namespace\": \"prod\"}}]\n}\n");
    ASSERT_TRUE(made.has_value()) << testing::PrintToString(made.error());
    EXPECT_EQ(made->server, QUrl(QStringLiteral("https://a:1")));
    EXPECT_EQ(revealed(made->identity.token), "a\tb");
    EXPECT_EQ(made->nameSpace, QStringLiteral("prod"));
}

TEST(Kubeconfig, AliasesStandForWhatTheyName)
{
    const auto made =
        resolved(head()
                 + "x-shared: &c {server: 'https://a:1'}\nclusters:\n- {name: c, cluster: *c}\n"
                   "contexts: [{name: one, context: {cluster: c}}]\n---\nkind: Secret\n");
    ASSERT_TRUE(made.has_value()) << testing::PrintToString(made.error());
    EXPECT_EQ(made->server, QUrl(QStringLiteral("https://a:1")));
}

TEST(Kubeconfig, WordsThatOldYamlTakesForTruthValuesAreNames)
{
    const auto made = resolved(head("y")
                               + "clusters: [{name: on, cluster: {server: 'https://a'}}]\n"
                                 "contexts: [{name: y, context: {cluster: on}}]\n");
    ASSERT_TRUE(made.has_value()) << testing::PrintToString(made.error());
    EXPECT_EQ(made->context, QStringLiteral("y"));
    EXPECT_EQ(made->cluster, QStringLiteral("on"));
}

TEST(Kubeconfig, UnknownFieldsAreNotedWithTheirPlaces)
{
    const auto read = Kubeconfig::parse(config(kServer + "\n    colour: blue", "token: t"),
                                        QStringLiteral("/etc/k/conf"));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->notes(), QStringList({QStringLiteral(
                                 "/etc/k/conf:8:5: the field clusters[0].cluster.colour is "
                                 "not known and not used")}));
}

TEST(Kubeconfig, AnEmptyFileIsAConfigurationOfNothing)
{
    const auto read = Kubeconfig::parse(" \n", QStringLiteral("f"));
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(read->contexts().empty());
    EXPECT_EQ(read->resolve().error().message, QStringLiteral("f: it names no current context"));
}

TEST(Kubeconfig, NamesWithoutSchemeAreHttps)
{
    const auto made = resolved(config("server: 10.0.0.1:6443", "{}"));
    ASSERT_TRUE(made.has_value()) << testing::PrintToString(made.error());
    EXPECT_EQ(made->server, QUrl(QStringLiteral("https://10.0.0.1:6443")));
}

TEST(Kubeconfig, SkippingVerificationNeedsAPin)
{
    const auto made =
        resolved(config(kServer + "\n    insecure-skip-tls-verify: true", "token: t"));
    ASSERT_TRUE(made.has_value()) << testing::PrintToString(made.error());
    EXPECT_TRUE(made->trust.pinNeeded);
    EXPECT_EQ(made->warnings.size(), 1);
}

TEST(Kubeconfig, RelativeFilesAreTakenFromTheFoldersOfTheirKubeconfig)
{
    const test::TempDir folder;
    folder.write(QStringLiteral("a/pki/ca.crt"), authority().certificate().toPem());
    folder.write(QStringLiteral("a/pki/me.crt"), client(true).certificate.toPem());
    folder.write(QStringLiteral("a/pki/me.key"), client(true).key.toPem());
    const QString file =
        folder.write(QStringLiteral("a/conf"),
                     config(kServer + "\n    certificate-authority: pki/ca.crt",
                            "client-certificate: ./pki/me.crt\n    client-key: pki/../pki/me.key\n"
                            "    tokenFile: pki/me.crt\n    exec: {command: ./bin/login}"));
    const auto read = Kubeconfig::load(file);
    ASSERT_TRUE(read.has_value()) << testing::PrintToString(read.error());
    const KubeUser& user = read->users().front();
    EXPECT_EQ(user.exec->command, folder.path(QStringLiteral("a/bin/login")));
    EXPECT_EQ(user.tokenFile, folder.path(QStringLiteral("a/pki/me.crt")));
    EXPECT_EQ(user.key.path, folder.path(QStringLiteral("a/pki/me.key")));
    EXPECT_EQ(read->clusters().front().authority.path, folder.path(QStringLiteral("a/pki/ca.crt")));
}

TEST(Kubeconfig, OfAListTheFirstWinsWhole)
{
    const test::TempDir folder;
    const QString first =
        folder.write(QStringLiteral("1"),
                     "kind: Config\nclusters: [{name: c, cluster: {server: 'https://a:1'}}]\n"
                     "users: [{name: u, user: {}}]\n"
                     "contexts: [{name: x, context: {cluster: c, user: u}}]\n");
    const QString second =
        folder.write(QStringLiteral("2"),
                     "current-context: other\n"
                     "clusters: [{name: c, cluster: {server: 'https://b:1', tls-server-name: n}}]\n"
                     "users: [{name: u, user: {token: t}}]\n"
                     "contexts: [{name: x, context: {cluster: c, user: u, namespace: n}},\n"
                     "  {name: other, context: {cluster: c, user: u}}]\n");
    const QString absent = folder.path(QStringLiteral("no"));
    const auto read = Kubeconfig::loadList({first, absent, QString(), first, second});
    ASSERT_TRUE(read.has_value()) << testing::PrintToString(read.error());
    ASSERT_EQ(read->contexts().size(), 2U);
    const auto made = read->resolve();
    ASSERT_TRUE(made.has_value()) << testing::PrintToString(made.error());
    EXPECT_EQ(made->context, QStringLiteral("other"));
    EXPECT_EQ(made->server, QUrl(QStringLiteral("https://a:1")));
    EXPECT_EQ(made->tlsServerName, QString());
    EXPECT_EQ(made->identity.token, nullptr);
    EXPECT_EQ(read->resolve(QStringLiteral("x"))->nameSpace, QStringLiteral("default"));
    EXPECT_EQ(read->notes(),
              QStringList({absent + QStringLiteral(" does not exist and was left out")}));
}

TEST(Kubeconfig, DefaultFilesAreTheListOrTheOneAtHome)
{
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("HOME"), QStringLiteral("/h"));
    EXPECT_EQ(Kubeconfig::defaultFiles(environment),
              QStringList({QStringLiteral("/h/.kube/config")}));
    environment.insert(QStringLiteral("KUBECONFIG"), QStringLiteral("/a::/b"));
    EXPECT_EQ(Kubeconfig::defaultFiles(environment),
              QStringList({QStringLiteral("/a"), QStringLiteral("/b")}));
}

struct KeyForm {
    const char* name;
    bool rsa;
    bool pkcs8;
    const char* begins;
};
void PrintTo(const KeyForm& value, std::ostream* out) { *out << value.name; }

class ClientKey : public testing::TestWithParam<KeyForm> {};

TEST_P(ClientKey, IsReadAndFitsItsCertificate)
{
    const test::Identity& identity = client(GetParam().rsa);
    const QByteArray key = GetParam().pkcs8 ? test::pkcs8Pem(identity.key) : identity.key.toPem();
    ASSERT_TRUE(key.startsWith(GetParam().begins)) << key.left(40).toStdString();
    const auto made =
        resolved(config(kServer + "\n    certificate-authority-data: "
                            + authority().certificate().toPem().toBase64(),
                        "client-certificate-data: " + identity.certificate.toPem().toBase64()
                            + "\n    client-key-data: " + key.toBase64()));
    ASSERT_TRUE(made.has_value()) << testing::PrintToString(made.error());
    EXPECT_EQ(made->trust.authorities, QList<QSslCertificate>({authority().certificate()}));
    const auto read =
        readClientIdentity(*made->identity.certificate.data, *made->identity.key.data);
    ASSERT_TRUE(read.has_value()) << testing::PrintToString(read.error());
    EXPECT_EQ(read->key, identity.key);
    EXPECT_EQ(read->chain, QList<QSslCertificate>({identity.certificate}));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ClientKey,
    testing::Values(KeyForm{"rsa_pkcs1", true, false, "-----BEGIN RSA PRIVATE KEY"},
                    KeyForm{"rsa_pkcs8", true, true, "-----BEGIN PRIVATE KEY"},
                    KeyForm{"ec_sec1", false, false, "-----BEGIN EC PRIVATE KEY"},
                    KeyForm{"ec_pkcs8", false, true, "-----BEGIN PRIVATE KEY"}),
    [](const auto& given) { return std::string(given.param.name); });

TEST(Kubeconfig, AKeyOfAnotherCertificateIsRefused)
{
    const auto made = resolved(
        config(kServer, "client-certificate-data: " + client(true).certificate.toPem().toBase64()
                            + "\n    client-key-data: " + client(false).key.toPem().toBase64()));
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, QStringLiteral("client-key-mismatch"));
    EXPECT_TRUE(made.error().message.startsWith(QStringLiteral("/etc/k/conf:11:30: user u: ")))
        << made.error().message.toStdString();
}

TEST(Kubeconfig, BoundsHold)
{
    QByteArray deep = "a: ";
    deep += QByteArray(40, '[') + QByteArray(40, ']');
    EXPECT_TRUE(Kubeconfig::parse(deep, QStringLiteral("f"))
                    .error()
                    .message.contains(QStringLiteral("nested deeper")));
    // Each line stands for ten of the line before: a gigabyte if nobody counted.
    QByteArray bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int at = 1; at < 9; ++at) {
        const QByteArray before = "*a" + QByteArray::number(at - 1);
        const QByteArray own = QByteArray::number(at);
        bomb += "a" + own + ": &a" + own + " [" + QByteArrayList(10, before).join(',') + "]\n";
    }
    EXPECT_TRUE(Kubeconfig::parse(bomb, QStringLiteral("f"))
                    .error()
                    .message.contains(QStringLiteral("more than 200000 values")));
    const QByteArray large(KubeconfigLimits::kBytesMax + 1, ' ');
    EXPECT_TRUE(Kubeconfig::parse("a: b" + large, QStringLiteral("f"))
                    .error()
                    .message.contains(QStringLiteral("larger than")));
}

TEST(Kubeconfig, AThousandClustersAreRead)
{
    QByteArray text = "clusters:\n";
    const QByteArray pem = authority().certificate().toPem();
    for (int at = 0; at < 1000; ++at) {
        text += "- name: c" + QByteArray::number(at)
                + "\n  cluster:\n    server: https://a\n    certificate-authority-data: "
                + (pem + pem + pem).toBase64() + "\n";
    }
    const auto read = Kubeconfig::parse(text, QStringLiteral("f"));
    ASSERT_TRUE(read.has_value()) << testing::PrintToString(read.error());
    EXPECT_EQ(read->clusters().size(), 1000U);
}

} // namespace
} // namespace quorate::platform::kubernetes
