// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Kubeconfig.h"
#include "core/procedure/Yaml.h"

#include <functional>

namespace quorate::platform::kubernetes {

/// Turns the tree of one file into a Kubeconfig; private to `Kubeconfig::parse`. Like clients it
/// checks types and names here, and sense only for the context that is used (`resolve`): one bad
/// user must not lock out all others. Remembers the first thing that was wrong.
class KubeconfigReader {
public:
    explicit KubeconfigReader(const QString& fileName);
    [[nodiscard]] Result<Kubeconfig> read(const procedure::yaml::Node& root);

private:
    using Node = procedure::yaml::Node;
    using Entry = std::function<void(const Node& value, const QString& name, const Place& place,
                                     const QString& path)>;

    void readNamed(const Node& root, const QString& list, const QString& inner, const Entry& take);
    void readCluster(const Node& value, const QString& name, const Place& place,
                     const QString& path);
    void readUser(const Node& value, const QString& name, const Place& place, const QString& path);
    void readContext(const Node& value, const QString& name, const Place& place,
                     const QString& path);
    void readExec(const Node& value, KubeUser& user, const QString& path);
    void readEnvironment(const Node& exec, ExecSpec& spec, const QString& path);
    void readImpersonation(const Node& value, Impersonation& out, const QString& path);
    void readExtensions(const Node& value, KubeCluster& cluster, const QString& path);
    void readHead(const Node& root);

    /// A field's value, nullptr when it is absent, null or of another kind (which is reported).
    const Node* field(const Node& map, const QString& key, procedure::yaml::Kind kind,
                      const QString& path);
    QString text(const Node& map, const QString& key, const QString& path);
    bool flag(const Node& map, const QString& key, const QString& path);
    QStringList texts(const Node& map, const QString& key, const QString& path);
    SecretPtr secretText(const Node& map, const QString& key, const QString& path);
    SecretPtr secretData(const Node& map, const QString& key, const QString& path);
    Material material(const Node& map, const QString& fileKey, const QString& dataKey,
                      const QString& path);
    void noteUnknown(const Node& map, const QStringList& known, const QString& path);

    [[nodiscard]] Place placeOf(const Node& node) const;
    [[nodiscard]] QString absolute(const QString& path) const;
    void reject(const Node& at, const QString& path, const QString& what,
                const QString& cure = QStringLiteral("Correct the file at this place"));

    QString m_fileName;
    QString m_folder;
    Kubeconfig m_out;
    std::optional<Error> m_error;
};

} // namespace quorate::platform::kubernetes
