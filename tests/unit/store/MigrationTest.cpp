// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Migrations.h"

#include "core/store/Sql.h"
#include "tests/unit/store/StoreSupport.h"

#include <QFile>

namespace quorate::store {
namespace {

/// A second look at the file, beside the Store.
class Peek {
public:
    explicit Peek(const QString& path)
        : m_database(QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("peek")))
    {
        m_database.setDatabaseName(path);
        EXPECT_TRUE(m_database.open());
    }
    Peek(const Peek&) = delete;
    Peek& operator=(const Peek&) = delete;
    ~Peek()
    {
        m_database.close();
        m_database = {};
        QSqlDatabase::removeDatabase(QStringLiteral("peek"));
    }
    QVariant value(const QString& statement)
    {
        auto query = detail::execute(m_database, statement);
        EXPECT_TRUE(query) << (query ? std::string() : describe(query.error()).toStdString());
        return query && query->next() ? query->value(0) : QVariant();
    }

private:
    QSqlDatabase m_database;
};

TEST_F(StoreTest, NewFileHasTheNewestSchemaAndIsDurable)
{
    Peek peek(path());
    EXPECT_EQ(peek.value(QStringLiteral("PRAGMA user_version")).toInt(), detail::schemaNewest());
    EXPECT_EQ(peek.value(QStringLiteral("PRAGMA journal_mode")).toString(), QStringLiteral("wal"));
}

TEST_F(StoreTest, NewerFileIsRefusedUntouched)
{
    m_store.reset();
    {
        Peek peek(path());
        peek.value(QStringLiteral("PRAGMA user_version = %1").arg(detail::schemaNewest() + 1));
    }
    const auto opened = Store::open(path(), m_clock);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, QStringLiteral("store-newer"));
    EXPECT_TRUE(opened.error().message.contains(path()));
    Peek peek(path());
    EXPECT_EQ(peek.value(QStringLiteral("PRAGMA user_version")).toInt(),
              detail::schemaNewest() + 1);
}

TEST_F(StoreTest, DatabaseOfAnotherProgramIsRefused)
{
    const QString other = m_folder.path(QStringLiteral("other.db"));
    {
        Peek peek(other);
        peek.value(QStringLiteral("CREATE TABLE bookmarks (url TEXT)"));
    }
    const auto opened = Store::open(other, m_clock);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, QStringLiteral("store-foreign"));
}

TEST_F(StoreTest, FileThatIsNoDatabaseIsRefused)
{
    const QString text =
        m_folder.write(QStringLiteral("text.db"), QByteArray("no database at all\n").repeated(200));
    const auto opened = Store::open(text, m_clock);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::Storage);
    EXPECT_TRUE(describe(opened.error()).contains(text));
}

TEST_F(StoreTest, FolderThatIsMissingIsNamed)
{
    const QString missing = m_folder.path(QStringLiteral("not/there.db"));
    const auto opened = Store::open(missing, m_clock);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, QStringLiteral("store-unavailable"));
    EXPECT_TRUE(opened.error().message.contains(missing));
}

TEST_F(StoreTest, FilesAreTheOwnersAlone)
{
    ASSERT_TRUE(
        m_store->setSetting(QStringLiteral("a"), QStringLiteral("b"))); // makes the -wal file
    constexpr auto kOthers = QFileDevice::ReadGroup | QFileDevice::WriteGroup
                             | QFileDevice::ReadOther | QFileDevice::WriteOther;
    for (const QString& suffix : {QString(), QStringLiteral("-wal"), QStringLiteral("-shm")}) {
        ASSERT_TRUE(QFile::exists(path() + suffix)) << suffix.toStdString();
        EXPECT_FALSE(QFile::permissions(path() + suffix) & kOthers) << suffix.toStdString();
    }
}

TEST_F(StoreTest, LooseRightsAreTightened)
{
    m_store.reset();
    ASSERT_TRUE(QFile::setPermissions(path(), QFileDevice::ReadOwner | QFileDevice::WriteOwner
                                                  | QFileDevice::ReadOther));
    reopen();
    EXPECT_FALSE(QFile::permissions(path()) & QFileDevice::ReadOther);
}

