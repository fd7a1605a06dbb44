// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeWatch.h"

#include <QThreadPool>

#include <algorithm>
#include <limits>

namespace quorate::platform::kubernetes {
namespace {

constexpr qsizetype kDecodeHereMax = 16 * 1024; // more is decoded on a thread of the pool

using Lines = std::vector<WatchLine>;

QJsonObject metadataOf(const QJsonObject& object)
{
    return object.value(QStringLiteral("metadata")).toObject();
}

/// No use in asking again soon: somebody must change something first.
bool isLasting(const Error& error)
{
    switch (error.kind) {
    case ErrorKind::Tls:
    case ErrorKind::Unauthorized:
    case ErrorKind::Forbidden:
    case ErrorKind::NotFound:
    case ErrorKind::Validation: return true;
    default: return false;
    }
}

} // namespace

KubeWatch::KubeWatch(std::shared_ptr<KubeClient> client, Options options, QObject* parent)
    : QObject(parent)
    , m_client(std::move(client))
    , m_options(std::move(options))
{}

KubeWatch::~KubeWatch() { m_stop.request_stop(); }

void KubeWatch::start()
{
    breakOff();
    m_failures = 0;
    m_heardAt = m_client->options().clock->now();
    openList();
}

void KubeWatch::stop() { breakOff(); }

void KubeWatch::suspect(const Error& why)
{
    breakOff();
    const QPointer<KubeWatch> self(this);
    lost(why);
    if (self) {
        again(m_synced ? &KubeWatch::openWatch : &KubeWatch::openList);
    }
}

/// What is under way is over; its answers find another run and are dropped.
void KubeWatch::breakOff()
{
    ++m_run;
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_lines.clear();
    m_ended.reset();
}

void KubeWatch::openList()
{
    ++m_round;
    const QPointer<KubeWatch> self(this);
    const auto page = [self, run = m_run](const QJsonObject& content) -> Result<void> {
        if (self && self->m_run == run) {
            self->takePage(content);
        }
        return self && self->m_run == run ? Result<void>() : fail(cancelledError());
    };
    deliver(m_client->list(m_options.path, m_options.list, page, m_stop.get_token()), this,
            [this, run = m_run](Result<KubeListEnd> result) {
                if (run == m_run) {
                    listEnded(result);
                }
            });
}

void KubeWatch::takePage(const QJsonObject& page)
{
    QList<KubeEvent> events;
    for (const QJsonValue value : page.value(QStringLiteral("items")).toArray()) {
        const QJsonObject object = value.toObject();
        const QJsonObject metadata = metadataOf(object);
        const Key key{metadata.value(QStringLiteral("namespace")).toString(),
                      metadata.value(QStringLiteral("name")).toString()};
        const auto known = m_known.find(key);
        if (known != m_known.end() && known->uid == metadata.value(QStringLiteral("uid")).toString()
            && known->version == metadata.value(QStringLiteral("resourceVersion")).toString()) {
            known->round = m_round;
            continue;
        }
        note(KubeChange::Modified, object, events);
    }
    publish(std::move(events));
}

void KubeWatch::listEnded(const Result<KubeListEnd>& result)
{
    const QPointer<KubeWatch> self(this);
    if (!result) {
        lost(result.error());
        if (self) {
            again(&KubeWatch::openList,
                  isLasting(result.error()) ? m_options.retry.delayMax : Millis(0));
        }
        return;
    }
    QList<KubeEvent> events;
    for (auto at = m_known.begin(); at != m_known.end();) {
        if (at->round == m_round) {
            ++at;
            continue;
        }
        events.append({KubeChange::Deleted, at.key().first, at.key().second, at->uid, {}});
        at = m_known.erase(at);
    }
    m_version = result->resourceVersion;
    m_synced = true;
    const int run = m_run;
    publish(std::move(events));
    if (self && run == m_run) {
        inTouch();
    }
    if (self && run == m_run) {
        Q_EMIT synced();
    }
    if (self && run == m_run) {
        after(m_options.watchAfter, &KubeWatch::openWatch);
    }
}

KubeRequest KubeWatch::watchRequest() const
{
    KubeRequest out;
    out.path = m_options.path;
    out.accept = m_options.list.accept;
    const auto add = [&out](const QString& key, const QString& value) {
        if (!value.isEmpty()) {
            out.query.addQueryItem(key, QString::fromLatin1(QUrl::toPercentEncoding(value)));
        }
    };
    add(QStringLiteral("watch"), QStringLiteral("true"));
    add(QStringLiteral("allowWatchBookmarks"), QStringLiteral("true"));
    add(QStringLiteral("resourceVersion"), m_version);
    add(QStringLiteral("labelSelector"), m_options.list.labelSelector);
    add(QStringLiteral("fieldSelector"), m_options.list.fieldSelector);
    const auto seconds = std::chrono::duration_cast<Seconds>(m_options.serverLimit);
    add(QStringLiteral("timeoutSeconds"), QString::number(std::max<qint64>(seconds.count(), 1)));
    out.limits = m_client->options().limits;
    out.limits->total = Millis(0);
    out.limits->idle = m_options.silenceMax;
    out.limits->bodyBytesMax =
        std::numeric_limits<qint64>::max(); // lines have a bound of their own
    return out;
}

void KubeWatch::openWatch()
{
    m_lines.dropPart();
    m_heardLine = false;
    KubeRequest request = watchRequest();
    const QPointer<KubeWatch> self(this);
    request.sink = [self, run = m_run](const QByteArray& part) -> Result<void> {
        return self && self->m_run == run ? self->takePart(part)
                                          : Result<void>(fail(cancelledError()));
    };
    request.onHead = [self, run = m_run](int status) {
        if (self && self->m_run == run && status / 100 == 2) {
            self->inTouch();
        }
    };
    deliver(m_client->stream(std::move(request), m_stop.get_token()), this,
            [this, run = m_run](Result<KubeAnswer> result) {
                if (run == m_run) {
                    m_ended = std::move(result);
                    decodePending();
                }
            });
}

Result<void> KubeWatch::takePart(const QByteArray& part)
{
    m_heardAt = m_client->options().clock->now();
    if (auto added = m_lines.add(part); !added) {
        return added;
    }
    const QPointer<KubeWatch> self(this);
    const int run = m_run;
    decodePending();
    return self && run == m_run ? Result<void>() : fail(cancelledError());
}

void KubeWatch::decodePending()
{
    if (m_decoding) {
        return;
    }
    if (m_lines.isEmpty()) {
        if (m_ended) {
            const auto ended = *std::exchange(m_ended, std::nullopt);
            watchEnded(ended);
        }
        return;
    }
    const bool isSmall = m_lines.bytes() <= kDecodeHereMax;
    const QByteArrayList batch = m_lines.take();
    if (isSmall) {
        takeLines(m_run, decodeWatchLines(batch, m_options.list.slim));
        return;
    }
    m_decoding = true;
    Resolver<Lines> done;
    deliver(done.future(), this, [this, run = m_run](Result<Lines> lines) {
        m_decoding = false;
        takeLines(run, lines);
    });
    QThreadPool::globalInstance()->start(
        [done, batch, slim = m_options.list.slim] { done.resolve(decodeWatchLines(batch, slim)); });
}

void KubeWatch::takeLines(int run, const Result<std::vector<WatchLine>>& lines)
{
    if (run != m_run) {
        decodePending(); // of the present run, which had to wait
        return;
    }
    const QPointer<KubeWatch> self(this);
    if (!lines) {
        breakOff();
        lost(lines.error());
        if (self) {
            again(&KubeWatch::openWatch);
        }
        return;
    }
    QList<KubeEvent> events;
    std::optional<KubeStatus> refused;
    for (const WatchLine& line : *lines) {
        if (line.type == "ERROR") {
            refused = statusFrom(line.object, 0);
            break;
        }
        m_heardLine = true;
        m_failures = 0;
        const QString version =
            metadataOf(line.object).value(QStringLiteral("resourceVersion")).toString();
        m_version = version.isEmpty() ? m_version : version;
        if (line.type == "DELETED") {
            note(KubeChange::Deleted, line.object, events);
        } else if (line.type == "ADDED" || line.type == "MODIFIED") {
            note(KubeChange::Modified, line.object, events);
        } // a bookmark is only its version; other types may come with newer servers
    }
    publish(std::move(events));
    if (!self || run != m_run) {
        return;
    }
    if (refused) {
        lineRefused(*refused);
    } else {
        decodePending();
    }
}

void KubeWatch::lineRefused(const KubeStatus& status)
{
    breakOff();
    const Error error = kubeError(status, m_options.path).withContext(m_client->options().label);
    const QPointer<KubeWatch> self(this);
    lost(error);
    if (self) {
        again(status.isExpired() ? &KubeWatch::openList : &KubeWatch::openWatch, status.retryAfter);
    }
}

void KubeWatch::watchEnded(const Result<KubeAnswer>& result)
{
    const QPointer<KubeWatch> self(this);
    if (!result) {
        breakOff();
        lost(result.error());
        if (self) {
            again(&KubeWatch::openWatch,
                  isLasting(result.error()) ? m_options.retry.delayMax : Millis(0));
        }
        return;
    }
    if (!result->isOk()) {
        const KubeStatus status = statusFrom(*result);
        const Error error =
            kubeError(status, result->endpoint).withContext(m_client->options().label);
        const bool listAnew = status.isExpired() || isLasting(error);
        breakOff();
        lost(error);
        if (self) {
            again(listAnew ? &KubeWatch::openList : &KubeWatch::openWatch,
                  isLasting(error) && !status.isExpired() ? m_options.retry.delayMax
                                                          : status.retryAfter);
        }
        return;
    }
    // The server ended it in good order, as it does after a while. At once only when it said
    // something, so that one which always ends at once is not asked without a pause.
    if (m_heardLine) {
        openWatch();
    } else {
        again(&KubeWatch::openWatch);
    }
}

void KubeWatch::lost(const Error& error)
{
    if (!m_staleSince) {
        m_staleSince = m_heardAt;
    }
    Q_EMIT stale(error, *m_staleSince);
}

void KubeWatch::inTouch()
{
    m_heardAt = m_client->options().clock->now();
    if (m_staleSince) {
        m_staleSince.reset();
        Q_EMIT fresh();
    }
}

void KubeWatch::again(void (KubeWatch::*next)(), Millis atLeast)
{
    ++m_failures;
    const Millis asked = std::min(atLeast, m_options.retry.delayMax);
    after(std::max(asked, retryDelay(m_options.retry, m_failures)), next);
}

void KubeWatch::after(Millis pause, void (KubeWatch::*next)())
{
    if (pause == Millis(0)) {
        (this->*next)();
        return;
    }
    m_options.scheduler(pause, [self = QPointer<KubeWatch>(this), next, run = m_run] {
        if (self && self->m_run == run) {
            (self.data()->*next)();
        }
    });
}

/// Adds what has happened to the events, by what we know rather than by what the server calls it.
void KubeWatch::note(KubeChange change, const QJsonObject& object, QList<KubeEvent>& events)
{
    const QJsonObject metadata = metadataOf(object);
    const Key key{metadata.value(QStringLiteral("namespace")).toString(),
                  metadata.value(QStringLiteral("name")).toString()};
    const QString uid = metadata.value(QStringLiteral("uid")).toString();
    if (key.second.isEmpty()) {
        return;
    }
    const auto known = m_known.find(key);
    if (change == KubeChange::Deleted) {
        if (known != m_known.end()) {
            m_known.erase(known);
            events.append({KubeChange::Deleted, key.first, key.second, uid, object});
        }
        return;
    }
    const bool isOther = known != m_known.end() && known->uid != uid;
    if (isOther) { // one of the same name has taken its place
        events.append({KubeChange::Deleted, key.first, key.second, known->uid, {}});
    }
    events.append({known == m_known.end() || isOther ? KubeChange::Added : KubeChange::Modified,
                   key.first, key.second, uid, object});
    m_known.insert(key,
                   {uid, metadata.value(QStringLiteral("resourceVersion")).toString(), m_round});
}

void KubeWatch::publish(QList<KubeEvent> events)
{
    if (!events.isEmpty()) {
        Q_EMIT changed(std::move(events));
    }
}

} // namespace quorate::platform::kubernetes
