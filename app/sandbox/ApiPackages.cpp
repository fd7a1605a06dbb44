// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Api.h"

#include "app/sandbox/Files.h"
#include "app/sandbox/Server.h"
#include "core/base/Json.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <thread>

namespace quorate::sandbox {

namespace {

constexpr qint64 kUploadMax = 64LL * 1024 * 1024 * 1024;
constexpr qsizetype kSignatureMax = 64 * 1024;
constexpr qint64 kSlowBytesPerSecond = 2 * 1024 * 1024; ///< fault slow
constexpr int kChecksumMismatch = 460;                  ///< tus 1.0, extension checksum

/// "key base64,key base64" → value of `key`.
QByteArray metadata(const QString& header, const char* key)
{
    for (const QString& pair : header.split(QLatin1Char(','))) {
        const QStringList parts = pair.trimmed().split(QLatin1Char(' '));
        if (parts.size() == 2 && parts[0] == QLatin1String(key)) {
            return QByteArray::fromBase64(parts[1].toLatin1());
        }
    }
    return {};
}

void addTusHeaders(httplib::Response& out)
{
    out.set_header("Tus-Resumable", "1.0.0");
    out.set_header("Cache-Control", "no-store");
}

bool speaksTus(const httplib::Request& in, httplib::Response& out)
{
    addTusHeaders(out);
    if (in.get_header_value("Tus-Resumable") == "1.0.0") {
        return true;
    }
    out.set_header("Tus-Version", "1.0.0");
    sendProblem(in, out, 412, QStringLiteral("tus-version"),
                QStringLiteral("Tus-Resumable must be 1.0.0"));
    return false;
}

/// Takes the bytes of one PATCH, and carries out the faults that belong here.
class Intake {
public:
    Intake(Uploads::Writer& writer, const Node& node, qint64 announced, bool checksummed)
        : m_writer(writer)
        , m_node(node)
        , m_cutAt(node.faults().has(fault::kCutUpload) ? announced / 2 : -1)
        , m_slow(node.faults().has(fault::kSlow))
        , m_full(node.faults().has(fault::kDiskFull))
        , m_checksummed(checksummed)
    {}
    bool take(const char* data, size_t size)
    {
        m_seen += static_cast<qint64>(size);
        if (m_full || m_failed) {
            return true; // read on without keeping it, so that the answer reaches the client
        }
        if (m_checksummed) {
            m_hash.addData(QByteArrayView(data, static_cast<qsizetype>(size)));
        }
        m_failed = !m_writer.write(data, size);
        if (m_cutAt >= 0 && m_seen >= m_cutAt) {
            m_cut = true;
            cutConnection();
            return false;
        }
        if (m_slow) {
            std::this_thread::sleep_for(
                Millis(static_cast<qint64>(size) * 1000 / kSlowBytesPerSecond));
        }
        return true;
    }
    [[nodiscard]] bool full() const { return m_full || (m_failed && !m_writer.overflow()); }
    [[nodiscard]] bool cut() const { return m_cut; }
    [[nodiscard]] QString checksum() const
    {
        return QStringLiteral("sha256 ") + QString::fromLatin1(m_hash.result().toBase64());
    }

private:
    Uploads::Writer& m_writer;
    const Node& m_node;
    qint64 m_cutAt;
    bool m_slow;
    bool m_full;
    bool m_checksummed;
    bool m_failed = false;
    bool m_cut = false;
    qint64 m_seen = 0;
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

} // namespace

void Api::installPackages(Http& server)
{
    server.Get("/api/v1/packages",
               reading([this](const httplib::Request& in, httplib::Response& out) {
                   answerList(in, out, m_node.packages(), true);
               }));
    server.Get("/api/v1/packages/([^/]+)",
               reading([this](const httplib::Request& in, httplib::Response& out) {
                   for (const QJsonObject& package : m_node.packages()) {
                       if (package.value(QStringLiteral("id")).toString() == matched(in, 1)) {
                           sendJson(out, 200, package);
                           return;
                       }
                   }
                   sendProblem(in, out, 404, QStringLiteral("package-unknown"),
                               QStringLiteral("This package is not staged here"));
               }));
    server.Delete(
        "/api/v1/packages/([^/]+)",
        acting([this](const httplib::Request& in, const Request&) -> Result<Answer> {
            const Result<void> removed = m_node.removePackage(matched(in, 1));
            return removed ? Result<Answer>(Answer{204, {}, {}, true}) : fail(removed.error());
        }));
    server.Get("/api/v1/updates", reading([this](const httplib::Request&, httplib::Response& out) {
                   sendJson(out, 200, m_node.updates());
               }));
    server.Post("/api/v1/updates/check", operation("check-updates"));
    server.Post("/api/v1/updates/install", operation("install-updates"));
    server.Post("/api/v1/updates/upgrade",
                acting([this](const httplib::Request&, const Request& request) -> Result<Answer> {
                    JsonReader fields(request.body);
                    const QString package = fields.string("packageId");
                    (void)fields.boolean("licenceAccepted");
                    if (fields.error()) {
                        return refuse(400, "body-invalid", fields.error()->message);
                    }
                    const Result<QJsonObject> begun =
                        m_node.begin(QStringLiteral("upgrade"), package, request);
                    if (!begun) {
                        return fail(begun.error());
                    }
                    return Answer{202,
                                  {{QStringLiteral("operation"), *begun}},
                                  QStringLiteral("/api/v1/operations/")
                                      + begun->value(QStringLiteral("id")).toString(),
                                  false};
                }));
}

void Api::installUploads(Http& server)
{
    const std::string base = "/api/v1/packages/uploads";
    server.Options(base, [](const httplib::Request&, httplib::Response& out) {
        addTusHeaders(out);
        out.set_header("Tus-Version", "1.0.0");
        out.set_header("Tus-Extension", "creation,checksum,termination");
        out.set_header("Tus-Checksum-Algorithm", "sha256");
        out.set_header("Tus-Max-Size", std::to_string(kUploadMax));
        out.status = 204;
    });
    server.Get(base, reading([this](const httplib::Request& in, httplib::Response& out) {
                   answerList(in, out, m_uploads.pending());
               }));
    server.Post(
        base,
        writing([this](const httplib::Request& in, httplib::Response& out, const Reader& reader) {
            const std::optional<QByteArray> body = readBody(in, reader);
            if (!speaksTus(in, out)) {
                return;
            }
            if (!body || !body->isEmpty()) {
                sendProblem(in, out, 400, QStringLiteral("body-unexpected"),
                            QStringLiteral("The creation has no body"));
                return;
            }
            answerAct(in, out, {}, [this](const httplib::Request& asked, const Request& request) {
                return createUpload(asked, request);
            });
            if (out.status == 201) {
                out.set_header("Upload-Offset", "0");
            }
        }));
    server.Get(
        base + "/([^/]+)", reading([this](const httplib::Request& in, httplib::Response& out) {
            addTusHeaders(out);
            const Result<Upload> upload = m_uploads.get(matched(in, 1));
            if (!upload || in.method != "HEAD") {
                sendProblem(in, out, upload ? 405 : 404,
                            upload ? QStringLiteral("method") : QStringLiteral("upload-unknown"),
                            QStringLiteral("Ask with HEAD for an upload that exists"));
                return;
            }
            out.status = 200;
            out.set_header("Upload-Offset", std::to_string(m_uploads.offset(*upload)));
            out.set_header("Upload-Length", std::to_string(upload->length));
            if (!upload->packageId.isEmpty()) {
                out.set_header("Quorate-Package", upload->packageId.toStdString());
            }
        }));
    server.Patch(base + "/([^/]+)",
                 writing([this](const httplib::Request& in, httplib::Response& out,
                                const Reader& reader) { appendUpload(in, out, reader); }));
    server.Delete(
        base + "/([^/]+)",
        acting([this](const httplib::Request& in, const Request&) -> Result<Answer> {
            const Result<void> discarded = m_uploads.discard(matched(in, 1));
            return discarded ? Result<Answer>(Answer{204, {}, {}, true}) : fail(discarded.error());
        }));
}

Result<Answer> Api::createUpload(const httplib::Request& in, const Request&)
{
    static const QRegularExpression hash(QStringLiteral("^[0-9a-f]{64}$"));
    const QString fields = header(in, "Upload-Metadata");
    bool isNumber = false;
    Upload upload;
    upload.length = header(in, "Upload-Length").toLongLong(&isNumber);
    upload.filename = QString::fromUtf8(metadata(fields, "filename")).left(255);
    upload.sha256 = QString::fromLatin1(metadata(fields, "sha256"));
    upload.signature = metadata(fields, "signature");
    upload.createdAt = m_node.clock().now();
    if (!isNumber || upload.length < 1) {
        return refuse(400, "upload-length-missing", QStringLiteral("Upload-Length is needed"));
    }
    if (upload.length > kUploadMax || upload.signature.size() > kSignatureMax) {
        return refuse(413, "upload-too-large",
                      QStringLiteral("The package or its signature is too large"));
    }
    if (!hash.match(upload.sha256).hasMatch()) {
        return refuse(400, "upload-hash-missing", QStringLiteral("Upload-Metadata needs sha256"));
    }
    if (upload.length > m_node.diskFree()) {
        return refuse(507, "disk-full", QStringLiteral("The package does not fit on the disk"));
    }
    const Result<Upload> created = m_uploads.create(upload);
    if (!created) {
        return fail(created.error());
    }
    return Answer{201, {}, QStringLiteral("/api/v1/packages/uploads/") + created->id, true};
}

void Api::appendUpload(const httplib::Request& in, httplib::Response& out, const Reader& reader)
{
    const auto refuseBody = [&](int status, const QString& code, const QString& detail) {
        (void)readBody(in, reader);
        sendProblem(in, out, status, code, detail);
    };
    if (!speaksTus(in, out)) {
        (void)readBody(in, reader);
        return;
    }
    if (in.get_header_value("Content-Type") != "application/offset+octet-stream") {
        refuseBody(415, QStringLiteral("content-type"),
                   QStringLiteral("Content-Type must be application/offset+octet-stream"));
        return;
    }
    bool isNumber = false;
    const qint64 offset = header(in, "Upload-Offset").toLongLong(&isNumber);
    const QString checksum = header(in, "Upload-Checksum");
    if (!isNumber || (!checksum.isEmpty() && !checksum.startsWith(QLatin1String("sha256 ")))) {
        refuseBody(400, QStringLiteral("header-invalid"),
                   QStringLiteral("Upload-Offset or Upload-Checksum cannot be read"));
        return;
    }
    Result<std::unique_ptr<Uploads::Writer>> writer = m_uploads.open(matched(in, 1), offset);
    if (!writer) {
        (void)readBody(in, reader);
        sendError(in, out, writer.error());
        return;
    }
    const qint64 announced = header(in, "Content-Length").toLongLong();
    Intake intake(**writer, m_node, announced, !checksum.isEmpty());
    const bool whole =
        reader([&](const char* data, size_t size) { return intake.take(data, size); });
    const bool flushed = (*writer)->flush();
    if (intake.cut()) {
        return;
    }
    if (intake.full() || !flushed) {
        sendProblem(in, out, 507, QStringLiteral("disk-full"), QStringLiteral("The disk is full"));
    } else if ((*writer)->overflow()) {
        sendProblem(in, out, 413, QStringLiteral("upload-overflow"),
                    QStringLiteral("More bytes than Upload-Length"));
    } else if (!whole) {
        sendProblem(in, out, 400, QStringLiteral("body-incomplete"),
                    QStringLiteral("The body ended early; its bytes are kept"));
    } else if (!checksum.isEmpty() && checksum != intake.checksum()) {
        (*writer)->rollBack();
        sendProblem(in, out, kChecksumMismatch, QStringLiteral("checksum-mismatch"),
                    QStringLiteral("The bytes are not what Upload-Checksum says; none was kept"));
    } else {
        finishUpload(in, out, **writer);
    }
    writer->reset();
}

void Api::finishUpload(const httplib::Request& in, httplib::Response& out, Uploads::Writer& writer)
{
    out.status = 204;
    out.set_header("Upload-Offset", std::to_string(writer.offset()));
    if (!writer.complete()) {
        return;
    }
    const Upload& upload = writer.upload();
    const QByteArray digest = writer.digest();
    if (QString::fromLatin1(digest.toHex()) != upload.sha256) {
        writer.startAgain();
        sendProblem(
            in, out, 422, QStringLiteral("hash-mismatch"),
            QStringLiteral("The whole file is not what its SHA-256 says; start again at byte 0"));
        return;
    }
    const Result<QString> staged =
        m_node.stage(m_uploads.partPath(upload.id), upload.id, digest, upload.signature);
    const Result<void> completed =
        staged ? m_uploads.complete(upload.id, *staged) : fail(staged.error());
    if (!completed) {
        sendError(in, out, completed.error());
        return;
    }
    out.set_header("Quorate-Package", staged->toStdString());
}

} // namespace quorate::sandbox
