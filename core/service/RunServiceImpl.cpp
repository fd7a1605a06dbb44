// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/RunServiceImpl.h"

#include "core/procedure/Planner.h"
#include "core/run/Machine.h"
#include "core/run/Replay.h"
#include "core/service/ReportGlue.h"
#include "core/service/Runner.h"
#include "core/service/UpgradeServiceImpl.h"

#include <QDir>

#include <algorithm>

namespace quorate::service {
namespace {

constexpr Millis kCommandsInterval{
    500}; ///< how soon another process's wish is heard; our own choice
constexpr Millis kElsewhereInterval = Seconds(2); ///< as quick as nodes are polled
/// Lines looked through for those of a run. Our own choice: a year of busy operation.
constexpr int kActivityMax = 20'000;

Error unknownRun(const RunId& id)
{
    return makeError(ErrorKind::NotFound, QStringLiteral("run-unknown"),
                     QStringLiteral("There is no run \"%1\"").arg(id.value),
                     QStringLiteral("List the runs to see their names"));
}

Error unreadableElsewhere(const RunId& id)
{
    return makeError(
        ErrorKind::Precondition, QStringLiteral("run-driven-elsewhere"),
        QStringLiteral("Run %1 cannot be read here, and another program carries it out")
            .arg(id.value),
        QStringLiteral("Use that one, or end it first"));
}

/// What was restored by hand is closed. The journal does not know of it.
RunViewPtr shownView(const store::RunRow& row, const RunViewPtr& view)
{
    if (!view || !row.restoredAt || openTitles(*view).isEmpty()) {
        return view;
    }
    auto shown = std::make_shared<run::RunView>(*view);
    run::closeObligations(*shown, *row.restoredAt);
    shown->sentence +=
        QStringLiteral(". %1 says that the obligations were restored by hand").arg(row.restoredBy);
    return shown;
}

} // namespace

RunServiceImpl::RunServiceImpl(Context& context, ClusterRegistryImpl& registry, Pool& pool,
                               run::Journal& journal)
    : m_context(context)
    , m_registry(registry)
    , m_pool(pool)
    , m_journal(journal)
{
    m_context.hasActiveRun = [this](const ClusterId& cluster) {
        return activeInStore(cluster).has_value();
    };
    m_commands.setInterval(kCommandsInterval);
    m_elsewhere.setInterval(kElsewhereInterval);
    m_elsewhere.setTimerType(Qt::VeryCoarseTimer);
    connect(&m_commands, &QTimer::timeout, this, &RunServiceImpl::takeCommands);
    connect(&m_elsewhere, &QTimer::timeout, this, &RunServiceImpl::lookElsewhere);
    reload();
    m_elsewhere.start();
}

RunServiceImpl::~RunServiceImpl() { m_context.hasActiveRun = {}; }

void RunServiceImpl::reload()
{
    auto rows = m_context.store.runs();
    if (!rows) {
        qWarning("%s", qUtf8Printable(describe(rows.error())));
        return;
    }
    std::vector<Entry> entries;
    for (store::RunRow& row : *rows) {
        const auto known =
            std::ranges::find(m_entries, row.id, [](const Entry& entry) { return entry.row.id; });
        const bool settled = known != m_entries.end() && known->view
                             && (m_driven.contains(row.id) || known->row.ended);
        // Asked before the journal is read: whoever lets go of a run has written its last record.
        // Not of those that have ended: there may be many, and each question is a file.
        const bool elsewhere = !settled && !row.ended && isDrivenElsewhere(row.id);
        Result<RunViewPtr> read =
            settled ? Result<RunViewPtr>(known->view) : viewFromJournal(row, elsewhere);
        const RunViewPtr view = shownView(row, read.value_or(RunViewPtr()));
        if (!read && (known == m_entries.end() || known->problem != read.error())) {
            qWarning("%s", qUtf8Printable(describe(read.error())));
        }
        const bool nobodys = !elsewhere && !m_driven.contains(row.id);
        if (view && view->phase == run::RunPhase::Ready && !row.ended && nobodys) {
            // Its program ended before the first record: nothing was ever sent, and nothing can be
            // gone on with.
            static_cast<void>(m_context.store.endRun(row.id, QStringLiteral("failed")));
            row.ended = true;
            row.outcome = QStringLiteral("failed");
        } else if (view && run::isEnded(view->phase) && !row.ended && nobodys) {
            // Its program ended right after the last record: without this the cluster would wait
            // for ever for a run that nobody can go on with.
            row.outcome = run::toString(view->phase);
            row.ended = m_context.store.endRun(row.id, row.outcome).has_value();
        }
        entries.push_back({std::move(row), view,
                           read ? std::nullopt : std::optional(std::move(read).error()),
                           elsewhere});
    }
    m_entries = std::move(entries);
}

Result<RunViewPtr> RunServiceImpl::viewFromJournal(const store::RunRow& row,
                                                   bool drivenElsewhere) const
{
    const QString name = QStringLiteral("run %1").arg(row.id.value);
    const auto plan = procedure::planFromYaml(row.planYaml, name);
    const auto records = m_journal.read(row.id);
    if (!plan || !records) {
        return fail((plan ? records.error() : plan.error()).withContext(name));
    }
    auto state = run::replay(*plan, row.id, *records);
    if (!state) {
        return fail(std::move(state).error().withContext(name));
    }
    const TimePoint now = m_context.clock->now();
    if (!run::isEnded(state->phase) && !drivenElsewhere) {
        *state = run::step(*plan, *std::move(state),
                           {.at = now, .body = run::event::Interrupted{}, .memory = {}})
                     .state;
    }
    auto view = std::make_shared<run::RunView>(run::viewOf(*plan, *state, now));
    view->planHash = row.planHash;
    return RunViewPtr(std::move(view));
}

QString RunServiceImpl::lockPath(const RunId& id) const
{
    return m_context.home + QStringLiteral("/run-%1.lock").arg(id.value);
}

bool RunServiceImpl::isDrivenElsewhere(const RunId& id) const
{
    if (m_driven.contains(id)) {
        return false;
    }
    QLockFile lock(lockPath(id));
    lock.setStaleLockTime(0); // only a process that is gone makes it stale, never age
    return !lock.tryLock(0);
}

RunServiceImpl::Entry* RunServiceImpl::entryOf(const RunId& id)
{
    const auto found =
        std::ranges::find(m_entries, id, [](const Entry& entry) { return entry.row.id; });
    return found == m_entries.end() ? nullptr : &*found;
}

std::vector<RunViewPtr> RunServiceImpl::runs() const
{
    std::vector<RunViewPtr> list;
    for (const Entry& entry : m_entries) {
        if (entry.view) {
            list.push_back(entry.view);
        }
    }
    return list;
}

RunViewPtr RunServiceImpl::view(const RunId& id) const
{
    const auto found =
        std::ranges::find(m_entries, id, [](const Entry& entry) { return entry.row.id; });
    return found == m_entries.end() ? RunViewPtr() : found->view;
}

std::optional<RunId> RunServiceImpl::activeRun(const ClusterId& cluster) const
{
    const auto found = std::ranges::find_if(m_entries, [&cluster](const Entry& entry) {
        return entry.row.cluster == cluster && !entry.row.ended && entry.view;
    });
    return found == m_entries.end() ? std::nullopt : std::optional(found->row.id);
}

std::optional<RunId> RunServiceImpl::activeInStore(const ClusterId& cluster) const
{
    const auto rows = m_context.store.runs();
    if (!rows) {
        return std::nullopt;
    }
    for (const store::RunRow& row : *rows) {
        if (row.cluster == cluster && !row.ended) {
            return row.id;
        }
    }
    return std::nullopt;
}

Result<void> RunServiceImpl::command(const RunId& id, run::RunCommand command)
{
    Entry* entry = entryOf(id);
    if (!entry) {
        return fail(unknownRun(id));
    }
    const auto driven = m_driven.find(id);
    if (driven != m_driven.end()) {
        return driven->second.leaving
                   ? fail(ErrorKind::Precondition, QStringLiteral("not-offered"),
                          QStringLiteral("Run %1 is just being left").arg(id.value),
                          QStringLiteral("Ask again in a moment"))
                   : driven->second.runner->command(command, m_context.actor());
    }
    if (entry->row.ended) {
        return fail(ErrorKind::Precondition, QStringLiteral("not-offered"),
                    QStringLiteral("Run %1 has ended: %2").arg(id.value, entry->row.outcome));
    }
    if (isDrivenElsewhere(id)) {
        return entry->problem ? fail(unreadableElsewhere(id)) : askElsewhere(id, command);
    }
    if (!entry->view && entry->problem) {
        return commandUnreadable(*entry, command);
    }
    return takeOver(entry->row, command);
}

/// It cannot be gone on with, only given up; else its cluster would be closed to new runs for ever.
Result<void> RunServiceImpl::commandUnreadable(Entry& entry, run::RunCommand command)
{
    if (command != run::RunCommand::Cancel) {
        return fail(*entry.problem);
    }
    const QString outcome = run::toString(run::RunPhase::Failed);
    Result<void> done = m_context.store.endRun(entry.row.id, outcome);
    if (done) {
        entry.row.ended = true;
        entry.row.outcome = outcome;
        done =
            m_context.store.addActivity(m_context.actor(), entry.row.cluster, QStringLiteral("run"),
                                        QStringLiteral("Run %1 was given up: %2")
                                            .arg(entry.row.id.value, entry.problem->message));
        Q_EMIT runsChanged();
    }
    return done;
}

/// Of the row only this: whether the run has ended is told by the view that goes with it.
Result<void> RunServiceImpl::readRestored(Entry& entry)
{
    auto row = m_context.store.run(entry.row.id);
    if (!row) {
        return fail(std::move(row).error());
    }
    entry.row.restoredAt = row->restoredAt;
    entry.row.restoredBy = row->restoredBy;
    const RunViewPtr before = entry.view;
    entry.view = shownView(entry.row, before);
    if (entry.view != before) {
        Q_EMIT runChanged(row->id);
    }
    return {};
}

Result<void> RunServiceImpl::confirmRestored(const RunId& id)
{
    Entry* entry = entryOf(id);
    if (!entry || !entry->view) {
        return fail(entry && entry->problem ? *entry->problem : unknownRun(id));
    }
    if (!entry->row.ended && !run::isEnded(entry->view->phase)) {
        return fail(ErrorKind::Precondition, QStringLiteral("not-ended"),
                    QStringLiteral("Run %1 has not ended").arg(id.value),
                    QStringLiteral("Go on with it or cancel it: it undoes what it has open"));
    }
    const ClusterId cluster = entry->row.cluster;    // who is told of a change may ask for more
    if (auto known = readRestored(*entry); !known) { // another process may just have said so
        return known;
    }
    entry = entryOf(id);
    const QStringList titles = entry && entry->view ? openTitles(*entry->view) : QStringList();
    if (titles.isEmpty()) {
        return fail(ErrorKind::Precondition, QStringLiteral("nothing-open"),
                    QStringLiteral("Run %1 has left nothing open").arg(id.value));
    }
    const QString actor = m_context.actor();
    if (auto kept = m_context.store.setRestored(id, actor); !kept) {
        return kept;
    }
    const auto noted = m_context.store.addActivity(
        actor, cluster, QStringLiteral("run"),
        QStringLiteral("%1 says that what run %2 left open was restored by hand: %3")
            .arg(actor, id.value, titles.join(QStringLiteral("; "))));
    const auto known = readRestored(*entry);
    return noted ? known : noted;
}

void RunServiceImpl::lookElsewhere()
{
    static_cast<void>(releaseLeftLeases());
    const std::vector<Entry> before = m_entries;
    reload();
    const bool sameRuns =
        std::ranges::equal(before, m_entries, [](const Entry& left, const Entry& right) {
            return left.row.id == right.row.id && left.isDamaged() == right.isDamaged();
        });
    for (const Entry& entry : m_entries) {
        const auto old =
            std::ranges::find(before, entry.row.id, [](const Entry& each) { return each.row.id; });
        if (old != before.end() && old->view != entry.view
            && !(old->view && entry.view && *old->view == *entry.view)) {
            Q_EMIT runChanged(entry.row.id);
        }
    }
    if (!sameRuns) {
        Q_EMIT runsChanged();
    }
}

void RunServiceImpl::onRunnerChanged(const RunId& id)
{
    Entry* entry = entryOf(id);
    const auto driven = m_driven.find(id);
    if (!entry || driven == m_driven.end()) {
        return;
    }
    const bool endedBefore = entry->view && run::isEnded(entry->view->phase);
    entry->view =
        shownView(entry->row, std::make_shared<const run::RunView>(driven->second.runner->view()));
    if (run::isEnded(entry->view->phase) && !endedBefore) {
        const QString outcome = run::toString(entry->view->phase);
        entry->row.ended = true;
        entry->row.outcome = outcome;
        auto kept = m_context.store.endRun(id, outcome);
        if (kept) {
            kept = m_context.store.addActivity(
                m_context.actor(), entry->row.cluster, QStringLiteral("run"),
                QStringLiteral("Run %1 ended: %2").arg(id.value, outcome));
        }
        if (!kept) {
            qWarning("%s", qUtf8Printable(describe(kept.error())));
        }
    }
    Q_EMIT runChanged(id);
}

void RunServiceImpl::onRunnerEnded(const RunId& id)
{
    const auto driven = m_driven.find(id);
    if (driven == m_driven.end()) {
        return;
    }
    if (!driven->second.runner->hasLeftLease()) {
        m_released.insert(id);
    }
    const std::vector<Resolver<bool>> left = std::move(driven->second.left);
    forget(id);
    Q_EMIT runsChanged();
    for (const Resolver<bool>& waiting : left) {
        waiting.resolve(true);
    }
}

std::optional<Error> RunServiceImpl::problemOf(const RunId& id) const
{
    const auto found =
        std::ranges::find(m_entries, id, [](const Entry& entry) { return entry.row.id; });
    return found == m_entries.end() ? std::optional(unknownRun(id)) : found->problem;
}

std::vector<RunId> RunServiceImpl::damagedRuns(const ClusterId& cluster) const
{
    std::vector<RunId> list;
    for (const Entry& entry : m_entries) {
        if (entry.row.cluster == cluster && entry.isDamaged()) {
            list.push_back(entry.row.id);
        }
    }
    return list;
}

/// A report says what the journal proves, as the evidence beside it does.
RunViewPtr RunServiceImpl::reportedView(const Entry& entry) const
{
    return entry.row.restoredAt ? viewFromJournal(entry.row, false).value_or(entry.view)
                                : entry.view;
}

Async<QStringList> RunServiceImpl::exportReport(RunId id, QString folder)
{
    const Entry* entry = entryOf(id);
    if (!entry || !entry->view) {
        return ready<QStringList>(fail(unknownRun(id)));
    }
    if (!m_context.reports) {
        return ready<QStringList>(fail(ErrorKind::Precondition, QStringLiteral("no-reports"),
                                       QStringLiteral("This build writes no reports")));
    }
    auto plan =
        procedure::planFromYaml(entry->row.planYaml, QStringLiteral("run %1").arg(id.value));
    auto records = m_journal.read(id);
    if (!plan || !records) {
        return ready<QStringList>(fail(plan ? records.error() : plan.error()));
    }
    ReportInput input{.row = entry->row,
                      .plan = *std::move(plan),
                      .view = *reportedView(*entry),
                      .journal = *std::move(records)};
    auto activity = m_context.store.activity(kActivityMax);
    if (!activity) {
        return ready<QStringList>(fail(std::move(activity).error()));
    }
    input.activity = *std::move(activity);
    const Resolver<QStringList> out;
    deliver(evidenceKey(m_context.secrets, m_context.actor(), m_context.clock->now()), this,
            [this, out, folder, input = std::move(input)](const Result<EvidenceKey>& key) mutable {
                input.signer = key ? key->signer : nullptr;
                input.unsignedBecause = key ? key->unsignedBecause : key.error().message;
                auto work = [input = std::move(input), folder, reports = m_context.reports](
                                const std::stop_token&) { return reports->write(input, folder); };
                deliver(m_pool.run<QStringList>(std::move(work), {}), this,
                        [out](Result<QStringList> paths) { out.resolve(std::move(paths)); });
            });
    return out.future();
}

QString RunServiceImpl::reportHtml(const RunId& id) const
{
    const auto found =
        std::ranges::find(m_entries, id, [](const Entry& entry) { return entry.row.id; });
    if (found == m_entries.end() || !found->view || !m_context.reports) {
        return {};
    }
    auto plan =
        procedure::planFromYaml(found->row.planYaml, QStringLiteral("run %1").arg(id.value));
    auto records = m_journal.read(id);
    if (!plan || !records) {
        return {};
    }
    return m_context.reports->html({.row = found->row,
                                    .plan = *std::move(plan),
                                    .view = *reportedView(*found),
                                    .journal = *std::move(records)});
}

} // namespace quorate::service
