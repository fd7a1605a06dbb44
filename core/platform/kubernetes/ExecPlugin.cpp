// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/ExecPlugin.h"

#include "core/base/Json.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStandardPaths>

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

constexpr int kErrorTextMax = 600; // of a plug-in's complaint: what a dialog shows
constexpr int kMaskFrom = 4; // shorter values are words such as "aws", and masking hides nothing

void addPart(QCryptographicHash& hash, const QString& part)
{
    const QByteArray bytes = part.toUtf8();
    hash.addData(QByteArray::number(bytes.size()) + ':'); // so that parts cannot run together
    hash.addData(bytes);
}

QByteArray keyOf(const ExecCommand& command)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    addPart(hash, command.program);
    addPart(hash, QString::number(command.arguments.size()));
    for (const QString& argument : command.arguments) {
        addPart(hash, argument);
    }
    for (const QString& name : command.environmentNames) {
        addPart(hash, name);
    }
    return hash.result();
}

QString quoted(const QString& word)
{
    static const QRegularExpression plain(
        QRegularExpression::anchoredPattern(QStringLiteral("[A-Za-z0-9_@%+=:,./-]+")));
    if (plain.match(word).hasMatch()) {
        return word;
    }
    QString inside = word;
    inside.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + inside + QLatin1Char('\'');
}

QString findProgram(const ExecSpec& spec, const QProcessEnvironment& environment)
{
    if (spec.command.contains(QLatin1Char('/')) || QFileInfo(spec.command).isAbsolute()) {
        const QFileInfo file(spec.command);
        return file.isFile() && file.isExecutable() ? file.absoluteFilePath() : QString();
    }
    const QStringList folders =
        environment.value(QStringLiteral("PATH")).split(QDir::listSeparator(), Qt::SkipEmptyParts);
    return folders.isEmpty() ? QString() : QStandardPaths::findExecutable(spec.command, folders);
}

[[nodiscard]] Error answerError(const QString& what)
{
    return makeError(ErrorKind::Protocol, QStringLiteral("exec-plugin-answer"),
                     QStringLiteral("What the credential plug-in printed cannot be used: ") + what,
                     QStringLiteral("Run it in a terminal and look at what it prints; update it"));
}

SecretPtr secretOf(const QJsonObject& status, const char* key)
{
    const QString text = status.value(QLatin1String(key)).toString();
    return text.isEmpty() ? nullptr : std::make_shared<const Secret>(text.toUtf8());
}

} // namespace

QString ExecCommand::text() const
{
    QStringList words{quoted(program)};
    for (const QString& argument : arguments) {
        words.append(quoted(argument));
    }
    return words.join(QLatin1Char(' '));
}

Result<ExecCommand> describeExec(const ExecSpec& spec, const QProcessEnvironment& environment)
{
    if (spec.interactiveMode == QLatin1String("Always")) {
        return fail(ErrorKind::Validation, QStringLiteral("exec-plugin-interactive"),
                    QStringLiteral("The credential plug-in %1 needs a terminal to ask in")
                        .arg(spec.command),
                    QStringLiteral("Sign in with it in a terminal first, and set its "
                                   "interactiveMode to IfAvailable"));
    }
    const QString found = findProgram(spec, environment);
    if (found.isEmpty()) {
        return fail(ErrorKind::NotFound, QStringLiteral("exec-plugin-absent"),
                    QStringLiteral("The credential plug-in %1 is not there, or may not be run")
                        .arg(spec.command.left(200)),
                    spec.installHint.isEmpty() ? QStringLiteral("Install it, or correct its path")
                                               : spec.installHint.left(kErrorTextMax).simplified());
    }
    ExecCommand out;
    const QString real = QFileInfo(found).canonicalFilePath();
    out.program = real.isEmpty() ? found : real;
    out.arguments = spec.arguments;
    for (const auto& variable : spec.environment) {
        out.environmentNames.append(variable.first);
    }
    out.installHint = spec.installHint;
    out.key = keyOf(out);
    return out;
}

