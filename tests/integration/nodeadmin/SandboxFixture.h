// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/Test.h"

#include "core/platform/nodeadmin/NodeAdmin.h"
#include "tests/support/TempDir.h"

namespace quorate::platform {

/// A real practice cluster of three processes on loopback, gone with the fixture. One for all tests
/// of a program: each leaves it as it found it.
class Sandbox {
public:
    Sandbox();
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    [[nodiscard]] bool isUp() const { return m_up; }
    [[nodiscard]] const ClusterFile& file() const { return m_file; }
    [[nodiscard]] NodeAdminOptions options() const;
    void fault(const QString& node, const QString& name, bool on) const;
    void power(const QString& node, bool on) const;
    /// A signed practice package, as the inspection of its file would describe it.
    [[nodiscard]] Package package(const QString& version, const QString& size) const;

private:
    void run(const QStringList& arguments, bool mustSucceed = true) const;

    test::TempDir m_dir;
    ClusterFile m_file;
    bool m_up = false;
};

class SandboxTest : public testing::Test {
protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite();
    void SetUp() override;

    /// Follows to the end; a node that restarts does not answer meanwhile.
    OperationStatus followToEnd(const ActTarget& target, const OperationId& id);
    OperationStatus performToEnd(const ActTarget& target, const Act& act, const QString& key);

    static std::unique_ptr<Sandbox> s_sandbox;
    std::unique_ptr<Platform> m_platform;
};

} // namespace quorate::platform
