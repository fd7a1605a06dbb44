// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeList.h"

#include "core/platform/kubernetes/Slim.h"

#include <QThreadPool>

namespace quorate::platform::kubernetes {
namespace {

[[nodiscard]] Result<QJsonObject> parsed(const KubeAnswer& answer, bool slim, const QString& label)
{
    auto object = parseJsonObject(slim ? withoutBulk(answer.body) : answer.body, kKubeJson);
    if (!object) {
        object.error().endpoint = answer.endpoint;
        object.error().httpStatus = answer.status;
        return fail(object.error().withContext(label));
    }
    return object;
}

/// Goes from page to page; keeps itself alive through the answer that it waits for.
class ListWalk final : public std::enable_shared_from_this<ListWalk> {
public:
    ListWalk(KubeClient* client, QString path, KubeListOptions options, KubePage page,
             std::stop_token stop)
        : m_client(client)
        , m_path(std::move(path))
        , m_options(std::move(options))
        , m_page(std::move(page))
        , m_stop(std::move(stop))
        , m_cursor(m_options.itemsMax)
    {}

    [[nodiscard]] Async<KubeListEnd> start()
    {
        auto future = m_out.future();
        next();
        return future;
    }

private:
    [[nodiscard]] KubeRequest request() const
    {
        KubeRequest out;
        out.path = m_path;
        out.accept = m_options.accept;
        out.expectedBytes = m_pageBytes;
        out.limits = m_client->options().limits;
        out.limits->bodyBytesMax = m_options.pageBytesMax;
        out.limits->total = m_options.pageLimit;
        const auto add = [&out](const QString& key, const QString& value) {
            if (!value.isEmpty()) {
                out.query.addQueryItem(key, QString::fromLatin1(QUrl::toPercentEncoding(value)));
            }
        };
        add(QStringLiteral("labelSelector"), m_options.labelSelector);
        add(QStringLiteral("fieldSelector"), m_options.fieldSelector);
        if (m_options.pageSize > 0) {
            add(QStringLiteral("limit"), QString::number(m_options.pageSize));
        }
        if (m_cursor.next().isEmpty()) {
            add(QStringLiteral("resourceVersion"), m_options.resourceVersion);
        }
        add(QStringLiteral("continue"), m_cursor.next());
        return out;
    }

    void next()
    {
        if (!m_client) {
            m_out.resolve(fail(cancelledError()));
            return;
        }
        auto page = andThen(m_client->send(request(), m_stop), [self = shared_from_this()](KubeAnswer answer) {
            return self->read(std::move(answer));
        });
        detail::onAnswer<QJsonObject>(
            std::move(page), [self = shared_from_this()](Result<QJsonObject> read) { self->take(std::move(read)); });
    }

    [[nodiscard]] Async<QJsonObject> read(KubeAnswer answer)
    {
        if (!m_client) {
            return ready<QJsonObject>(fail(cancelledError()));
        }
        m_pageBytes = answer.body.size() + answer.body.size() / 16; // pages are alike, and servers do not tell how long
        return parseAnswer(*m_client, std::move(answer), m_options.slim);
    }

    void take(Result<QJsonObject> page)
    {
        if (!page) {
            Error error = page.error();
            if (error.httpStatus == 410 && !m_cursor.next().isEmpty()) {
                error.code = QStringLiteral("list-expired");
            }
            m_out.resolve(fail(std::move(error)));
            return;
        }
        if (m_stop.stop_requested() || !m_client) {
            m_out.resolve(fail(cancelledError()));
            return;
        }
        if (m_out.isResolved()) { // the page before was not wanted any more
            return;
        }
        if (auto step = m_cursor.take(*page); !step) {
            m_out.resolve(fail(step.error().withContext(m_client->options().label)));
            return;
        }
        const bool isLast = m_cursor.next().isEmpty();
        if (!isLast) {
            next(); // the server works at it while we work at this one
        }
        if (auto taken = m_page(*page); !taken) {
            m_out.resolve(fail(taken.error()));
        } else if (isLast) {
            m_out.resolve(m_cursor.end());
        }
    }

    QPointer<KubeClient> m_client;
    QString m_path;
    KubeListOptions m_options;
    KubePage m_page;
    std::stop_token m_stop;
    ListCursor m_cursor;
    qint64 m_pageBytes = 0; ///< to be expected
    Resolver<KubeListEnd> m_out;
};

} // namespace

Result<void> ListCursor::take(const QJsonObject& page)
{
    const QJsonObject metadata = page.value(QStringLiteral("metadata")).toObject();
    m_end.resourceVersion = metadata.value(QStringLiteral("resourceVersion")).toString();
    const qsizetype more = page.value(QStringLiteral("items")).toArray().size();
    const QString before =
        std::exchange(m_next, metadata.value(QStringLiteral("continue")).toString());
    const bool isEndless = (!m_next.isEmpty() && m_next == before) || ++m_pages > kPagesMax;
    if (isEndless || more > m_itemsMax - m_end.items) {
        return fail(ErrorKind::Protocol, QStringLiteral("answer-too-large"),
                    QStringLiteral("The list has more than %1 objects, or no end").arg(m_itemsMax));
    }
    m_end.items += static_cast<int>(more);
    return {};
}

Async<QJsonObject> parseAnswer(KubeClient& client, KubeAnswer answer, bool slim)
{
    if (!answer.isOk()) {
        return ready<QJsonObject>(fail(client.explained(answer)));
    }
    const QString label = client.options().label;
    if (answer.body.size() <= kParseHereMax) {
        return ready<QJsonObject>(parsed(answer, slim, label));
    }
    Resolver<QJsonObject> done;
    Resolver<QJsonObject> out;
    deliver(done.future(), &client,
            [out](Result<QJsonObject> result) { out.resolve(std::move(result)); });
    QThreadPool::globalInstance()->start([done, answer = std::move(answer), slim, label] {
        done.resolve(parsed(answer, slim, label));
    });
    return out.future();
}

Async<KubeListEnd> KubeClient::list(QString path, KubeListOptions options, KubePage page,
                                    std::stop_token stop)
{
    return std::make_shared<ListWalk>(this, std::move(path), std::move(options), std::move(page),
                                      std::move(stop))
        ->start();
}

} // namespace quorate::platform::kubernetes
