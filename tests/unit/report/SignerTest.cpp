// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/Signer.h"
#include "tests/support/Test.h"
#include "tests/unit/report/Runs.h"

namespace quorate::report {
namespace {

TEST(Signer, SignatureFitsItsContentOnly)
{
    const auto signer = makeSigner(test::sampleKey());
    ASSERT_TRUE(signer);
    const auto signature = (*signer)->sign("content");
    ASSERT_TRUE(signature);
    EXPECT_TRUE(isSignedBy((*signer)->certificatePem(), "content", *signature));
    EXPECT_FALSE(isSignedBy((*signer)->certificatePem(), "Content", *signature));
    EXPECT_FALSE(isSignedBy((*signer)->certificatePem(), "content", signature->left(63)));
    EXPECT_EQ(*signature, *(*signer)->sign("content"));
}

TEST(Signer, AnotherKeyIsAnotherSigner)
{
    auto other =
        generateSigningKey(QStringLiteral("eve@desk"), TimePoint(std::chrono::hours(490'000)));
    ASSERT_TRUE(other);
    const auto theirs = makeSigner(*other);
    const auto ours = makeSigner(test::sampleKey());
    ASSERT_TRUE(theirs && ours);
    EXPECT_FALSE(isSignedBy((*ours)->certificatePem(), "content", *(*theirs)->sign("content")));
    EXPECT_NE(identityOf((*ours)->certificatePem())->sha256,
              identityOf((*theirs)->certificatePem())->sha256);
}

TEST(Signer, CertificateNamesItsOwner)
{
    const auto identity = identityOf((*makeSigner(test::sampleKey()))->certificatePem());
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->subject, QStringLiteral("CN=Quorate evidence, ops1@desk"));
    EXPECT_EQ(identity->sha256.size(), 32);
}

TEST(Signer, CertificateHoldsNoKey)
{
    EXPECT_FALSE((*makeSigner(test::sampleKey()))->certificatePem().contains("PRIVATE"));
}

TEST(Signer, UnreadableKeysAreRefused)
{
    const QByteArray key =
        test::sampleKey().reveal().left(test::sampleKey().reveal().indexOf("-----BEGIN CERT"));
    for (const QByteArray& pem : {QByteArray(), QByteArray("-----BEGIN PRIVATE KEY-----\n"), key}) {
        const auto signer = makeSigner(Secret(pem));
        ASSERT_FALSE(signer);
        EXPECT_EQ(signer.error().code, QStringLiteral("signing-key-unreadable"));
    }
}

TEST(Signer, KeyOfAnotherCertificateIsRefused)
{
    auto other =
        generateSigningKey(QStringLiteral("eve@desk"), TimePoint(std::chrono::hours(490'000)));
    ASSERT_TRUE(other);
    const QByteArray& ours = test::sampleKey().reveal();
    const QByteArray& theirs = other->reveal();
    const char* const begin = "-----BEGIN CERT";
    const auto signer =
        makeSigner(Secret(ours.left(ours.indexOf(begin)) + theirs.mid(theirs.indexOf(begin))));
    ASSERT_FALSE(signer);
    EXPECT_TRUE(signer.error().message.contains(QStringLiteral("does not fit")));
}

} // namespace
} // namespace quorate::report
