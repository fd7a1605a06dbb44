// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/platform/kubernetes/Kubeconfig.h"

namespace quorate::platform::kubernetes {
namespace {

/// A file with one mistake, and what is said of it, word for word.
struct Mistake {
    const char* name;
    QByteArray text;
    const char* says;
};
void PrintTo(const Mistake& value, std::ostream* out) { *out << value.name; }

/// Lines 1 to 9; the user's lines begin at 10 (column 5), the context is the last line.
QByteArray config(const QByteArray& cluster, const QByteArray& user)
{
    return "kind: Config\ncurrent-context: one\nclusters:\n- name: c\n  cluster:\n    " + cluster
           + "\nusers:\n- name: u\n  user:\n    " + user
           + "\ncontexts: [{name: one, context: {cluster: c, user: u}}]\n";
}
const QByteArray kServer = "server: https://a:1";
QByteArray user(const QByteArray& lines) { return config(kServer, lines); }
QByteArray cluster(const QByteArray& lines) { return config(lines, "token: t"); }
QByteArray exec(const QByteArray& lines) { return user("exec:\n      " + lines); }
const QByteArray kV1 = "apiVersion: client.authentication.k8s.io/v1";

class KubeconfigMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(KubeconfigMistakes, AreNamedWithPlaceAndCure)
{
    const auto made = Kubeconfig::parse(GetParam().text, QStringLiteral("/k/f"))
                          .and_then([](const Kubeconfig& read) { return read.resolve(); });
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().message.toStdString(), GetParam().says);
    EXPECT_EQ(made.error().kind, ErrorKind::Validation);
    EXPECT_FALSE(made.error().cure.isEmpty());
}

const Mistake kFileMistakes[] = {
    {"tab", "kind: Config\n\tclusters: []\n",
     "/k/f:2:1: not valid YAML: illegal tab when looking for indentation"},
    {"not_a_map", "- kind: Config\n", "/k/f:1:1: the file must be a list of fields (name: value)"},
    {"another_kind", "apiVersion: v1\nkind: Secret\n",
     "/k/f:2:7: kind: this is a \"Secret\", not a kubeconfig"},
    {"another_version", "apiVersion: v2\nkind: Config\n",
     "/k/f:1:13: apiVersion: \"v2\" is not known; it must be v1"},
    {"field_twice", "kind: Config\nkind: Config\n", "/k/f:2:1: \"kind\" is given twice"},
    {"clusters_map", "clusters: {c: {server: a}}\n", "/k/f:1:11: clusters: must be a list (- …)"},
    {"entry_text", "users:\n- abc\n", "/k/f:2:3: users[0]: must be a map (name: value)"},
    {"no_name", "contexts:\n- context: {}\n", "/k/f:2:3: contexts[0].name: missing"},
    {"name_twice", "users:\n- {name: a}\n- {name: a}\n",
     "/k/f:3:10: users[1].name: \"a\" is there twice"},
    {"user_is_text", "users:\n- name: a\n  user: b\n",
     "/k/f:3:9: users[0].user: must be a map (name: value)"},
    {"no_current_context", "contexts: [{name: a, context: {}}]\n",
     "/k/f: it names no current context"},
    {"absent_context", "current-context: b\ncontexts: [{name: a, context: {}}]\n",
     "/k/f: there is no context \"b\""},
    {"absent_cluster", "current-context: a\ncontexts:\n- name: a\n  context:\n    cluster: zz\n",
     "/k/f:5:14: context a: there is no cluster \"zz\""},
    {"absent_user",
     "current-context: a\nclusters: [{name: c, cluster: {server: 'https://a'}}]\n"
     "contexts:\n- name: a\n  context:\n    cluster: c\n    user: zz\n",
     "/k/f:7:11: context a: there is no user \"zz\""},
};

const Mistake kClusterMistakes[] = {
    {"no_server", cluster("{}"), "/k/f:4:3: cluster c: it has no server"},
    {"plain_http", cluster("server: http://a:8080"),
     "/k/f:6:13: cluster c: its server is reached by http, not by https"},
    {"server_is_no_address", cluster("server: 'https://a b'"),
     "/k/f:6:13: cluster c: its server is not an address"},
    {"server_with_user", cluster("server: https://me:pw@a"),
     "/k/f:6:13: cluster c: its server has more than a host, a port and a path"},
    {"authority_is_not_base64", cluster(kServer + "\n    certificate-authority-data: '%%'"),
     "/k/f:7:33: clusters[0].cluster.certificate-authority-data: is not base64"},
    {"authority_is_not_pem", cluster(kServer + "\n    certificate-authority-data: QUJD"),
     "/k/f:7:33: cluster c: certificate-authority: it holds no certificate in PEM form"},
    {"authority_is_absent", cluster(kServer + "\n    certificate-authority: no/ca.crt"),
     "/k/f:7:28: cluster c: certificate-authority: /k/no/ca.crt cannot be read: No such file or "
     "directory"},
    {"skip_with_authority",
     cluster(kServer
             + "\n    insecure-skip-tls-verify: true\n    certificate-authority-data: QUJD"),
     "/k/f:8:33: cluster c: certificate-authority: it contradicts insecure-skip-tls-verify"},
    {"skip_is_text", cluster(kServer + "\n    insecure-skip-tls-verify: 'true'"),
     "/k/f:7:31: clusters[0].cluster.insecure-skip-tls-verify: must be true or false, without "
     "quotation marks"},
    {"proxy_over_tls", cluster(kServer + "\n    proxy-url: https://user:pw@p:3128"),
     "/k/f:7:16: cluster c: A proxy reached by https is not supported"},
    {"proxy_is_no_address", cluster(kServer + "\n    proxy-url: 'p:3128'"),
     "/k/f:7:16: cluster c: The proxy-url is not an address"},
};

const Mistake kUserMistakes[] = {
    {"token_is_list", user("token: [a]"), "/k/f:10:12: users[0].user.token: must be a text"},
    {"token_and_password", user("token: a\n    username: b\n    password: c"),
     "/k/f:8:3: user u: it has a token and a password; which one is meant?"},
    {"token_file_is_absent", user("tokenFile: t"),
     "/k/f:8:3: user u: tokenFile: /k/t cannot be read: No such file or directory"},
    {"certificate_without_key", user("client-certificate: me.crt"),
     "/k/f:10:25: user u: it has a client-certificate but no client-key"},
    {"certificate_is_absent", user("client-certificate: me.crt\n    client-key: me.key"),
     "/k/f:10:25: user u: client-certificate: /k/me.crt cannot be read: No such file or directory"},
    {"certificate_is_no_pem", user("client-certificate-data: QUJD\n    client-key-data: QUJD"),
     "/k/f:10:30: user u: The client certificate holds no certificate in PEM form"},
    {"old_provider", user("auth-provider: {name: gcp}"),
     "/k/f:8:3: user u: the auth-provider \"gcp\" is of a kind that clients no longer support"},
    {"groups_without_user", user("as-groups: [a]"),
     "/k/f:8:3: user u: as-uid, as-groups and as-user-extra need a user"},
    {"exec_without_command", exec(kV1), "/k/f:11:7: user u: its exec plug-in has no command"},
    {"exec_without_version", exec("command: a"),
     "/k/f:11:7: user u: its exec plug-in has no apiVersion"},
    {"exec_of_old_version",
     exec("apiVersion: client.authentication.k8s.io/v1alpha1\n"
          "      command: a"),
     "/k/f:11:7: user u: the apiVersion \"client.authentication.k8s.io/v1alpha1\" of its exec "
     "plug-in is not supported"},
    {"exec_without_mode", exec(kV1 + "\n      command: a"),
     "/k/f:11:7: user u: its exec plug-in has no interactiveMode"},
    {"exec_of_unknown_mode", exec(kV1 + "\n      command: a\n      interactiveMode: Sometimes"),
     "/k/f:11:7: user u: the interactiveMode \"Sometimes\" of its exec plug-in is not known"},
    {"exec_variable_without_name", exec("command: a\n      env: [{value: b}]"),
     "/k/f:12:13: users[0].user.exec.env[0].name: must be the name of a variable"},
    {"exec_argument_is_map", exec("command: a\n      args: [a, {b: c}]"),
     "/k/f:12:17: users[0].user.exec.args[1]: must be a text"},
};

const auto kName = [](const auto& given) { return std::string(given.param.name); };
INSTANTIATE_TEST_SUITE_P(File, KubeconfigMistakes, testing::ValuesIn(kFileMistakes), kName);
INSTANTIATE_TEST_SUITE_P(Cluster, KubeconfigMistakes, testing::ValuesIn(kClusterMistakes), kName);
INSTANTIATE_TEST_SUITE_P(User, KubeconfigMistakes, testing::ValuesIn(kUserMistakes), kName);

TEST(KubeconfigMistakes, OfOneUserDoNotLockOutTheOthers)
{
    const auto read = Kubeconfig::parse(
        "current-context: b\nclusters: [{name: c, cluster: {server: 'https://a'}}]\n"
        "users: [{name: bad, user: {auth-provider: {name: gcp}}}, {name: good, user: {token: t}}]\n"
        "contexts: [{name: a, context: {cluster: c, user: bad}},\n"
        "  {name: b, context: {cluster: c, user: good}}]\n",
        QStringLiteral("f"));
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(read->resolve().has_value());
    EXPECT_FALSE(read->resolve(QStringLiteral("a")).has_value());
}

TEST(KubeconfigMistakes, NeverShowSecrets)
{
    const QByteArray secret = "canary-5d1c";
    const QByteArray texts[] = {
        user("token: [" + secret + "]"),
        user("client-key-data: '%%" + secret + "'"),
        cluster(kServer + "\n    proxy-url: ftp://u:" + secret + "@p"),
        cluster("server: https://u:" + secret + "@a"),
        user("password: " + secret + "\n    token: a"),
        exec(kV1 + "\n      command: a\n      env: [{name: A, value: " + secret + "}]"),
    };
    for (const QByteArray& text : texts) {
        const auto made =
            Kubeconfig::parse(text, QStringLiteral("f")).and_then([](const Kubeconfig& read) {
                return read.resolve();
            });
        ASSERT_FALSE(made.has_value()) << text.toStdString();
        EXPECT_FALSE(describe(made.error()).contains(QString::fromLatin1(secret)))
            << describe(made.error()).toStdString();
    }
}

} // namespace
} // namespace quorate::platform::kubernetes
