// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/package/PackageFile.h"

#include "core/package/Inspect.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"
#include "tests/unit/package/Signer.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

namespace quorate::test {
namespace {

using package::PublisherTrust;

QString key(const char* text) { return QString::fromUtf8(text); }

const TimePoint kNow = *fromIso(key("2026-11-21T10:00:00.000Z"));
constexpr auto kDay = std::chrono::hours(24);

Signer::Options valid(const char* name, const Signer* issuer = nullptr)
{
    return {name, kNow - kDay, kNow + 30 * kDay, issuer, nullptr, false};
}

QJsonObject sampleManifest(qint64 payloadBytes)
{
    return {{key("name"), key("mss-appliance")}, {key("system"), key("mss")},
            {key("version"), key("14.2.0")},     {key("from"), QJsonArray{key(">=14.0.0 <14.2.0")}},
            {key("notes"), key("Fixes")},        {key("payloadSizeBytes"), payloadBytes}};
}

QByteArray packageBytes(const QJsonObject& manifest, const QByteArray& payload)
{
    const QByteArray json = QJsonDocument(manifest).toJson(QJsonDocument::Compact);
    QByteArray length(4, '\0');
    qToBigEndian<quint32>(quint32(json.size()), length.data());
    return "QPKG1\n" + length + json + payload;
}

class PackageInspection : public testing::Test {
protected:
    /// Writes package and signature (unless empty) and inspects them.
    Result<Package> inspect(const QByteArray& file, const QByteArray& signature)
    {
        const QString path = m_dir.write(key("sample.qpkg"), file);
        QFile::remove(path + key(".p7s"));
        if (!signature.isEmpty()) {
            m_dir.write(key("sample.qpkg.p7s"), signature);
        }
        return inspectPackage(path, m_trust, m_clock);
    }
    QString codeOf(const QByteArray& file, const QByteArray& signature)
    {
        const auto read = inspect(file, signature);
        if (!read) {
            EXPECT_FALSE(read.error().message.isEmpty());
            EXPECT_FALSE(read.error().cure.isEmpty()) << read.error().code.toStdString();
        }
        return read ? key("good") : read.error().code;
    }

