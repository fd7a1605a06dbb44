// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeconfigReader.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

using procedure::yaml::Kind;
using procedure::yaml::Node;

constexpr int kNotesMax = 100; // of unknown fields; a file with more is not read by a person

QString kindWord(Kind kind)
{
    switch (kind) {
    case Kind::Null: return QStringLiteral("nothing");
    case Kind::Scalar: return QStringLiteral("a text");
    case Kind::Sequence: return QStringLiteral("a list (- …)");
    case Kind::Map: return QStringLiteral("a map (name: value)");
    }
    return {};
}

/// YAML 1.1, as Go's reader has it, knows these as truth values.
std::optional<bool> truthOf(const Node& node)
{
    const QString word = node.text.toLower();
    if (node.quoted) {
        return std::nullopt;
    }
    if (word == QLatin1String("true") || word == QLatin1String("yes")
        || word == QLatin1String("on")) {
        return true;
    }
    if (word == QLatin1String("false") || word == QLatin1String("no")
        || word == QLatin1String("off")) {
        return false;
    }
    return std::nullopt;
}

QJsonValue toJson(const Node& node)
{
    switch (node.kind) {
    case Kind::Null: return QJsonValue(QJsonValue::Null);
    case Kind::Scalar: {
        if (const auto truth = truthOf(node)) {
            return *truth;
        }
        bool isNumber = false;
        const double number = node.text.toDouble(&isNumber);
        return isNumber && !node.quoted ? QJsonValue(number) : QJsonValue(node.text);
    }
    case Kind::Sequence: {
        QJsonArray list;
        for (const Node& item : node.items) {
            list.append(toJson(item));
        }
        return list;
    }
    case Kind::Map: {
        QJsonObject map;
        for (const auto& entry : node.entries) {
            map.insert(entry.key, toJson(entry.value));
        }
        return map;
    }
    }
    return {};
}

QString dotted(const QString& path, const QString& key)
{
    return path.isEmpty() ? key : path + QLatin1Char('.') + key;
}

} // namespace

KubeconfigReader::KubeconfigReader(const QString& fileName)
    : m_fileName(fileName)
    , m_folder(QFileInfo(fileName).absolutePath())
{}

Result<Kubeconfig> KubeconfigReader::read(const Node& root)
{
    readHead(root);
    readNamed(root, QStringLiteral("clusters"), QStringLiteral("cluster"),
              [this](const Node& value, const QString& name, const Place& place,
                     const QString& path) { readCluster(value, name, place, path); });
    readNamed(root, QStringLiteral("users"), QStringLiteral("user"),
              [this](const Node& value, const QString& name, const Place& place,
                     const QString& path) { readUser(value, name, place, path); });
    readNamed(root, QStringLiteral("contexts"), QStringLiteral("context"),
              [this](const Node& value, const QString& name, const Place& place,
                     const QString& path) { readContext(value, name, place, path); });
    if (m_error) {
        return fail(*m_error);
    }
    return std::move(m_out);
}

void KubeconfigReader::readHead(const Node& root)
{
    const QString kind = text(root, QStringLiteral("kind"), {});
    if (!kind.isEmpty() && kind != QLatin1String("Config")) {
        reject(*root.find(QStringLiteral("kind")), QStringLiteral("kind"),
               QStringLiteral("this is a \"%1\", not a kubeconfig").arg(kind.left(60)),
               QStringLiteral("Choose a file of kind Config"));
    }
    const QString version = text(root, QStringLiteral("apiVersion"), {});
    if (!version.isEmpty() && version != QLatin1String("v1")) {
        reject(*root.find(QStringLiteral("apiVersion")), QStringLiteral("apiVersion"),
               QStringLiteral("\"%1\" is not known; it must be v1").arg(version.left(60)));
    }
    m_out.m_currentContext = text(root, QStringLiteral("current-context"), {});
    m_out.m_fileNames = m_fileName;
    noteUnknown(root,
                {QStringLiteral("kind"), QStringLiteral("apiVersion"), QStringLiteral("clusters"),
                 QStringLiteral("users"), QStringLiteral("contexts"),
                 QStringLiteral("current-context"), QStringLiteral("preferences"),
                 QStringLiteral("extensions")},
                {});
}

void KubeconfigReader::readNamed(const Node& root, const QString& list, const QString& inner,
                                 const Entry& take)
{
    const Node* items = field(root, list, Kind::Sequence, {});
    if (items == nullptr) {
        return;
    }
    QStringList names;
    for (const Node& item : items->items) {
        const QString path = QStringLiteral("%1[%2]").arg(list).arg(&item - items->items.data());
        if (item.kind != Kind::Map) {
            reject(item, path, QStringLiteral("must be ") + kindWord(Kind::Map));
            continue;
        }
        const QString name = text(item, QStringLiteral("name"), path);
        if (name.isEmpty()) {
            reject(item, dotted(path, QStringLiteral("name")), QStringLiteral("missing"));
        } else if (names.contains(name)) {
            reject(*item.find(QStringLiteral("name")), dotted(path, QStringLiteral("name")),
                   QStringLiteral("\"%1\" is there twice").arg(name.left(60)),
                   QStringLiteral("Rename or remove one of them"));
        }
        names.append(name);
        static const Node nothing;
        const Node* value = field(item, inner, Kind::Map, path);
        take(value != nullptr ? *value : nothing, name, placeOf(item), dotted(path, inner));
        noteUnknown(item, {QStringLiteral("name"), inner}, path);
    }
}

