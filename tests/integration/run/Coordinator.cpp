// SPDX-License-Identifier: GPL-3.0-or-later
// Starts the upgrade of a plan, or resumes it when it was begun, and stays until it has ended or
// waits for a person. Says one JSON line; exit code 0 when it succeeded. With --lives it does so in
// a child of its own again and again, until a child ends by itself: each is a process of its own
// with nothing but the disk in common, without the time that loading the program takes.
#include "core/procedure/Planner.h"
#include "core/service/Services.h"
#include "tests/integration/run/DyingJournal.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <cstdio>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace quorate;
using runtest::Death;

/// A whole upgrade takes 25 s at the speed of the test; sanitizers and busy machines more.
constexpr Seconds kLimit{150};

class Coordinator final : public QObject {
public:
    Coordinator(service::Services& services, QString clusterFile, QString planFile)
        : m_services(services)
        , m_clusterFile(std::move(clusterFile))
        , m_planFile(std::move(planFile))
    {
        service::RunService& runs = services.runs();
        connect(&runs, &service::RunService::runChanged, this, [this] { look(); });
        connect(&runs, &service::RunService::runsChanged, this, [this] { look(); });
        QTimer::singleShot(std::chrono::milliseconds(kLimit), this,
                           [this] { end(QStringLiteral("stuck"), {}); });
    }

    void begin()
    {
        for (const service::RunViewPtr& view : m_services.runs().runs()) {
            if (view->phase == run::RunPhase::Ready) {
                continue; // killed before its first record: it never was
            }
            if (run::isEnded(view->phase)) {
                deliver(m_services.runs().releaseLeftLeases(), this,
                        [this, id = view->id](const Result<int>&) {
                            m_id = id;
                            look();
                        });
                return;
            }
            m_id = view->id;
            if (auto taken = m_services.runs().command(view->id, run::RunCommand::Resume); !taken) {
                end(QStringLiteral("not-resumed"), describe(taken.error()));
            }
            return;
        }
        connectAndStart();
    }

private:
    void connectAndStart()
    {
        auto file = ClusterFile::read(m_clusterFile);
        if (!file) {
            end(QStringLiteral("no-cluster"), describe(file.error()));
            return;
        }
        service::ConnectRequest request;
        request.file = *std::move(file);
        deliver(m_services.clusters().connectCluster(std::move(request)), this,
                [this](const Result<service::ConnectOutcome>& outcome) {
                    if (!outcome || !outcome->cluster) {
                        end(QStringLiteral("not-connected"),
                            outcome ? QString() : describe(outcome.error()));
                    } else {
                        start();
                    }
                });
    }

    void start()
    {
        QFile file(m_planFile);
        service::StartRequest request;
        auto plan = file.open(QIODevice::ReadOnly)
                        ? procedure::planFromYaml(file.readAll(), m_planFile)
                        : Result<procedure::Plan>(fail(
                            ErrorKind::Storage, QStringLiteral("cannot-read"), file.errorString()));
        if (!plan) {
            end(QStringLiteral("no-plan"), describe(plan.error()));
            return;
        }
        for (const procedure::PlanWarning& warning : plan->warnings) {
            request.acceptedWarnings.push_back(warning.id);
        }
        request.plan = *std::move(plan);
        request.consented = true;
        request.startedBy = m_services.userName();
        deliver(m_services.runs().start(std::move(request)), this, [this](const Result<RunId>& id) {
            if (id) {
                m_id = *id;
                look();
            } else {
                end(QStringLiteral("not-started"), describe(id.error()));
            }
        });
    }

    void look()
    {
        const service::RunViewPtr view = m_id ? m_services.runs().view(*m_id) : nullptr;
        if (!view) {
            return;
        }
        // Until it is taken up, an interrupted run is shown as paused.
        m_underWay = m_underWay || view->phase == run::RunPhase::Resuming
                     || view->phase == run::RunPhase::Running;
        if (run::isEnded(view->phase)) {
            if (!std::exchange(m_leaving, true)) {
                deliver(m_services.runs().leave(*m_id), this, [this, view](const Result<bool>&) {
                    end(run::toString(view->phase), view->sentence);
                });
            }
        } else if (m_underWay && view->phase == run::RunPhase::Paused) {
            end(run::toString(view->phase),
                (view->attention ? view->attention->code + u' ' : QString()) + view->sentence);
        }
    }