    TempDir m_dir;
    ManualClock m_clock{kNow};
    Signer m_signer{valid("Practice publisher")};
    PublisherTrust m_trust{{m_signer.certificatePem()}};
    QByteArray m_payload = QByteArray(3'000'000, 'p');
    QByteArray m_file = packageBytes(sampleManifest(m_payload.size()), m_payload);
    QByteArray m_signature = m_signer.sign(m_file);
};

TEST_F(PackageInspection, GoodPackageIsRead)
{
    const auto read = inspect(m_file, m_signature);
    ASSERT_TRUE(read) << describe(read.error()).toStdString();
    EXPECT_EQ(read->manifest.name, key("mss-appliance"));
    EXPECT_EQ(read->manifest.version, (Version{14, 2, 0}));
    EXPECT_EQ(read->sizeBytes, m_file.size());
    EXPECT_EQ(read->sha256, QCryptographicHash::hash(m_file, QCryptographicHash::Sha256));
    EXPECT_EQ(read->signedBy, key("CN=Practice publisher"));
    EXPECT_EQ(read->signature, m_signature);
    EXPECT_EQ(read->verifiedAt, kNow);
    EXPECT_EQ(read->id().value, key("mss-appliance-14.2.0"));
}

TEST_F(PackageInspection, EachFaultHasItsOwnCode)
{
    EXPECT_EQ(codeOf(m_file, {}), key("package-unsigned"));
    EXPECT_EQ(codeOf("PK\x03\x04 something else", m_signature), key("package-not-a-package"));
    EXPECT_EQ(codeOf("", m_signature), key("package-not-a-package"));
    EXPECT_EQ(codeOf(m_file.left(4), m_signature), key("package-truncated"));
    EXPECT_EQ(codeOf(m_file.left(60), m_signature), key("package-truncated"));
    EXPECT_EQ(codeOf(m_file.chopped(1), m_signature), key("package-truncated"));
    EXPECT_EQ(codeOf(m_file, "not a signature"), key("package-signature-broken"));
    EXPECT_EQ(codeOf(m_file, QByteArray(2'000'000, 'x')), key("package-signature-broken"));
    EXPECT_EQ(codeOf(m_file, m_signature + "x"), key("package-signature-broken"));
    EXPECT_EQ(codeOf(m_file, m_signer.sign("another file")), key("package-signature-broken"));
    EXPECT_EQ(codeOf(m_file, m_signer.sign(m_file, "SHA1")), key("package-signature-broken"));
    QByteArray changed = m_file;
    changed[changed.size() - 1] = 'q';
    EXPECT_EQ(codeOf(changed, m_signature), key("package-signature-broken"));
    EXPECT_EQ(inspectPackage(m_dir.path(key("absent")), m_trust, m_clock).error().code,
              key("package-unreadable"));
    EXPECT_EQ(inspectPackage(m_dir.path(), m_trust, m_clock).error().code,
              key("package-unreadable"));
}

TEST_F(PackageInspection, LongerDigestsCoverTheContentToo)
{
    QByteArray changed = m_file;
    changed[changed.size() / 2] = 'q';
    for (const char* digest : {"SHA384", "SHA512"}) {
        const QByteArray signature = m_signer.sign(m_file, digest);
        const auto read = inspect(m_file, signature);
        ASSERT_TRUE(read) << digest << ": " << describe(read.error()).toStdString();
        EXPECT_EQ(read->sha256, QCryptographicHash::hash(m_file, QCryptographicHash::Sha256));
        EXPECT_EQ(codeOf(changed, signature), key("package-signature-broken")) << digest;
    }
}

TEST_F(PackageInspection, WithoutSignedAttributesItIsNoSignature)
{
    const QByteArray bare = m_signer.sign(m_file, "SHA256", Signer::Attributes::None);
    const auto read = inspect(m_file, bare);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, key("package-signature-broken"));
    EXPECT_TRUE(read.error().message.contains(key("signed digest")));
}

TEST_F(PackageInspection, OneDetachedSignatureAndNoOther)
{
    const QByteArray file = packageBytes(sampleManifest(4), "data");
    const auto attached = inspect(file, m_signer.signAttached(file));
    ASSERT_FALSE(attached);
    EXPECT_TRUE(attached.error().message.contains(key("detached")));
    const Signer second(valid("Mallory"));
    const auto both = inspect(file, m_signer.signWith(second, file));
    ASSERT_FALSE(both);
    EXPECT_TRUE(both.error().message.contains(key("2 signatures")));
}

/// Puts other bytes of the same length in the place of the only occurrence.
QByteArray withReplaced(QByteArray whole, const QByteArray& before, const QByteArray& after)
{
    EXPECT_EQ(before.size(), after.size());
    EXPECT_EQ(whole.count(before), 1) << before.toHex().toStdString();
    return whole.replace(before, after);
}

TEST_F(PackageInspection, TheSignedDigestCannotBeExchanged)
{
    // A changed file with its own digest put into the attributes: the digest fits, the key did not
    // sign it.
    QByteArray changed = m_file;
    changed[changed.size() - 1] = 'q';
    const auto digestOf = [](const QByteArray& bytes) {
        return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    };
    const QByteArray forged = withReplaced(m_signature, digestOf(m_file), digestOf(changed));
    EXPECT_EQ(codeOf(changed, forged), key("package-signature-broken"));
    EXPECT_EQ(codeOf(m_file, forged), key("package-signature-broken"));
    // Attributes that are about content of another type (…7.1 data becomes …7.2 signedData).
    const QByteArray typeAttribute =
        QByteArray::fromHex("06092a864886f70d010903310b06092a864886f70d0107");
    EXPECT_EQ(
        codeOf(m_file, withReplaced(m_signature, typeAttribute + '\x01', typeAttribute + '\x02')),
        key("package-signature-broken"));
}

TEST_F(PackageInspection, NoByteOfTheSignatureCanBeChangedToAnotherSigner)
{
    const QByteArray file = packageBytes(sampleManifest(4), "data");
    const QByteArray signature = m_signer.sign(file);
    QByteArray other = file;
    other[other.size() - 1] = 'b';
    int stillGood = 0;
    for (qsizetype at = 0; at < signature.size(); ++at) {
        QByteArray flipped = signature;
        flipped[at] = char(flipped[at] ^ 0x01);
        const auto read = inspect(file, flipped);
        stillGood += read ? 1 : 0;
        EXPECT_TRUE(!read || read->signedBy == key("CN=Practice publisher")) << at;
        EXPECT_FALSE(inspect(other, flipped)) << at;
    }
    // Versions, and names of algorithms that are said elsewhere too: nobody signs them, and they
    // say nothing of content or signer.
    EXPECT_LT(stillGood, 60);
    EXPECT_GT(signature.size(), 500);
}

TEST_F(PackageInspection, AStrangersPackageIsNotReadToItsEnd)
{
    const QByteArray signature = Signer(valid("Mallory")).sign(m_file);
    QBuffer device(&m_file);
    device.open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    const package::detail::Inputs inputs{m_file.size(), signature, m_trust, kNow};
    const auto read = package::detail::inspectDevice(device, inputs, {}, {});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, key("package-signed-by-stranger"));
    EXPECT_LT(device.pos(), m_file.size());
}

