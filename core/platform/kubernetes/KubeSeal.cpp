// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeSeal.h"

#include "core/base/SecretText.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace quorate::platform::kubernetes {
namespace {

constexpr int kRoom = 64 * 1024; ///< of usual kubeconfigs some 10 KiB; one that grows leaves a copy
constexpr auto kApproved = "quorate-approved-plugins"; // a field that other clients pass over

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

/// What of a user is no secret. Environment values of a plug-in may be one: they are added later.
QJsonObject openPart(const KubeUser& user)
{
    QJsonObject out;
    if (!user.tokenFile.isEmpty()) {
        out[text("tokenFile")] = user.tokenFile;
    }
    if (!user.userName.isEmpty()) {
        out[text("username")] = user.userName;
    }
    const Impersonation& as = user.impersonation;
    if (!as.user.isEmpty()) {
        out[text("as")] = as.user;
    }
    if (!as.uid.isEmpty()) {
        out[text("as-uid")] = as.uid;
    }
    if (!as.groups.isEmpty()) {
        out[text("as-groups")] = QJsonArray::fromStringList(as.groups);
    }
    if (!as.extra.empty()) {
        QJsonObject extra;
        for (const auto& [name, values] : as.extra) {
            extra[name] = QJsonArray::fromStringList(values);
        }
        out[text("as-user-extra")] = extra;
    }
    return out;
}

QJsonObject clusterPart(const ResolvedContext& context)
{
    QJsonObject out{{text("server"), context.server.toString()}};
    QByteArray authorities;
    for (const QSslCertificate& certificate : context.trust.authorities) {
        authorities += certificate.toPem();
    }
    if (!authorities.isEmpty()) {
        out[text("certificate-authority-data")] = QString::fromLatin1(authorities.toBase64());
    }
    if (context.trust.pinNeeded) {
        out[text("insecure-skip-tls-verify")] = true;
    }
    if (!context.tlsServerName.isEmpty()) {
        out[text("tls-server-name")] = context.tlsServerName;
    }
    if (!context.execCluster.config.isNull() && !context.execCluster.config.isUndefined()) {
        out[text("extensions")] =
            QJsonArray{QJsonObject{{text("name"), text("client.authentication.k8s.io/exec")},
                                   {text("extension"), context.execCluster.config}}};
    }
    return out;
}

/// JSON whose secrets never were a QString: each copy of them can be wiped.
class Writer {
public:
    Writer() { m_out.reserve(kRoom); }
    ~Writer() { wipeBytes(m_out); }
    void raw(const char* part) { m_out.append(part); }
    void object(const QJsonObject& value)
    {
        m_out.append(QJsonDocument(value).toJson(QJsonDocument::Compact));
    }
    /// The same without its closing brace.
    void openObject(const QJsonObject& value)
    {
        object(value);
        m_out.chop(1);
        m_first = value.isEmpty();
    }
    void comma()
    {
        if (!std::exchange(m_first, false)) {
            m_out.append(',');
        }
    }
    void field(const char* name, const QByteArray& utf8)
    {
        comma();
        quoted(name);
        m_out.append(':');
        quoted(utf8);
    }
    void base64Field(const char* name, const QByteArray& bytes)
    {
        QByteArray encoded = bytes.toBase64();
        field(name, encoded);
        wipeBytes(encoded);
    }
    void quoted(const QByteArray& utf8) { appendJsonText(m_out, utf8); }
    [[nodiscard]] Secret take() { return Secret(std::exchange(m_out, {})); }

private:
    QByteArray m_out;
    bool m_first = true;
};

void writeExec(Writer& out, const ExecSpec& exec)
{
    out.comma();
    out.raw("\"exec\":");
    QJsonObject open{{text("apiVersion"), exec.apiVersion},
                     {text("command"), exec.command},
                     {text("args"), QJsonArray::fromStringList(exec.arguments)},
                     {text("provideClusterInfo"), exec.provideClusterInfo}};
    if (!exec.installHint.isEmpty()) {
        open[text("installHint")] = exec.installHint;
    }
    if (!exec.interactiveMode.isEmpty()) {
        open[text("interactiveMode")] = exec.interactiveMode;
    }
    out.openObject(open);
    out.raw(",\"env\":[");
    bool first = true;
    for (const auto& [name, value] : exec.environment) {
        out.raw(std::exchange(first, false) ? "{\"name\":" : ",{\"name\":");
        out.quoted(name.toUtf8());
        out.raw(",\"value\":");
        out.quoted(value ? value->reveal() : QByteArray());
        out.raw("}");
    }
    out.raw("]}");
}

[[nodiscard]] Result<void> writeUser(Writer& out, const KubeUser& user)
{
    out.openObject(openPart(user));
    for (const auto& [name, material] : {std::pair{"client-certificate-data", &user.certificate},
                                         std::pair{"client-key-data", &user.key}}) {
        if (material->isEmpty()) {
            continue;
        }
        const auto bytes = material->bytes(QString::fromLatin1(name));
        if (!bytes) {
            return fail(bytes.error());
        }
        out.base64Field(name, (*bytes)->reveal());
    }
    if (user.token) {
        out.field("token", user.token->reveal());
    }
    if (user.password) {
        out.field("password", user.password->reveal());
    }
    if (user.exec) {
        writeExec(out, *user.exec);
    }
    out.raw("}");
    return {};
}

} // namespace

Result<Secret> sealContext(const SealedContext& sealed)
{
    const ResolvedContext& context = sealed.context;
    QJsonArray approved;
    for (const QByteArray& key : sealed.approved) {
        approved.append(QString::fromLatin1(key.toHex()));
    }
    Writer out;
    out.openObject({{text("apiVersion"), text("v1")},
                    {text("kind"), text("Config")},
                    {text("current-context"), text("only")},
                    {text(kApproved), approved}});
    out.raw(R"(,"clusters":[{"name":"only","cluster":)");
    out.openObject(clusterPart(context));
    if (!context.proxy.isEmpty()) {
        out.field("proxy-url", context.proxy.toEncoded()); // it may hold a password
    }
    out.raw(R"(}}],"contexts":[{"name":"only","context":)");
    out.object({{text("cluster"), text("only")},
                {text("user"), text("only")},
                {text("namespace"), context.nameSpace}});
    out.raw(R"(}],"users":[{"name":"only","user":)");
    if (auto written = writeUser(out, context.identity); !written) {
        return fail(std::move(written).error());
    }
    out.raw("}]}");
    return out.take();
}

Result<SealedContext> openSealed(const Secret& sealed)
{
    auto parsed = Kubeconfig::parse(sealed.reveal(), QStringLiteral("/kept-kubeconfig"));
    if (!parsed) {
        return fail(std::move(parsed).error());
    }
    auto context = parsed->resolve();
    if (!context) {
        return fail(std::move(context).error());
    }
    SealedContext out{*std::move(context), {}};
    const QJsonObject object = QJsonDocument::fromJson(sealed.reveal()).object();
    for (const QJsonValue key : object.value(QLatin1String(kApproved)).toArray()) {
        out.approved.insert(QByteArray::fromHex(key.toString().toLatin1()));
    }
    return out;
}

} // namespace quorate::platform::kubernetes
