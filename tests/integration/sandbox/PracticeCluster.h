// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/integration/sandbox/ApiClient.h"
#include "tests/support/Canary.h"
#include "tests/support/ChildProcess.h"
#include "tests/support/TempDir.h"

#include <vector>

namespace quorate::sandboxtest {

/// A running practice cluster on free ports; ended with the object, whatever happened.
class PracticeCluster {
public:
    explicit PracticeCluster(const QString& system = QStringLiteral("mss"), int nodes = 3,
                             int speed = 600);
    PracticeCluster(const PracticeCluster&) = delete;
    PracticeCluster& operator=(const PracticeCluster&) = delete;
    ~PracticeCluster();

    [[nodiscard]] test::ProgramOutcome run(const QStringList& arguments) const;
    void power(int node, const char* onOrOff) const;
    void fault(int node, const char* name, bool on = true) const;
    /// Writes a package; the path.
    [[nodiscard]] QString package(const QString& version, const QStringList& more = {}) const;
    [[nodiscard]] ApiClient& node(int number)
    {
        return m_clients.at(static_cast<size_t>(number - 1));
    }
    [[nodiscard]] QString folder() const { return m_temporary.path(QStringLiteral("c")); }
    [[nodiscard]] const test::TempDir& temporary() const { return m_temporary; }
    /// The number of the node that node `asked` says leads; 0: none.
    [[nodiscard]] int leader(int asked);
    /// Kills the process of a node (not its supervisor).
    void killNode(int node) const;
    /// Would a restart of the node's process be seen to?
    [[nodiscard]] bool isSupervised(int node) const;
    /// Stages a whole package; the answer to the last PATCH.
    [[nodiscard]] Reply stage(int node, const QString& file);
    /// The operator's password, the cluster's own secret, and every session token.
    [[nodiscard]] test::Canary canary() const;
    [[nodiscard]] QString password() const;
    [[nodiscard]] bool isUp() const { return m_up; }
    [[nodiscard]] static QString program();

private:
    test::TempDir m_temporary;
    std::vector<ApiClient> m_clients;
    bool m_up = false;
};

/// The headers of a tus creation for `content`.
[[nodiscard]] QList<QByteArray> creationHeaders(const QByteArray& content,
                                                const QByteArray& signature, const QByteArray& key);
/// One PATCH; `more` headers.
[[nodiscard]] Reply patch(const ApiClient& client, const QString& location, qint64 offset,
                          const QByteArray& bytes, const QList<QByteArray>& more = {});
[[nodiscard]] qint64 uploadOffset(const ApiClient& client, const QString& location);
/// Polls until it holds; false after the limit.
[[nodiscard]] bool eventually(const std::function<bool()>& holds, int limitMs = 15'000);

} // namespace quorate::sandboxtest