TEST_F(PackageInspection, StrangerIsNamed)
{
    const Signer stranger(valid("Mallory"));
    const auto read = inspect(m_file, stranger.sign(m_file));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, key("package-signed-by-stranger"));
    EXPECT_TRUE(read.error().message.contains(key("Mallory")));
    m_trust.certificates.clear();
    EXPECT_EQ(codeOf(m_file, m_signature), key("package-signed-by-stranger"));
    m_trust.certificates = {"no certificate"};
    EXPECT_EQ(codeOf(m_file, m_signature), key("publisher-unreadable"));
    // The same name is not the same publisher.
    m_trust.certificates = {Signer(valid("Mallory")).certificatePem()};
    EXPECT_EQ(codeOf(m_file, stranger.sign(m_file)), key("package-signed-by-stranger"));
}

TEST_F(PackageInspection, SignerMayChainUpToAPublisher)
{
    Signer::Options authorityOptions = valid("Publisher authority");
    authorityOptions.isAuthority = true;
    const Signer authority(authorityOptions);
    const Signer leaf(valid("Release signing", &authority));
    m_trust.certificates = {authority.certificatePem()};
    EXPECT_EQ(codeOf(m_file, leaf.sign(m_file)), key("good"));
    m_trust.certificates = {leaf.certificatePem()};
    EXPECT_EQ(codeOf(m_file, leaf.sign(m_file)), key("good"));
    Signer::Options limited = valid("Not for signing", &authority);
    limited.keyUsage = "critical,keyEncipherment";
    m_trust.certificates = {authority.certificatePem()};
    EXPECT_EQ(codeOf(m_file, Signer(limited).sign(m_file)), key("package-signed-by-stranger"));
}

TEST_F(PackageInspection, ExpiryIsJudgedByTheClockThatIsGiven)
{
    m_clock.set(kNow + 31 * kDay);
    EXPECT_EQ(codeOf(m_file, m_signature), key("package-signer-expired"));
    m_clock.set(kNow - 2 * kDay);
    EXPECT_EQ(codeOf(m_file, m_signature), key("package-signer-expired"));
    m_clock.set(kNow);
    EXPECT_EQ(codeOf(m_file, m_signature), key("good"));
}

TEST_F(PackageInspection, ManifestFaultsNameTheField)
{
    const auto faultOf = [&](const char* field, const QJsonValue& value) {
        QJsonObject manifest = sampleManifest(4);
        manifest[key(field)] = value;
        const QByteArray file = packageBytes(manifest, "data");
        const auto read = inspect(file, m_signer.sign(file));
        const bool named = !read && read.error().code == key("package-manifest")
                           && read.error().message.contains(key(field));
        return read    ? key("good")
               : named ? key("named")
                       : read.error().code + key(": ") + read.error().message;
    };
    EXPECT_EQ(faultOf("notes", key("other notes")), key("good"));
    EXPECT_EQ(faultOf("name", key("../etc")), key("named"));
    EXPECT_EQ(faultOf("system", key("toaster")), key("named"));
    EXPECT_EQ(faultOf("version", key("latest")), key("named"));
    EXPECT_EQ(faultOf("version", 14), key("named"));
    EXPECT_EQ(faultOf("from", QJsonArray{key("14.0.0")}), key("named"));
    EXPECT_EQ(faultOf("from", QJsonArray{}), key("named"));
    EXPECT_EQ(faultOf("payloadSizeBytes", -1), key("named"));
    EXPECT_EQ(faultOf("payloadSizeBytes", 3), key("named"));
    EXPECT_EQ(faultOf("payloadSizeBytes", 5),
              key("package-truncated: The package file has %1 of %2 bytes")
                  .arg(packageBytes(sampleManifest(5), "data").size())
                  .arg(packageBytes(sampleManifest(5), "datas").size()));
    // A manifest is believed, and complained of, only after the signature was verified.
    QJsonObject bad = sampleManifest(4);
    bad[key("system")] = key("toaster");
    EXPECT_EQ(codeOf(packageBytes(bad, "data"), m_signature), key("package-signature-broken"));
    QByteArray huge = m_file;
    huge[6] = '\x7f';
    EXPECT_EQ(codeOf(huge, m_signature), key("package-not-a-package"));
}

