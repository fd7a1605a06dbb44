// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/ClusterFile.h"

#include "core/base/Json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>

namespace quorate {
namespace {

constexpr auto kFormat = "quorate-cluster/1";
constexpr double kSpeedMax = 100'000; ///< beyond it the vendors' minutes vanish below a millisecond
constexpr int kSecretScanDepthMax = 32; ///< JsonLimits::depthMax

Error invalid(const QString& code, const QString& message, const QString& cure = {})
{
    return makeError(ErrorKind::Validation, code, QStringLiteral("Cluster file: ") + message, cure);
}

std::optional<QString> secretField(const QJsonValue& value, int depth = 0);

std::optional<QString> secretFieldOf(const QJsonObject& object, int depth)
{
    static const QRegularExpression names(
        QStringLiteral("password|passwd|passphrase|secret|token|private[_-]?key|api[_-]?key|^key$"),
        QRegularExpression::CaseInsensitiveOption);
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (names.match(it.key()).hasMatch()
            || it->toString().contains(QLatin1String("PRIVATE KEY-----"))) {
            return it.key();
        }
        if (auto found = secretField(*it, depth + 1)) {
            return found;
        }
    }
    return std::nullopt;
}

/// The first field, however deep, whose name says that it holds a secret, or that holds a private
/// key.
std::optional<QString> secretField(const QJsonValue& value, int depth)
{
    if (depth > kSecretScanDepthMax) {
        return std::nullopt;
    }
    if (value.isObject()) {
        return secretFieldOf(value.toObject(), depth);
    }
    for (const QJsonValue element : value.toArray()) {
        if (auto found = secretField(element, depth + 1)) {
            return found;
        }
    }
    return std::nullopt;
}

std::optional<Error> readNodes(JsonReader& in, ClusterFile& file)
{
    QSet<QString> seen;
    for (JsonReader& entry : in.objects("nodes")) {
        ClusterFileNode node;
        node.id = NodeId{entry.string("id")};
        node.name = entry.stringOr("name", node.id.value);
        node.address = QUrl(entry.string("address"), QUrl::StrictMode);
        in.absorb(entry);
        if (in.error()) {
            return std::nullopt;
        }
        if (node.id.isEmpty() || seen.contains(node.id.value)) {
            return invalid(QStringLiteral("bad-node-id"),
                           QStringLiteral("node id \"%1\" is empty or given twice")
                               .arg(node.id.value.left(60)));
        }
        if (!node.address.isValid() || node.address.scheme() != QLatin1String("https")
            || node.address.host().isEmpty() || !node.address.userInfo().isEmpty()) {
            return invalid(
                QStringLiteral("bad-address"),
                QStringLiteral("the address of node \"%1\" is not an https address")
                    .arg(node.id.value),
                QStringLiteral("Write it as https://host:9443, without user or password"));
        }
        seen.insert(node.id.value);
        file.nodes.push_back(std::move(node));
    }
    if (file.nodes.empty() || file.nodes.size() > ClusterFile::kNodesMax) {
        return invalid(QStringLiteral("bad-node-count"),
                       QStringLiteral("it lists %1 nodes; 1 to %2 are possible")
                           .arg(file.nodes.size())
                           .arg(ClusterFile::kNodesMax));
    }
    return std::nullopt;
}

std::optional<Error> readPractice(JsonReader& in, ClusterFile& file, const QString& folder)
{
    const auto object = in.optionalObject("practice");
    if (!object) {
        return std::nullopt;
    }
    JsonReader practice(*object, QStringLiteral("practice"));
    PracticeSettings settings;
    settings.speed = practice.optionalNumber("speed").value_or(1);
    const QString credentials = practice.stringOr("credentials", {});
    in.absorb(practice);
    if (file.environment != Environment::Practice) {
        return invalid(
            QStringLiteral("not-practice"),
            QStringLiteral(
                "only a practice cluster may have practice settings or a credentials file"),
            QStringLiteral(
                "Remove the field \"practice\", or set \"environment\" to \"practice\""));
    }
    if (!(settings.speed >= 1 && settings.speed <= kSpeedMax)) {
        return invalid(QStringLiteral("bad-speed"),
                       QStringLiteral("practice.speed must lie between 1 and %1").arg(kSpeedMax));
    }
    if (!credentials.isEmpty()) {
        settings.credentialsFile = QDir(folder).absoluteFilePath(credentials);
    }
    file.practice = settings;
    return std::nullopt;
}

} // namespace

Result<ClusterFile> ClusterFile::parse(const QByteArray& text, const QString& folder)
{
    auto object = parseJsonObject(text, JsonLimits{.bytesMax = kBytesMax});
    if (!object) {
        return fail(invalid(QStringLiteral("not-json"), object.error().message));
    }
    if (auto field = secretField(*object)) {
        return fail(
            invalid(QStringLiteral("secret-in-file"),
                    QStringLiteral("the field \"%1\" looks like a secret").arg(*field),
                    QStringLiteral("Remove it; Quorate keeps secrets in the system's keychain")));
    }
    JsonReader in(*object);
    ClusterFile file;
    if (in.string("format") != QLatin1String(kFormat)) {
        in.reject("format", QStringLiteral("\"%1\"").arg(QLatin1String(kFormat)));
    }
    file.name = in.string("name").trimmed();
    if (file.name.isEmpty()) {
        in.reject("name", QStringLiteral("a name"));
    }
    const auto system = systemKindFrom(in.string("system"));
    if (!system) {
        in.reject("system", QStringLiteral("mss, cm or generic"));
    }
    file.system = system.value_or(SystemKind::Generic);
    file.platform = in.string("platform");
    if (file.platform != QLatin1String("nodeadmin")
        && file.platform != QLatin1String("kubernetes")) {
        in.reject("platform", QStringLiteral("nodeadmin or kubernetes"));
    }
    const auto environment =
        environmentFrom(in.stringOr("environment", QStringLiteral("untagged")));
    if (!environment) {
        in.reject("environment", QStringLiteral("production, staging, test, practice or untagged"));
    }
    file.environment = environment.value_or(Environment::Untagged);
    file.caPem = in.stringOr("ca", {}).toUtf8();
    if (auto publisher = in.optionalObject("publisher")) {
        JsonReader reader(*publisher, QStringLiteral("publisher"));
        file.publisherName = reader.stringOr("name", {});
        file.publisherCertificate = reader.stringOr("certificate", {}).toUtf8();
        in.absorb(reader);
    }
    auto problem = readNodes(in, file);
    if (!problem) {
        problem = readPractice(in, file, folder);
    }
    if (in.error()) {
        return fail(invalid(QStringLiteral("bad-field"), in.error()->message));
    }
    if (problem) {
        return fail(*std::move(problem));
    }
    return file;
}

Result<ClusterFile> ClusterFile::read(const QString& path)
{
    QFile in(path);
    if (!in.open(QIODevice::ReadOnly)) {
        return fail(makeError(
            ErrorKind::Storage, QStringLiteral("cannot-read"),
            QStringLiteral("Cannot read the cluster file %1: %2").arg(path, in.errorString()),
            QStringLiteral("Check the path and your rights")));
    }
    auto parsed = parse(in.read(kBytesMax + 1), QFileInfo(path).absolutePath());
    if (!parsed) {
        return fail(parsed.error().withContext(path));
    }
    return parsed;
}

} // namespace quorate
