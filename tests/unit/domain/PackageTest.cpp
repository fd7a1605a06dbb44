// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Package.h"

#include "tests/support/Test.h"

using namespace quorate;

namespace {

Version version(const char* text) { return Version::parse(QLatin1String(text)).value(); }

} // namespace

TEST(VersionRange, HoldsItsLowerEndOnly)
{
    const auto range = VersionRange::parse(QStringLiteral(">=14.0.0 <14.2.0"));
    ASSERT_TRUE(range);
    EXPECT_FALSE(range->contains(version("13.9.9")));
    EXPECT_TRUE(range->contains(version("14.0.0")));
    EXPECT_TRUE(range->contains(version("14.1.9")));
    EXPECT_TRUE(range->contains(version("14.1.0+7")));
    EXPECT_FALSE(range->contains(version("14.2.0")));
    EXPECT_FALSE(range->contains(version("14.2.0+1")));
}

TEST(VersionRange, SurvivesItsText)
{
    for (const char* text : {">=14.0.0 <14.2.0", ">=2.8.0 <2.11.0+312", ">=0.0.0 <999999999.0.0"}) {
        const auto range = VersionRange::parse(QLatin1String(text));
        ASSERT_TRUE(range) << text;
        EXPECT_EQ(range->toString(), QLatin1String(text));
    }
    EXPECT_EQ(VersionRange::parse(QStringLiteral("  >= 2.10  < 2.11 ")).value().toString(),
              QStringLiteral(">=2.10.0 <2.11.0"));
}

TEST(VersionRange, WhatIsNoRangeIsRefused)
{
    for (const char* text :
         {"", "14.0.0", ">=14.0.0", "<14.2.0", ">14.0.0 <14.2.0", ">=14.0.0 <=14.2.0",
          ">=14.0.0 <14.2.0 <15.0.0", ">=fourteen <14.2.0", ">=14.0.0 <1e3", ">=14.0.0<14.2.0"}) {
        const auto range = VersionRange::parse(QLatin1String(text));
        ASSERT_FALSE(range) << text;
        EXPECT_EQ(range.error().kind, ErrorKind::Validation) << text;
        EXPECT_FALSE(range.error().cure.isEmpty()) << text;
    }
}

TEST(VersionRange, OneThatHoldsNothingIsRefused)
{
    for (const char* text : {">=14.2.0 <14.2.0", ">=14.2.0 <14.0.0"}) {
        const auto range = VersionRange::parse(QLatin1String(text));
        ASSERT_FALSE(range) << text;
        EXPECT_EQ(range.error().code, QStringLiteral("empty-version-range")) << text;
    }
}

TEST(Package, IsNamedByNameAndVersion)
{
    Package package;
    package.manifest.name = QStringLiteral("mss-appliance");
    package.manifest.version = version("14.2.0");
    EXPECT_EQ(package.id(), PackageId{QStringLiteral("mss-appliance-14.2.0")});
    EXPECT_EQ(packageId(QStringLiteral("ks"), version("2.11.0+312")),
              PackageId{QStringLiteral("ks-2.11.0+312")});
}
