// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeconfigReader.h"

#include <algorithm>

namespace quorate::platform::kubernetes {

using procedure::yaml::Kind;

void KubeconfigReader::readUser(const Node& value, const QString& name, const Place& place,
                                const QString& path)
{
    KubeUser out;
    out.name = name;
    out.place = place;
    out.certificate = material(value, QStringLiteral("client-certificate"),
                               QStringLiteral("client-certificate-data"), path);
    out.key =
        material(value, QStringLiteral("client-key"), QStringLiteral("client-key-data"), path);
    out.token = secretText(value, QStringLiteral("token"), path);
    out.tokenFile = absolute(text(value, QStringLiteral("tokenFile"), path));
    out.userName = text(value, QStringLiteral("username"), path);
    out.password = secretText(value, QStringLiteral("password"), path);
    readExec(value, out, path);
    if (const Node* old = field(value, QStringLiteral("auth-provider"), Kind::Map, path)) {
        const QString provider =
            text(*old, QStringLiteral("name"), path + QStringLiteral(".auth-provider"));
        out.authProvider = provider.isEmpty() ? QStringLiteral("?") : provider;
    }
    readImpersonation(value, out.impersonation, path);
    noteUnknown(value,
                {QStringLiteral("client-certificate"), QStringLiteral("client-certificate-data"),
                 QStringLiteral("client-key"), QStringLiteral("client-key-data"),
                 QStringLiteral("token"), QStringLiteral("tokenFile"), QStringLiteral("username"),
                 QStringLiteral("password"), QStringLiteral("exec"),
                 QStringLiteral("auth-provider"), QStringLiteral("as"), QStringLiteral("as-uid"),
                 QStringLiteral("as-groups"), QStringLiteral("as-user-extra"),
                 QStringLiteral("extensions")},
                path);
    m_out.m_users.push_back(std::move(out));
}

void KubeconfigReader::readExec(const Node& value, KubeUser& user, const QString& path)
{
    const Node* exec = field(value, QStringLiteral("exec"), Kind::Map, path);
    if (exec == nullptr) {
        return;
    }
    const QString here = path + QStringLiteral(".exec");
    ExecSpec out;
    out.place = placeOf(*exec);
    out.apiVersion = text(*exec, QStringLiteral("apiVersion"), here);
    out.command = text(*exec, QStringLiteral("command"), here);
    if (out.command.contains(QLatin1Char('/'))) { // else the search path finds it
        out.command = absolute(out.command);
    }
    out.arguments = texts(*exec, QStringLiteral("args"), here);
    readEnvironment(*exec, out, here);
    out.installHint = text(*exec, QStringLiteral("installHint"), here);
    out.interactiveMode = text(*exec, QStringLiteral("interactiveMode"), here);
    out.provideClusterInfo = flag(*exec, QStringLiteral("provideClusterInfo"), here);
    noteUnknown(*exec,
                {QStringLiteral("apiVersion"), QStringLiteral("command"), QStringLiteral("args"),
                 QStringLiteral("env"), QStringLiteral("installHint"),
                 QStringLiteral("interactiveMode"), QStringLiteral("provideClusterInfo")},
                here);
    user.exec = std::move(out);
}

void KubeconfigReader::readEnvironment(const Node& exec, ExecSpec& spec, const QString& path)
{
    const Node* list = field(exec, QStringLiteral("env"), Kind::Sequence, path);
    if (list == nullptr) {
        return;
    }
    for (const Node& item : list->items) {
        const QString here = QStringLiteral("%1.env[%2]").arg(path).arg(&item - list->items.data());
        if (item.kind != Kind::Map) {
            reject(item, here, QStringLiteral("must be a map (name: value)"));
            continue;
        }
        const QString name = text(item, QStringLiteral("name"), here);
        if (name.isEmpty() || name.contains(QLatin1Char('=')) || name.contains(QChar(0))) {
            reject(item, here + QStringLiteral(".name"),
                   QStringLiteral("must be the name of a variable"));
        }
        SecretPtr content = secretText(item, QStringLiteral("value"), here);
        spec.environment.emplace_back(name, content ? std::move(content)
                                                    : std::make_shared<const Secret>());
    }
}

void KubeconfigReader::readImpersonation(const Node& value, Impersonation& out, const QString& path)
{
    out.user = text(value, QStringLiteral("as"), path);
    out.uid = text(value, QStringLiteral("as-uid"), path);
    out.groups = texts(value, QStringLiteral("as-groups"), path);
    const Node* extra = field(value, QStringLiteral("as-user-extra"), Kind::Map, path);
    if (extra == nullptr) {
        return;
    }
    const QString here = path + QStringLiteral(".as-user-extra");
    for (const auto& entry : extra->entries) {
        out.extra.emplace_back(entry.key, texts(*extra, entry.key, here));
    }
}

SecretPtr KubeconfigReader::secretText(const Node& map, const QString& key, const QString& path)
{
    const Node* value = field(map, key, Kind::Scalar, path);
    if (value == nullptr || value->text.isEmpty()) {
        return nullptr;
    }
    return std::make_shared<const Secret>(value->text.toUtf8());
}

SecretPtr KubeconfigReader::secretData(const Node& map, const QString& key, const QString& path)
{
    const Node* value = field(map, key, Kind::Scalar, path);
    if (value == nullptr || value->text.isEmpty()) {
        return nullptr;
    }
    QByteArray base64 = value->text.toUtf8();
    base64.removeIf([](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
    auto decoded = QByteArray::fromBase64Encoding(base64, QByteArray::AbortOnBase64DecodingErrors);
    wipeBytes(base64);
    if (decoded.decodingStatus != QByteArray::Base64DecodingStatus::Ok) {
        reject(*value, path + QLatin1Char('.') + key, QStringLiteral("is not base64"),
               QStringLiteral("Encode the PEM file again (base64 -w0 FILE), or name the file with "
                              "the field without -data"));
        return nullptr;
    }
    return std::make_shared<const Secret>(std::move(decoded.decoded));
}

Material KubeconfigReader::material(const Node& map, const QString& fileKey, const QString& dataKey,
                                    const QString& path)
{
    Material out;
    out.data = secretData(map, dataKey, path);
    out.path = absolute(text(map, fileKey, path));
    const Node* at = map.find(out.data ? dataKey : fileKey);
    out.place = placeOf(at != nullptr ? *at : map);
    return out;
}

} // namespace quorate::platform::kubernetes
