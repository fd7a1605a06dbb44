// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/Test.h"

#include "tests/lab/KubeLab.h"

#include <memory>

namespace quorate::labtest {

constexpr Seconds kSettled{90}; // everything back to work, also on two loaded cores

/// One lab of three nodes for the whole suite; every test finds it whole and leaves it so.
class LabSmoke : public ::testing::Test {
protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite() { s_lab.reset(); }
    void SetUp() override;

    [[nodiscard]] static KubeLab& lab() { return *s_lab; }
    [[nodiscard]] static bool isApiReady(int node);
    /// All API servers ready, all nodes Ready, as the first node tells.
    [[nodiscard]] static bool isWhole();
    /// What etcd of that node says of itself, with a linearizable read.
    [[nodiscard]] static bool isEtcdHealthy(int node);
    /// Posts JSON as administrator at node 1; the status of the answer.
    static int post(const QString& path, const QByteArray& body);

private:
    static std::unique_ptr<KubeLab> s_lab;
};

} // namespace quorate::labtest
