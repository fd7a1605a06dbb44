// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/Zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

namespace quorate::report::detail {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;

template <auto Free>
struct Deleter {
    template <typename T>
    void operator()(T* value) const
    {
        Free(value);
    }
};
using WriterPtr = std::unique_ptr<archive, Deleter<archive_write_free>>;
using ReaderPtr = std::unique_ptr<archive, Deleter<archive_read_free>>;
using EntryPtr = std::unique_ptr<archive_entry, Deleter<archive_entry_free>>;

la_ssize_t appendTo(archive*, void* out, const void* bytes, size_t size)
{
    static_cast<QByteArray*>(out)->append(static_cast<const char*>(bytes), qsizetype(size));
    return la_ssize_t(size);
}

Error unusable(const QString& code, const QString& message)
{
    return makeError(ErrorKind::Validation, code, message,
                     QStringLiteral("Ask for the evidence archive again; do not rely on this one"));
}

QString words(archive* from)
{
    const char* text = archive_error_string(from);
    return text != nullptr ? QString::fromUtf8(text).left(200) : QStringLiteral("no reason given");
}

Error tooLarge(const QString& what, qint64 bytesMax)
{
    return unusable(QStringLiteral("evidence-too-large"),
                    QStringLiteral("%1 holds more than %2 bytes").arg(what).arg(bytesMax));
}

Error damaged(archive* from)
{
    return unusable(QStringLiteral("evidence-damaged"),
                    QStringLiteral("The archive cannot be read: %1").arg(words(from)));
}

/// A bare file name, as all of ours are; anything else could lead out of a folder when unpacked.
bool isPlainName(const QString& name)
{
    const auto isOurs = [](QChar c) {
        return (c >= QLatin1Char('a') && c <= QLatin1Char('z')) || c.isDigit()
               || c == QLatin1Char('.') || c == QLatin1Char('-') || c == QLatin1Char('_');
    };
    return !name.isEmpty() && name.size() <= 64 && !name.startsWith(QLatin1Char('.'))
           && !name.contains(QStringLiteral("..")) && std::ranges::all_of(name, isOurs);
}

Result<QByteArray> contentOf(archive* from, const QString& name, qint64 bytesLeft,
                             const EvidenceLimits& limits)
{
    QByteArray content;
    QByteArray chunk(kChunkBytes, Qt::Uninitialized);
    for (;;) {
        const la_ssize_t got = archive_read_data(from, chunk.data(), kChunkBytes);
        if (got == 0) {
            return content;
        }
        if (got < 0) {
            return fail(damaged(from));
        }
        content.append(chunk.constData(), qsizetype(got));
        if (content.size() > limits.fileBytesMax) {
            return fail(tooLarge(name, limits.fileBytesMax));
        }
        if (content.size() > bytesLeft) {
            return fail(tooLarge(QStringLiteral("The archive"), limits.totalBytesMax));
        }
    }
}

Result<QString> nameOf(archive_entry* entry, const std::vector<ZipEntry>& before)
{
    const char* text = archive_entry_pathname_utf8(entry);
    const QString name = text != nullptr ? QString::fromUtf8(text) : QString();
    const bool isFile = archive_entry_filetype(entry) == AE_IFREG
                        && archive_entry_hardlink(entry) == nullptr
                        && archive_entry_symlink(entry) == nullptr;
    if (!isFile || !isPlainName(name)) {
        return fail(unusable(QStringLiteral("evidence-unsafe-name"),
                             QStringLiteral("The archive has an entry \"%1\" that no evidence has: "
                                            "only plain files without folders are in one")
                                 .arg(name.left(80))));
    }
    if (std::ranges::find(before, name, &ZipEntry::name) != before.end()) {
        return fail(unusable(QStringLiteral("evidence-file-twice"),
                             QStringLiteral("The archive has %1 twice").arg(name)));
    }
    return name;
}

} // namespace

Result<QByteArray> packZip(const std::vector<ZipEntry>& entries, TimePoint at,
                           const EvidenceLimits& limits)
{
    QByteArray out;
    const WriterPtr writer(archive_write_new());
    const auto failed = [&writer] {
        return fail(ErrorKind::Internal, QStringLiteral("evidence-not-packed"),
                    QStringLiteral("The archive cannot be made: %1").arg(words(writer.get())));
    };
    archive_write_set_format_zip(writer.get());
    archive_write_zip_set_compression_deflate(writer.get());
    archive_write_set_bytes_in_last_block(writer.get(), 1);
    if (archive_write_open(writer.get(), &out, nullptr, appendTo, nullptr) != ARCHIVE_OK) {
        return failed();
    }
    qint64 total = 0;
    for (const ZipEntry& file : entries) {
        total += file.content.size();
        if (file.content.size() > limits.fileBytesMax || total > limits.totalBytesMax) {
            return fail(tooLarge(file.name, limits.fileBytesMax));
        }
        const EntryPtr entry(archive_entry_new());
        archive_entry_set_pathname_utf8(entry.get(), file.name.toUtf8().constData());
        archive_entry_set_size(entry.get(), file.content.size());
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_uid(entry.get(), 0);
        archive_entry_set_gid(entry.get(), 0);
        archive_entry_set_mtime(entry.get(),
                                std::chrono::floor<Seconds>(at).time_since_epoch().count(), 0);
        if (archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK
            || archive_write_data(writer.get(), file.content.constData(),
                                  std::size_t(file.content.size()))
                   != file.content.size()) {
            return failed();
        }
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK) {
        return failed();
    }
    return out;
}

Result<std::vector<ZipEntry>> unpackZip(const QByteArray& bytes, const EvidenceLimits& limits)
{
    const ReaderPtr reader(archive_read_new());
    // By the directory at the end, as every unpacker does; not by what lies between the files.
    archive_read_support_format_zip_seekable(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.constData(), std::size_t(bytes.size()))
        != ARCHIVE_OK) {
        return fail(unusable(QStringLiteral("evidence-not-an-archive"),
                             QStringLiteral("This is not a ZIP archive")));
    }
    std::vector<ZipEntry> entries;
    qint64 bytesLeft = limits.totalBytesMax;
    for (;;) {
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(reader.get(), &entry);
        if (status == ARCHIVE_EOF) {
            return entries;
        }
        if (status != ARCHIVE_OK) {
            return fail(entries.empty() && entry == nullptr
                            ? unusable(QStringLiteral("evidence-not-an-archive"),
                                       QStringLiteral("This is not a ZIP archive"))
                            : damaged(reader.get()));
        }
        if (std::ssize(entries) >= limits.filesMax) {
            return fail(unusable(
                QStringLiteral("evidence-too-many-files"),
                QStringLiteral("The archive has more than %1 files").arg(limits.filesMax)));
        }
        Result<QString> name = nameOf(entry, entries);
        if (!name) {
            return fail(std::move(name).error());
        }
        Result<QByteArray> content = contentOf(reader.get(), *name, bytesLeft, limits);
        if (!content) {
            return fail(std::move(content).error());
        }
        bytesLeft -= content->size();
        entries.push_back({*std::move(name), *std::move(content)});
    }
}

} // namespace quorate::report::detail
