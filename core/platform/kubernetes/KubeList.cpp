// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeList.h"

#include "core/platform/kubernetes/Slim.h"

#include <QThreadPool>

namespace quorate::platform::kubernetes {
namespace {

constexpr qsizetype kPeekMax = 8192; ///< a token has some hundred bytes

QString continueOf(const QJsonObject& page)
{
    return page.value(QStringLiteral("metadata"))
        .toObject()
        .value(QStringLiteral("continue"))
        .toString();
}

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

/// Goes from page to page; keeps itself alive through the answers that it waits for. While one page
/// is read, the next one is on its way: one, so that a slow reader is not buried.
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
        makeCurrent(fetch({}));
        awaitCurrent();
        return future;
    }

private:
    struct Fetch {
        QString token;     ///< it was asked with this one
        QString following; ///< what its text says of the page after it; empty: nothing yet, or none
        Async<QJsonObject> page;
    };
    using FetchPtr = std::shared_ptr<Fetch>;

    [[nodiscard]] KubeRequest request(const QString& token) const
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
        if (token.isEmpty()) {
            add(QStringLiteral("resourceVersion"), m_options.resourceVersion);
        }
        add(QStringLiteral("continue"), token);
        return out;
    }

    [[nodiscard]] FetchPtr fetch(const QString& token)
    {
        auto made = std::make_shared<Fetch>();
        made->token = token;
        made->page = m_client ? andThen(m_client->send(request(token), m_stop),
                                        [self = shared_from_this(), made](KubeAnswer answer) {
                                            return self->read(made, std::move(answer));
                                        })
                              : ready<QJsonObject>(fail(cancelledError()));
        return made;
    }

    /// The text of a page is there.
    [[nodiscard]] Async<QJsonObject> read(const FetchPtr& of, KubeAnswer answer)
    {
        if (!m_client) {
            return ready<QJsonObject>(fail(cancelledError()));
        }
        m_pageBytes =
            answer.body.size()
            + answer.body.size() / 16; // pages are alike, and servers do not tell how long
        of->following = answer.isOk() ? ListCursor::peek(answer.body) : QString();
        lookAhead();
        return parseAnswer(*m_client, std::move(answer), m_options.slim);
    }

    void lookAhead()
    {
        if (m_current && !m_ahead && !m_current->following.isEmpty()) {
            m_ahead = fetch(m_current->following);
        }
    }

    void makeCurrent(FetchPtr fetched)
    {
        m_current = std::move(fetched);
        lookAhead();
    }

    /// It may be there already: then it is taken at once.
    void awaitCurrent()
    {
        detail::onAnswer<QJsonObject>(
            m_current->page,
            [self = shared_from_this()](Result<QJsonObject> read) { self->take(std::move(read)); });
    }

    void take(Result<QJsonObject> page)
    {
        m_current.reset();
        if (!page) {
            Error error = page.error();
            if (error.httpStatus == 410 && !m_cursor.next().isEmpty()) {
                error.code = QStringLiteral("list-expired");
            }
            end(fail(std::move(error)));
            return;
        }
        if (m_stop.stop_requested() || !m_client) {
            end(fail(cancelledError()));
            return;
        }
        if (auto step = m_cursor.take(*page); !step) {
            end(fail(step.error().withContext(m_client->options().label)));
            return;
        }
        const QString next = m_cursor.next();
        if (!next.isEmpty()) {
            const FetchPtr ahead = std::exchange(m_ahead, nullptr);
            makeCurrent(ahead && ahead->token == next ? ahead : fetch(next));
        }
        if (auto taken = m_page(*page); !taken) {
            m_current.reset();
            end(fail(taken.error()));
        } else if (next.isEmpty()) {
            end(m_cursor.end());
        } else {
            awaitCurrent();
        }
    }

    void end(Result<KubeListEnd> result)
    {
        m_ahead.reset(); // its answer finds nobody
        m_out.resolve(std::move(result));
    }

    QPointer<KubeClient> m_client;
    QString m_path;
    KubeListOptions m_options;
    KubePage m_page;
    std::stop_token m_stop;
    ListCursor m_cursor;
    qint64 m_pageBytes = 0; ///< to be expected
    FetchPtr m_current;     ///< the page that is read next
    FetchPtr m_ahead;       ///< the one after it, when it has been asked for
    Resolver<KubeListEnd> m_out;
};

} // namespace

Result<void> ListCursor::take(const QJsonObject& page)
{
    const QJsonObject metadata = page.value(QStringLiteral("metadata")).toObject();
    m_end.resourceVersion = metadata.value(QStringLiteral("resourceVersion")).toString();
    const qsizetype more = page.value(QStringLiteral("items")).toArray().size();
    const QString before = std::exchange(m_next, continueOf(page));
    const bool isEndless = (!m_next.isEmpty() && m_next == before) || ++m_pages > kPagesMax;
    if (isEndless || more > m_itemsMax - m_end.items) {
        return fail(ErrorKind::Protocol, QStringLiteral("answer-too-large"),
                    QStringLiteral("The list has more than %1 objects, or no end").arg(m_itemsMax));
    }
    m_end.items += static_cast<int>(more);
    return {};
}

QString ListCursor::peek(const QByteArray& body)
{
    const auto items = body.left(kPeekMax).indexOf("\"items\":[");
    const auto head = items < 0 ? Result<QJsonObject>(QJsonObject())
                                : parseJsonObject(body.left(items) + "\"items\":[]}");
    return head ? continueOf(*head) : QString();
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