QByteArray execInfo(const ExecSpec& spec, const ExecCluster& cluster)
{
    QJsonObject told{{QStringLiteral("interactive"), false}};
    if (spec.provideClusterInfo) {
        QJsonObject about{{QStringLiteral("server"), cluster.server}};
        const auto add = [&about](const QString& key, const QJsonValue& value) {
            if (!value.toString().isEmpty() || value.toBool() || value.isObject()) {
                about.insert(key, value);
            }
        };
        add(QStringLiteral("tls-server-name"), cluster.tlsServerName);
        add(QStringLiteral("insecure-skip-tls-verify"), cluster.skipTlsVerify);
        add(QStringLiteral("certificate-authority-data"),
            QString::fromLatin1(cluster.authorityPem.toBase64()));
        add(QStringLiteral("proxy-url"), cluster.proxy);
        add(QStringLiteral("config"), cluster.config);
        told.insert(QStringLiteral("cluster"), about);
    }
    return QJsonDocument(QJsonObject{{QStringLiteral("kind"), QStringLiteral("ExecCredential")},
                                     {QStringLiteral("apiVersion"), spec.apiVersion},
                                     {QStringLiteral("spec"), told}})
        .toJson(QJsonDocument::Compact);
}

Result<ExecResult> readExecCredential(const QByteArray& output, const QString& apiVersion)
{
    const auto object = parseJsonObject(output);
    if (!object) { // the parser's own words could quote nothing, but say where
        return fail(answerError(QStringLiteral("it is not one JSON object")));
    }
    const QString kind = object->value(QStringLiteral("kind")).toString();
    const QString version = object->value(QStringLiteral("apiVersion")).toString();
    if (kind != QLatin1String("ExecCredential")) {
        return fail(answerError(QStringLiteral("it is not an ExecCredential")));
    }
    if (version != apiVersion) {
        return fail(answerError(QStringLiteral("its apiVersion is \"%1\", the kubeconfig says %2")
                                    .arg(version.left(80), apiVersion)));
    }
    const QJsonObject status = object->value(QStringLiteral("status")).toObject();
    ExecResult out;
    out.token = secretOf(status, "token");
    out.certificatePem = secretOf(status, "clientCertificateData");
    out.keyPem = secretOf(status, "clientKeyData");
    if (!out.token && !out.certificatePem) {
        return fail(answerError(QStringLiteral("it holds no token and no certificate")));
    }
    if (bool(out.certificatePem) != bool(out.keyPem)) {
        return fail(answerError(QStringLiteral("the certificate or its key is missing")));
    }
    if (const QJsonValue end = status.value(QStringLiteral("expirationTimestamp"));
        !end.isUndefined() && !end.isNull()) {
        const auto time = fromIso(end.toString());
        if (!time) {
            return fail(answerError(QStringLiteral("its expirationTimestamp is not a time")));
        }
        out.expiresAt = *time;
    }
    return out;
}

QString maskedText(const QByteArray& text, const std::vector<SecretPtr>& secrets)
{
    QByteArray bytes = text;
    for (const SecretPtr& secret : secrets) {
        if (secret && secret->reveal().size() >= kMaskFrom) {
            bytes.replace(secret->reveal(), "***");
        }
    }
    QString out = QString::fromUtf8(bytes);
    wipeBytes(bytes);
    // A JWT (or the beginning of one), then anything called a secret, then any long run of letters
    // and digits: a path or a sentence has none of 40.
    static const QRegularExpression token(QStringLiteral("eyJ[A-Za-z0-9_-]{8,}[A-Za-z0-9_.-]*"));
    static const QRegularExpression named(
        QStringLiteral("((?:token|password|passwd|secret|authorization|bearer|api[_-]?key)"
                       "[\"']?\\s*[=:]\\s*(?:bearer\\s+)?)[\"']?[^\\s\"',}]+"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression run(QStringLiteral("[A-Za-z0-9+=_-]{40,}"));
    out.replace(token, QStringLiteral("***"));
    out.replace(named, QStringLiteral("\\1***"));
    out.replace(run, QStringLiteral("***"));
    out = out.simplified();
    out.removeIf([](QChar c) { return !c.isPrint(); });
    return out.size() <= kErrorTextMax ? out : QStringLiteral("… ") + out.right(kErrorTextMax);
}

} // namespace quorate::platform::kubernetes
