// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/nodeadmin/SandboxFixture.h"

#include "tests/support/ChildProcess.h"
#include "tests/support/Environment.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonDocument>
#include <QTimer>

namespace quorate::platform {
namespace {

constexpr Seconds kUpLimit{60};
constexpr Seconds kOperationLimit{90};

QString program() { return QStringLiteral(QUORATE_SANDBOX); }

} // namespace

std::unique_ptr<Sandbox> SandboxTest::s_sandbox;

Sandbox::Sandbox()
{
    const QString port = QString::number(test::freePort());
    run({QStringLiteral("up"), QStringLiteral("--system"), QStringLiteral("mss"),
         QStringLiteral("--nodes"), QStringLiteral("3"), QStringLiteral("--speed"),
         QStringLiteral("600"), QStringLiteral("--port"), port});
    auto read = ClusterFile::read(m_dir.path(QStringLiteral("box/cluster.json")));
    EXPECT_TRUE(read.has_value()) << testing::PrintToString(read.has_value() ? Error{}
                                                                             : read.error());
    if (read) {
        m_file = *read;
        m_up = true;
    }
}

Sandbox::~Sandbox() { run({QStringLiteral("down")}, false); }

void Sandbox::run(const QStringList& arguments, bool mustSucceed) const
{
    const auto outcome = test::runProgram(
        program(),
        QStringList(arguments) << QStringLiteral("--dir") << m_dir.path(QStringLiteral("box")),
        kUpLimit);
    if (mustSucceed) {
        EXPECT_EQ(outcome.exitCode, 0) << outcome.errors.constData();
    }
}

NodeAdminOptions Sandbox::options() const
{
    QFile file(m_file.practice ? m_file.practice->credentialsFile : QString());
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << file.fileName().toStdString();
    const auto object = QJsonDocument::fromJson(file.readAll()).object();
    auto credentials = std::make_shared<Credentials>();
    credentials->user = object.value(QStringLiteral("user")).toString();
    credentials->password = std::make_shared<const Secret>(
        object.value(QStringLiteral("password")).toString().toUtf8());
    NodeAdminOptions options;
    options.nodes = m_file.nodes;
    options.trust.authorities = QSslCertificate::fromData(m_file.caPem, QSsl::Pem);
    options.clock = std::make_shared<SystemClock>();
    options.credentials = [credentials] { return credentials; };
    return options;
}

void Sandbox::fault(const QString& node, const QString& name, bool on) const
{
    QStringList arguments{QStringLiteral("fault"), QStringLiteral("--node"), node, name};
    if (!on) {
        arguments << QStringLiteral("--off");
    }
    run(arguments);
}

void Sandbox::power(const QString& node, bool on) const
{
    run({QStringLiteral("power"), QStringLiteral("--node"), node,
         on ? QStringLiteral("on") : QStringLiteral("off")});
}

Package Sandbox::package(const QString& version, const QString& size) const
{
    const QString path = m_dir.path(QStringLiteral("package-%1.qpk").arg(version));
    run({QStringLiteral("package"), QStringLiteral("--version"), version, QStringLiteral("--size"),
         size, QStringLiteral("-o"), path});
    QFile file(path);
    QFile signature(path + QStringLiteral(".p7s"));
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_TRUE(signature.open(QIODevice::ReadOnly));
    QCryptographicHash hash(QCryptographicHash::Sha256);
    EXPECT_TRUE(hash.addData(&file));
    Package package;
    package.path = path;
    package.sizeBytes = file.size();
    package.sha256 = hash.result();
    package.signature = signature.readAll();
    package.manifest.name = QStringLiteral("mss-appliance");
    package.manifest.system = SystemKind::Mss;
    package.manifest.version = Version::parse(version).value_or(Version{});
    return package;
}

void SandboxTest::SetUpTestSuite()
{
    if (QFile::exists(program())) {
        s_sandbox = std::make_unique<Sandbox>();
    }
}

void SandboxTest::TearDownTestSuite() { s_sandbox.reset(); }

void SandboxTest::SetUp()
{
    if (!s_sandbox) {
        GTEST_SKIP() << "the sandbox program is not built: " << QUORATE_SANDBOX;
    }
    ASSERT_TRUE(s_sandbox->isUp());
    m_platform = makeNodeAdminPlatform(s_sandbox->options());
}

OperationStatus SandboxTest::followToEnd(const ActTarget& target, const OperationId& id)
{
    OperationStatus last;
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < Millis(kOperationLimit).count()) {
        const auto status = test::waitFor(m_platform->follow(target, id, {}), Seconds(20));
        if (status && status->state != OperationStatus::State::Running) {
            return *status;
        }
        bool turned = false;
        QTimer::singleShot(50, [&turned] { turned = true; }); // as a caller polls
        test::waitUntil([&turned] { return turned; });
    }
    ADD_FAILURE() << "operation has not ended: " << id.value.toStdString();
    return last;
}

OperationStatus SandboxTest::performToEnd(const ActTarget& target, const Act& act,
                                          const QString& key)
{
    const auto id = test::waitFor(m_platform->perform(target, act, {key}, {}), Seconds(20));
    EXPECT_TRUE(id.has_value()) << testing::PrintToString(id);
    return id ? followToEnd(target, *id) : OperationStatus{};
}

} // namespace quorate::platform