TEST_F(StoreTest, AStoreOfTheFirstSchemaKeepsItsClusters)
{
    ClusterFile file;
    file.name = QStringLiteral("shop");
    file.platform = QStringLiteral("kubernetes");
    file.nodes = {{NodeId{QStringLiteral("n1")}, QStringLiteral("n1"),
                   QUrl(QStringLiteral("https://10.0.0.1:6443"))}};
    const ClusterProfile before{
        .id = ClusterId{QStringLiteral("c1")}, .file = file, .user = QStringLiteral("ops")};
    ASSERT_TRUE(m_store->saveProfile(before));
    m_store.reset();
    {
        Peek peek(path()); // as the first schema was
        for (const char* column : {"lease_namespace", "keeps_etcd"}) {
            peek.value(
                QStringLiteral("ALTER TABLE profiles DROP COLUMN %1").arg(QLatin1String(column)));
        }
        peek.value(QStringLiteral("ALTER TABLE run_commands DROP COLUMN step"));
        peek.value(QStringLiteral("DROP TABLE obligations_restored"));
        peek.value(QStringLiteral("PRAGMA user_version = 1"));
    }
    reopen();
    const auto profiles = m_store->profiles();
    ASSERT_TRUE(profiles) << describe(profiles.error()).toStdString();
    EXPECT_EQ(*profiles, std::vector<ClusterProfile>{before});
    ASSERT_TRUE(m_store->setLeaseNamespace(before.id, QStringLiteral("ops")));
    EXPECT_EQ(m_store->leaseNamespace(before.id).value(), QStringLiteral("ops"));
}

TEST_F(StoreTest, AStoreOfTheSecondSchemaKeepsItsWishes)
{
    const RunId run{QStringLiteral("r1")};
    createRun(run.value);
    ASSERT_TRUE(m_store->addRunCommand(run, QStringLiteral("pause"), {}, QStringLiteral("ops")));
    m_store.reset();
    {
        Peek peek(path()); // as the second schema was
        peek.value(QStringLiteral("ALTER TABLE run_commands DROP COLUMN step"));
        peek.value(QStringLiteral("DROP TABLE obligations_restored"));
        peek.value(QStringLiteral("PRAGMA user_version = 2"));
    }
    reopen();
    const StepId step{QStringLiteral("0007")};
    ASSERT_TRUE(m_store->addRunCommand(run, QStringLiteral("skip-step"), step, {}));
    const auto wishes = m_store->takeRunCommands(run);
    ASSERT_TRUE(wishes) << describe(wishes.error()).toStdString();
    ASSERT_EQ(wishes->size(), 2U);
    EXPECT_EQ((*wishes)[0].command, QStringLiteral("pause"));
    EXPECT_EQ((*wishes)[0].actor, QStringLiteral("ops"));
    EXPECT_TRUE((*wishes)[0].step.isEmpty()) << "nobody knows it";
    EXPECT_EQ((*wishes)[1].step, step);
}

TEST_F(StoreTest, AStoreFromBeforeRestoredObligationsKeepsItsRuns)
{
    createRun(QStringLiteral("r1"));
    const RunId id{QStringLiteral("r1")};
    ASSERT_TRUE(m_store->endRun(id, QStringLiteral("cancelled")));
    m_store.reset();
    {
        Peek peek(path()); // as the third schema was
        peek.value(QStringLiteral("DROP TABLE obligations_restored"));
        peek.value(QStringLiteral("PRAGMA user_version = 3"));
    }
    reopen();
    const auto before = m_store->run(id);
    ASSERT_TRUE(before) << describe(before.error()).toStdString();
    EXPECT_EQ(before->outcome, QStringLiteral("cancelled"));
    EXPECT_EQ(before->restoredAt, std::nullopt);
    ASSERT_TRUE(m_store->setRestored(id, QStringLiteral("ops1@here")));
    EXPECT_TRUE(m_store->run(id)->restoredAt);
}

} // namespace
} // namespace quorate::store
