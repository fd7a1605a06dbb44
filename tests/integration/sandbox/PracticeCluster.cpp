// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/sandbox/PracticeCluster.h"

#include "app/sandbox/Files.h"
#include "app/sandbox/Processes.h"
#include "app/sandbox/Settings.h"
#include "tests/support/Environment.h"
#include "tests/support/Test.h"

#include <csignal>

namespace quorate::sandboxtest {

namespace {

constexpr Millis kProgramLimit = Seconds(60);

/// `count` ports in a row that were free a moment ago.
int freePorts(int count)
{
    for (int attempt = 0; attempt < 50; ++attempt) {
        const int first = test::freePort();
        bool all = first + count < 65535;
        for (int port = first; all && port < first + count; ++port) {
            all = sandbox::portIsFree(port);
        }
        if (all) {
            return first;
        }
    }
    return 0;
}

QString nameOf(int node) { return QStringLiteral("node-%1").arg(node); }

} // namespace

PracticeCluster::PracticeCluster(const QString& system, int nodes, int speed)
{
    const int port = freePorts(nodes);
    const test::ProgramOutcome up =
        run({QStringLiteral("up"), QStringLiteral("--system"), system, QStringLiteral("--nodes"),
             QString::number(nodes), QStringLiteral("--speed"), QString::number(speed),
             QStringLiteral("--port"), QString::number(port)});
    m_up = up.exitCode == 0;
    EXPECT_TRUE(m_up) << up.errors.toStdString();
    EXPECT_EQ(up.output.trimmed(), (folder() + QStringLiteral("/cluster.json")).toLocal8Bit());
    for (int node = 0; node < nodes; ++node) {
        m_clients.emplace_back(folder(), port + node);
        EXPECT_EQ(m_clients.back().logIn(), 200);
    }
}

PracticeCluster::~PracticeCluster()
{
    EXPECT_EQ(run({QStringLiteral("down")}).exitCode, 0);
    for (size_t node = 0; node < m_clients.size(); ++node) {
        EXPECT_TRUE(eventually([&] { return sandbox::portIsFree(m_clients[node].port()); }))
            << "still there: " << node + 1;
    }
    if (::testing::Test::HasFailure()) {
        for (size_t node = 0; node < m_clients.size(); ++node) {
            const QString log = folder() + QLatin1Char('/') + nameOf(static_cast<int>(node) + 1)
                                + QStringLiteral("/node.log");
            fprintf(stderr, "%s", sandbox::readFile(log).value_or(QByteArray()).constData());
        }
    }
}

QString PracticeCluster::program()
{
    return test::buildPath(QStringLiteral("bin/quorate-sandbox"));
}

test::ProgramOutcome PracticeCluster::run(const QStringList& arguments) const
{
    QStringList all = arguments;
    all << QStringLiteral("--dir") << folder();
    return test::runProgram(program(), all, kProgramLimit);
}

void PracticeCluster::power(int node, const char* onOrOff) const
{
    const test::ProgramOutcome outcome = run(
        {QStringLiteral("power"), QStringLiteral("--node"), nameOf(node), QLatin1String(onOrOff)});
    EXPECT_EQ(outcome.exitCode, 0) << outcome.errors.toStdString();
}

void PracticeCluster::fault(int node, const char* name, bool on) const
{
    QStringList arguments{QStringLiteral("fault"), QStringLiteral("--node"), nameOf(node),
                          QLatin1String(name)};
    if (!on) {
        arguments << QStringLiteral("--off");
    }
    EXPECT_EQ(run(arguments).exitCode, 0);
}

QString PracticeCluster::package(const QString& version, const QStringList& more) const
{
    const QString file =
        m_temporary.path(QStringLiteral("p-%1-%2.qpkg").arg(version, sandbox::randomHex(4)));
    QStringList arguments{QStringLiteral("package"), QStringLiteral("--version"), version,
                          QStringLiteral("-o"), file};
    if (!more.contains(QStringLiteral("--size"))) {
        arguments << QStringLiteral("--size") << QStringLiteral("100K");
    }
    const test::ProgramOutcome outcome = run(arguments + more);
    EXPECT_EQ(outcome.exitCode, 0) << outcome.errors.toStdString();
    return file;
}

test::Canary PracticeCluster::canary() const
{
    test::Canary canary;
    canary.watch(QStringLiteral("the password"), password().toUtf8());
    canary.watch(QStringLiteral("a session token"), sandbox::kSessionTokenPrefix);
    canary.watch(QStringLiteral("the cluster's secret"),
                 sandbox::readFile(folder() + QStringLiteral("/cluster.secret"))
                     .value_or(QByteArray())
                     .trimmed());
    return canary;
}

QString PracticeCluster::password() const
{
    return sandbox::readObject(folder() + QStringLiteral("/credentials.json"))
        .value_or(QJsonObject())
        .value(QStringLiteral("password"))
        .toString();
}

int PracticeCluster::leader(int asked)
{
    const QString id = node(asked).cluster().value(QStringLiteral("leader")).toString();
    return id.section(QLatin1Char('-'), 1).toInt();
}

void PracticeCluster::killNode(int node) const
{
    const Result<sandbox::Settings> settings = sandbox::Settings::load(folder());
    ASSERT_TRUE(settings);
    const std::optional<pid_t> pid = sandbox::processOf(*settings, nameOf(node), sandbox::kNodePid);
    ASSERT_TRUE(pid);
    ::kill(*pid, SIGKILL);
}

bool PracticeCluster::isSupervised(int node) const
{
    const Result<sandbox::Settings> settings = sandbox::Settings::load(folder());
    return settings
           && sandbox::processOf(*settings, nameOf(node), sandbox::kSupervisorPid).has_value();
}

Reply PracticeCluster::stage(int number, const QString& file)
{
    const QByteArray content = sandbox::readFile(file, 1LL << 30).value_or(QByteArray());
    const QByteArray signature =
        sandbox::readFile(file + QStringLiteral(".p7s")).value_or(QByteArray());
    const QByteArray key = sandbox::randomHex(8).toLatin1();
    const Reply created = node(number).send({"POST",
                                             QStringLiteral("/packages/uploads"),
                                             {},
                                             creationHeaders(content, signature, key),
                                             10'000,
                                             true});
    EXPECT_EQ(created.status, 201) << created.body.toStdString();
    return patch(node(number), created.headers.value(QStringLiteral("location")), 0, content);
}

QList<QByteArray> creationHeaders(const QByteArray& content, const QByteArray& signature,
                                  const QByteArray& key)
{
    QByteArray metadata = "filename " + QByteArray("practice.qpkg").toBase64() + ",sha256 "
                          + sandbox::sha256Hex(content).toLatin1().toBase64();
    if (!signature.isEmpty()) {
        metadata += ",signature " + signature.toBase64();
    }
    return {"Tus-Resumable: 1.0.0", "Upload-Length: " + QByteArray::number(content.size()),
            "Upload-Metadata: " + metadata, "Idempotency-Key: " + key};
}

Reply patch(const ApiClient& client, const QString& location, qint64 offset,
            const QByteArray& bytes, const QList<QByteArray>& more)
{
    const QList<QByteArray> headers{"Tus-Resumable: 1.0.0",
                                    "Upload-Offset: " + QByteArray::number(offset),
                                    "Content-Type: application/offset+octet-stream"};
    return client.send({"PATCH", location, bytes, headers + more, 20'000, true});
}

qint64 uploadOffset(const ApiClient& client, const QString& location)
{
    const Reply reply = client.send({"HEAD", location, {}, {"Tus-Resumable: 1.0.0"}, 10'000, true});
    return reply.status == 200 ? reply.headers.value(QStringLiteral("upload-offset")).toLongLong()
                               : -1;
}

bool eventually(const std::function<bool()>& holds, int limitMs)
{
    return test::waitUntil(holds, Millis(limitMs));
}

} // namespace quorate::sandboxtest