/// Counts what is read, and that nobody goes back.
class CountingDevice : public QBuffer {
public:
    using QBuffer::QBuffer;
    qint64 bytesRead = 0;
    int seeks = 0;
    bool seek(qint64 position) override
    {
        ++seeks;
        return QBuffer::seek(position);
    }

protected:
    qint64 readData(char* data, qint64 sizeMax) override
    {
        const qint64 got = QBuffer::readData(data, sizeMax);
        bytesRead += std::max<qint64>(got, 0);
        return got;
    }
};

TEST_F(PackageInspection, ReadsTheFileOnce)
{
    CountingDevice device(&m_file);
    device.open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    device.seeks = 0;
    const package::detail::Inputs inputs{m_file.size(), m_signature, m_trust, kNow};
    const auto read = package::detail::inspectDevice(device, inputs, {}, {});
    ASSERT_TRUE(read) << describe(read.error()).toStdString();
    EXPECT_EQ(device.bytesRead, m_file.size());
    EXPECT_EQ(device.seeks, 0);
}

#ifdef Q_OS_LINUX
qint64 bytesReadByThisProcess()
{
    QFile file(key("/proc/self/io"));
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    const qsizetype at = text.indexOf("rchar: ") + 7;
    return text.mid(at, text.indexOf('\n', at) - at).toLongLong();
}

TEST_F(PackageInspection, TheKernelSawTheFileReadOnce)
{
    ASSERT_TRUE(inspect(m_file, m_signature)); // OpenSSL reads its own files the first time
    const qint64 before = bytesReadByThisProcess();
    ASSERT_TRUE(inspectPackage(m_dir.path(key("sample.qpkg")), m_trust, m_clock));
    const qint64 readBytes = bytesReadByThisProcess() - before;
    EXPECT_GE(readBytes, m_file.size());
    EXPECT_LT(readBytes, m_file.size() + 100'000);
}
#endif

TEST_F(PackageInspection, ReportsProgressAndStops)
{
    const QString path = m_dir.write(key("sample.qpkg"), m_file);
    m_dir.write(key("sample.qpkg.p7s"), m_signature);
    qint64 last = 0;
    ASSERT_TRUE(inspectPackage(path, m_trust, m_clock, [&](qint64 done, qint64 total) {
        EXPECT_GT(done, last);
        EXPECT_EQ(total, m_file.size());
        last = done;
    }));
    EXPECT_EQ(last, m_file.size());

    std::stop_source stop;
    const auto read = inspectPackage(
        path, m_trust, m_clock, [&](qint64, qint64) { stop.request_stop(); }, stop.get_token());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::Cancelled);
}

TEST_F(PackageInspection, ChangedOnDiskIsNoticed)
{
    const QString path = m_dir.write(key("sample.qpkg"), m_file);
    package::PackageFacts facts{m_file.size(), *package::rehash(path), std::nullopt};
    EXPECT_EQ(facts.sha256, QCryptographicHash::hash(m_file, QCryptographicHash::Sha256));
    EXPECT_TRUE(confirmUnchanged(path, facts));
    int reads = 0;
    const auto count = [&](qint64, qint64) { ++reads; };
    facts.stamp = *package::stampOf(path);
    EXPECT_TRUE(confirmUnchanged(path, facts, count));
    EXPECT_EQ(reads, 0) << "an equal stamp spares the read";

    QByteArray changed = m_file;
    changed[100] = char(changed[100] ^ 1);
    m_dir.write(key("sample.qpkg"), changed);
    facts.stamp.reset();
    EXPECT_EQ(confirmUnchanged(path, facts).error().code, key("package-changed"));
    m_dir.write(key("sample.qpkg"), m_file + "x");
    EXPECT_EQ(confirmUnchanged(path, facts, count).error().code, key("package-changed"));
    EXPECT_EQ(reads, 0) << "another size is enough";
    QFile::remove(path);
    EXPECT_EQ(confirmUnchanged(path, facts).error().code, key("package-unreadable"));
}

} // namespace
} // namespace quorate::test
