// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Kubeconfig.h"

#include "core/platform/kubernetes/KubeconfigReader.h"

#include <QDir>
#include <QFile>

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

using procedure::yaml::Node;

/// A JSON file may be indented with tabs, which YAML does not allow. One for one, so that places
/// stay right.
QByteArray withoutTabs(const QByteArray& text)
{
    QByteArray out = text;
    bool inString = false;
    for (qsizetype at = 0; at < out.size(); ++at) {
        if (inString && out.at(at) == '\\') {
            ++at;
        } else if (out.at(at) == '"') {
            inString = !inString;
        } else if (out.at(at) == '\t' && !inString) {
            out[at] = ' ';
        }
    }
    return out;
}

bool isJson(const QByteArray& text)
{
    const auto first = std::find_if(text.begin(), text.end(), [](char c) {
        return c != ' ' && c != '\t' && c != '\r' && c != '\n';
    });
    return first != text.end() && *first == '{';
}

/// What nobody else holds is overwritten in place.
void wipe(Node& node)
{
    if (node.text.isDetached()) {
        node.text.fill(QChar(0));
    }
    for (Node& item : node.items) {
        wipe(item);
    }
    for (auto& entry : node.entries) {
        wipe(entry.value);
    }
}

Error unreadable(const QFile& file)
{
    return makeError(ErrorKind::Validation, QStringLiteral("kubeconfig-unreadable"),
                     QStringLiteral("%1: %2").arg(file.fileName(), file.errorString()),
                     QStringLiteral("Choose a kubeconfig file that you can read"));
}

[[nodiscard]] Result<Kubeconfig> readFile(QFile& file)
{
    // Of a file only as much as it has: what is asked for is allocated, and wiped, whether it is
    // there or not.
    const qint64 known = file.isSequential() ? 0 : file.size();
    QByteArray text = file.read((known > 0 ? std::min<qint64>(known, KubeconfigLimits::kBytesMax)
                                           : KubeconfigLimits::kBytesMax)
                                + 1);
    if (file.error() != QFileDevice::NoError) {
        return fail(unreadable(file));
    }
    auto out = Kubeconfig::parse(text, file.fileName());
    wipeBytes(text);
    return out;
}

template <typename Named>
void addMissing(std::vector<Named>& to, const std::vector<Named>& from)
{
    for (const Named& candidate : from) {
        const bool isThere = std::any_of(
            to.begin(), to.end(), [&](const Named& known) { return known.name == candidate.name; });
        if (!isThere) {
            to.push_back(candidate);
        }
    }
}

} // namespace

Result<Kubeconfig> Kubeconfig::parse(const QByteArray& text, const QString& fileName)
{
    if (text.trimmed().isEmpty()) { // clients take it for a configuration without contexts
        Kubeconfig out;
        out.m_fileNames = fileName;
        out.m_notes.append(QStringLiteral("%1 is empty").arg(fileName));
        return out;
    }
    procedure::yaml::Limits limits;
    limits.bytesMax = KubeconfigLimits::kBytesMax;
    limits.depthMax = KubeconfigLimits::kDepthMax;
    limits.nodesMax = KubeconfigLimits::kValuesMax;
    limits.aliases = true;
    limits.moreDocuments = true;
    QByteArray yaml = isJson(text) ? withoutTabs(text) : text;
    auto root = procedure::yaml::parse(yaml, fileName, QStringLiteral("bad-kubeconfig"), limits);
    if (!root) {
        return fail(root.error());
    }
    auto out = KubeconfigReader(fileName).read(*root);
    wipe(*root);
    return out;
}

Result<Kubeconfig> Kubeconfig::load(const QString& file)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly)) {
        return fail(unreadable(source));
    }
    return readFile(source);
}

Result<Kubeconfig> Kubeconfig::loadList(const QStringList& files)
{
    if (files.size() > KubeconfigLimits::kFilesMax) {
        return fail(ErrorKind::Validation, QStringLiteral("kubeconfig-list"),
                    QStringLiteral("The list has %1 kubeconfig files; at most %2 are read")
                        .arg(files.size())
                        .arg(KubeconfigLimits::kFilesMax),
                    QStringLiteral("Shorten the list in KUBECONFIG"));
    }
    Kubeconfig out;
    QStringList seen;
    for (const QString& name : files) {
        if (name.isEmpty() || seen.contains(name)) {
            continue;
        }
        seen.append(name);
        QFile file(name);
        if (!file.exists()) {
            out.m_notes.append(QStringLiteral("%1 does not exist and was left out").arg(name));
            continue;
        }
        if (!file.open(QIODevice::ReadOnly)) {
            return fail(unreadable(file));
        }
        const auto read = readFile(file);
        if (!read) {
            return fail(read.error());
        }
        out.merge(*read);
    }
    if (out.m_fileNames.isEmpty()) {
        out.m_fileNames = seen.join(QStringLiteral(", "));
    }
    return out;
}

QStringList Kubeconfig::defaultFiles(const QProcessEnvironment& environment)
{
    const QString list = environment.value(QStringLiteral("KUBECONFIG"));
    if (!list.isEmpty()) {
        return list.split(QDir::listSeparator(), Qt::SkipEmptyParts);
    }
    const QString home = environment.value(QStringLiteral("HOME"), QDir::homePath());
    return {home + QStringLiteral("/.kube/config")};
}

void Kubeconfig::merge(const Kubeconfig& later)
{
    addMissing(m_contexts, later.m_contexts);
    addMissing(m_clusters, later.m_clusters);
    addMissing(m_users, later.m_users);
    if (m_currentContext.isEmpty()) {
        m_currentContext = later.m_currentContext;
    }
    m_notes += later.m_notes;
    m_fileNames += (m_fileNames.isEmpty() ? QString() : QStringLiteral(", ")) + later.m_fileNames;
}

} // namespace quorate::platform::kubernetes
