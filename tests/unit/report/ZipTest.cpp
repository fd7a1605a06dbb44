// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/Zip.h"
#include "tests/support/Test.h"

#include <archive.h>
#include <archive_entry.h>

namespace quorate::report::detail {
namespace {

const TimePoint kAt(std::chrono::hours(490'000));

struct RawEntry {
    QByteArray name;
    QByteArray content;
    unsigned type = AE_IFREG;
};

la_ssize_t append(archive*, void* out, const void* bytes, size_t size)
{
    static_cast<QByteArray*>(out)->append(static_cast<const char*>(bytes), qsizetype(size));
    return la_ssize_t(size);
}

/// A ZIP with whatever entries, as somebody else's tool would make it.
QByteArray rawZip(const std::vector<RawEntry>& entries)
{
    QByteArray out;
    archive* writer = archive_write_new();
    archive_write_set_format_zip(writer);
    archive_write_set_bytes_in_last_block(writer, 1);
    EXPECT_EQ(archive_write_open(writer, &out, nullptr, append, nullptr), ARCHIVE_OK);
    for (const RawEntry& raw : entries) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, raw.name.constData());
        archive_entry_set_size(entry, raw.content.size());
        archive_entry_set_filetype(entry, raw.type);
        archive_entry_set_perm(entry, 0777);
        if (raw.type == AE_IFLNK) {
            archive_entry_set_symlink(entry, "/etc/passwd");
            archive_entry_set_size(entry, 0);
        }
        EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
        archive_write_data(writer, raw.content.constData(), std::size_t(raw.content.size()));
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
    return out;
}

QString codeOf(const Result<std::vector<ZipEntry>>& result)
{
    return result ? QStringLiteral("fine") : result.error().code;
}

TEST(Zip, ComesBackAsItWent)
{
    const std::vector<ZipEntry> entries{{QStringLiteral("a.txt"), "one"},
                                        {QStringLiteral("b.txt"), QByteArray(200'000, 'x')}};
    const auto packed = packZip(entries, kAt);
    ASSERT_TRUE(packed);
    const auto back = unpackZip(*packed);
    ASSERT_TRUE(back) << describe(back.error()).toStdString();
    EXPECT_EQ(*back, entries);
    EXPECT_EQ(*packed, *packZip(entries, kAt));
}

TEST(Zip, NamesThatLeadElsewhereAreRefused)
{
    for (const char* name : {"../up.txt", "/etc/passwd", "folder/file", "..", "a\\b", ".hidden",
                             "UPPER", "n\xc3\xa4me"}) {
        EXPECT_EQ(codeOf(unpackZip(rawZip({{name, "x"}}))), QStringLiteral("evidence-unsafe-name"))
            << name;
    }
}

TEST(Zip, OnlyFilesAreTaken)
{
    EXPECT_EQ(codeOf(unpackZip(rawZip({{"link", {}, AE_IFLNK}}))),
              QStringLiteral("evidence-unsafe-name"));
    EXPECT_EQ(codeOf(unpackZip(rawZip({{"folder/", {}, AE_IFDIR}}))),
              QStringLiteral("evidence-unsafe-name"));
}

TEST(Zip, OneNameTwiceIsRefused)
{
    EXPECT_EQ(codeOf(unpackZip(rawZip({{"a.txt", "one"}, {"a.txt", "two"}}))),
              QStringLiteral("evidence-file-twice"));
}

TEST(Zip, TooManyFilesAreRefused)
{
    std::vector<RawEntry> entries;
    for (int at = 0; at < 17; ++at) {
        entries.push_back({QByteArray::number(at), "x"});
    }
    EXPECT_EQ(codeOf(unpackZip(rawZip(entries))), QStringLiteral("evidence-too-many-files"));
    entries.pop_back();
    EXPECT_EQ(codeOf(unpackZip(rawZip(entries))), QStringLiteral("fine"));
}

TEST(Zip, BombsAreCountedWhileTheyUnfold)
{
    const EvidenceLimits limits{
        .filesMax = 16, .fileBytesMax = 1'000'000, .totalBytesMax = 1'500'000};
    const QByteArray one = rawZip({{"a", QByteArray(1'000'001, '\0')}});
    EXPECT_LT(one.size(), 10'000);
    const auto first = unpackZip(one, limits);
    EXPECT_EQ(codeOf(first), QStringLiteral("evidence-too-large"));
    EXPECT_TRUE(first.error().message.startsWith(QStringLiteral("a holds more than 1000000")));
    const auto both = unpackZip(
        rawZip({{"a", QByteArray(900'000, '\0')}, {"b", QByteArray(900'000, '\0')}}), limits);
    EXPECT_EQ(codeOf(both), QStringLiteral("evidence-too-large"));
    EXPECT_TRUE(both.error().message.startsWith(QStringLiteral("The archive holds more")));
}

TEST(Zip, OtherFilesAreNoArchives)
{
    EXPECT_EQ(codeOf(unpackZip("just text")), QStringLiteral("evidence-not-an-archive"));
    EXPECT_EQ(codeOf(unpackZip({})), QStringLiteral("evidence-not-an-archive"));
}

TEST(Zip, EveryCutIsNoticed)
{
    const QByteArray packed = *packZip(
        {{QStringLiteral("a.txt"), QByteArray(500, 'x')}, {QStringLiteral("b.txt"), "two"}}, kAt);
    for (qsizetype size = 0; size < packed.size(); ++size) {
        EXPECT_NE(codeOf(unpackZip(packed.left(size))), QStringLiteral("fine")) << size;
    }
}

TEST(Zip, TooMuchIsNotPacked)
{
    const auto packed =
        packZip({{QStringLiteral("a"), QByteArray(11, 'x')}}, kAt, {.fileBytesMax = 10});
    ASSERT_FALSE(packed);
    EXPECT_EQ(packed.error().code, QStringLiteral("evidence-too-large"));
}

} // namespace
} // namespace quorate::report::detail