    void end(const QString& phase, const QString& sentence)
    {
        if (m_ended) {
            return;
        }
        m_ended = true;
        QJsonObject line{{QStringLiteral("phase"), phase}, {QStringLiteral("sentence"), sentence}};
        if (m_id) {
            const auto records = m_services.store().read(*m_id);
            line[QStringLiteral("records")] = records ? static_cast<int>(records->size()) : -1;
            line[QStringLiteral("chain")] = records && run::verifyChain(*records).has_value();
        }
        std::puts(QJsonDocument(line).toJson(QJsonDocument::Compact).constData());
        QCoreApplication::exit(phase == QLatin1String("succeeded") ? 0 : 1);
    }

    service::Services& m_services;
    QString m_clusterFile;
    QString m_planFile;
    std::optional<RunId> m_id;
    bool m_underWay = false;
    bool m_leaving = false; ///< it has ended, and its lease is being given back
    bool m_ended = false;
};

Death deathOf(const QString& text)
{
    return text == QLatin1String("after")    ? Death::After
           : text == QLatin1String("before") ? Death::Before
                                             : Death::Never;
}

/// Of the step at work; while a run is taken up again that is the same everywhere.
QString whereOf(const service::RunViewPtr& view)
{
    if (!view) {
        return QStringLiteral("start");
    }
    return view->phase == run::RunPhase::Running ? QStringLiteral("step %1").arg(view->stepNumber)
                                                 : run::toString(view->phase);
}

int live(int argc, char** argv, const QCommandLineParser& parser)
{
    QCoreApplication application(argc, argv);

    std::unique_ptr<runtest::DyingJournal> journal;
    service::Services::Options options;
    options.home = parser.value(QStringLiteral("home"));
    options.userName = QStringLiteral("operator");
    options.useKeychain = false;
    options.wrapJournal = [&](run::Journal& inner) -> run::Journal& {
        journal = std::make_unique<runtest::DyingJournal>(
            inner, deathOf(parser.value(QStringLiteral("die"))),
            parser.value(QStringLiteral("places")));
        return *journal;
    };
    auto services = service::Services::open(options);
    if (!services) {
        std::puts(qPrintable(describe(services.error())));
        return 1;
    }
    journal->setWhere(
        [runs = &(*services)->runs()](const RunId& id) { return whereOf(runs->view(id)); });
    Coordinator coordinator(**services, parser.value(QStringLiteral("cluster")),
                            parser.value(QStringLiteral("plan")));
    QTimer::singleShot(0, &coordinator, [&coordinator] { coordinator.begin(); });
    return QCoreApplication::exec();
}

/// The exit code of the first child that was not killed.
int liveOften(int argc, char** argv, const QCommandLineParser& parser, int livesMax)
{
    for (int lives = 0; lives < livesMax; ++lives) {
        const pid_t child = ::fork();
        if (child == 0) {
            return live(argc, argv, parser);
        }
        int status = 0;
        if (child < 0 || ::waitpid(child, &status, 0) != child) {
            return 1;
        }
        if (!WIFEXITED(status) || WEXITSTATUS(status) != runtest::DyingJournal::kExitCode) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        }
    }
    std::puts("{\"phase\":\"killed too often\"}");
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    QCommandLineParser parser;
    for (const char* name : {"home", "cluster", "plan", "places", "die", "lives"}) {
        parser.addOption({QLatin1String(name), QString(), QStringLiteral("value")});
    }
    QStringList arguments;
    for (int index = 0; index < argc; ++index) {
        arguments.append(QString::fromLocal8Bit(argv[index]));
    }
    if (!parser.parse(arguments)) {
        std::puts(qPrintable(parser.errorText()));
        return 2;
    }
    const int lives = parser.value(QStringLiteral("lives")).toInt();
    return lives > 0 ? liveOften(argc, argv, parser, lives) : live(argc, argv, parser);
}
