// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Names.h"

#include "tests/support/Test.h"

namespace quorate::platform::kubernetes {
namespace {

TEST(Names, ANamespaceIsAnRfc1123Label)
{
    for (const QString& name :
         {QStringLiteral("a"), QStringLiteral("7"), QStringLiteral("kube-system"),
          QStringLiteral("a--b"), QString(63, QLatin1Char('x'))}) {
        EXPECT_TRUE(checkNamespaceName(name)) << name.toStdString();
    }
}

TEST(Names, WhatIsNoneIsToldWithTheRule)
{
    for (const QString& name :
         {QString(), QStringLiteral("-a"), QStringLiteral("a-"), QStringLiteral("Ops"),
          QStringLiteral("a.b"), QStringLiteral("a_b"), QStringLiteral("a b"),
          QStringLiteral("caf\u00e9"), QString(64, QLatin1Char('x'))}) {
        const auto checked = checkNamespaceName(name);
        ASSERT_FALSE(checked) << name.toStdString();
        EXPECT_EQ(checked.error().code, QStringLiteral("bad-namespace"));
        EXPECT_EQ(checked.error().kind, ErrorKind::Validation);
        EXPECT_TRUE(checked.error().cure.contains(QStringLiteral("63")))
            << checked.error().cure.toStdString();
    }
}

} // namespace
} // namespace quorate::platform::kubernetes