void KubeconfigReader::readCluster(const Node& value, const QString& name, const Place& place,
                                   const QString& path)
{
    KubeCluster out;
    out.name = name;
    out.place = place;
    out.server = text(value, QStringLiteral("server"), path);
    const Node* server = value.find(QStringLiteral("server"));
    out.serverPlace = server != nullptr ? placeOf(*server) : place;
    out.authority = material(value, QStringLiteral("certificate-authority"),
                             QStringLiteral("certificate-authority-data"), path);
    out.skipTlsVerify = flag(value, QStringLiteral("insecure-skip-tls-verify"), path);
    out.tlsServerName = text(value, QStringLiteral("tls-server-name"), path);
    out.proxy = text(value, QStringLiteral("proxy-url"), path);
    const Node* proxy = value.find(QStringLiteral("proxy-url"));
    out.proxyPlace = proxy != nullptr ? placeOf(*proxy) : place;
    readExtensions(value, out, path);
    noteUnknown(value,
                {QStringLiteral("server"), QStringLiteral("certificate-authority"),
                 QStringLiteral("certificate-authority-data"),
                 QStringLiteral("insecure-skip-tls-verify"), QStringLiteral("tls-server-name"),
                 QStringLiteral("proxy-url"), QStringLiteral("disable-compression"),
                 QStringLiteral("extensions")},
                path);
    m_out.m_clusters.push_back(std::move(out));
}

void KubeconfigReader::readExtensions(const Node& value, KubeCluster& cluster, const QString& path)
{
    const Node* list = field(value, QStringLiteral("extensions"), Kind::Sequence, path);
    for (const Node& item : list != nullptr ? list->items : std::vector<Node>()) {
        const Node* name = item.find(QStringLiteral("name"));
        const Node* extension = item.find(QStringLiteral("extension"));
        if (name != nullptr && extension != nullptr
            && name->text == QLatin1String("client.authentication.k8s.io/exec")) {
            cluster.execConfig = toJson(*extension);
        }
    }
}

void KubeconfigReader::readContext(const Node& value, const QString& name, const Place& place,
                                   const QString& path)
{
    KubeContext out;
    out.name = name;
    out.place = place;
    out.cluster = text(value, QStringLiteral("cluster"), path);
    const Node* cluster = value.find(QStringLiteral("cluster"));
    out.clusterPlace = cluster != nullptr ? placeOf(*cluster) : place;
    out.user = text(value, QStringLiteral("user"), path);
    const Node* user = value.find(QStringLiteral("user"));
    out.userPlace = user != nullptr ? placeOf(*user) : place;
    out.nameSpace = text(value, QStringLiteral("namespace"), path);
    noteUnknown(value,
                {QStringLiteral("cluster"), QStringLiteral("user"), QStringLiteral("namespace"),
                 QStringLiteral("extensions")},
                path);
    m_out.m_contexts.push_back(std::move(out));
}

const Node* KubeconfigReader::field(const Node& map, const QString& key, Kind kind,
                                    const QString& path)
{
    const Node* value = map.find(key);
    if (value == nullptr || value->kind == Kind::Null) {
        return nullptr;
    }
    if (value->kind != kind) {
        reject(*value, dotted(path, key), QStringLiteral("must be ") + kindWord(kind));
        return nullptr;
    }
    return value;
}

QString KubeconfigReader::text(const Node& map, const QString& key, const QString& path)
{
    const Node* value = field(map, key, Kind::Scalar, path);
    return value != nullptr ? value->text : QString();
}

bool KubeconfigReader::flag(const Node& map, const QString& key, const QString& path)
{
    const Node* value = field(map, key, Kind::Scalar, path);
    if (value == nullptr) {
        return false;
    }
    const auto truth = truthOf(*value);
    if (!truth) {
        reject(*value, dotted(path, key),
               QStringLiteral("must be true or false, without quotation marks"));
    }
    return truth.value_or(false);
}

QStringList KubeconfigReader::texts(const Node& map, const QString& key, const QString& path)
{
    QStringList out;
    const Node* list = field(map, key, Kind::Sequence, path);
    for (const Node& item : list != nullptr ? list->items : std::vector<Node>()) {
        if (item.kind != Kind::Scalar) {
            reject(item, QStringLiteral("%1[%2]").arg(dotted(path, key)).arg(out.size()),
                   QStringLiteral("must be a text"));
        }
        out.append(item.text);
    }
    return out;
}

void KubeconfigReader::noteUnknown(const Node& map, const QStringList& known, const QString& path)
{
    for (const auto& entry : map.entries) {
        if (!known.contains(entry.key) && m_out.m_notes.size() < kNotesMax) {
            const Place place{m_fileName, entry.line, entry.column};
            m_out.m_notes.append(QStringLiteral("%1: the field %2 is not known and not used")
                                     .arg(place.text(), dotted(path, entry.key.left(60))));
        }
    }
}

Place KubeconfigReader::placeOf(const Node& node) const
{
    return {m_fileName, node.line, node.column};
}

QString KubeconfigReader::absolute(const QString& path) const
{
    return path.isEmpty() ? path : QDir::cleanPath(QDir(m_folder).absoluteFilePath(path));
}

void KubeconfigReader::reject(const Node& at, const QString& path, const QString& what,
                              const QString& cure)
{
    if (!m_error) {
        m_error = kubeconfigError(placeOf(at), QStringLiteral("%1: %2").arg(path, what), cure);
    }
}

} // namespace quorate::platform::kubernetes
