// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"
#include "tests/tidy/Tidy.h"

namespace quorate::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const QString kSpdxLine = QStringLiteral("// SPDX-License-Identifier: GPL-3.0-or-later\n");

/// The rules that a file breaks, as "rule:line"; the file gets the licence line and, as a header,
/// the pragma.
std::vector<std::string> broken(const char* path, const QString& body)
{
    const QString name = QString::fromUtf8(path);
    const QString pragma =
        name.endsWith(QStringLiteral(".h")) ? QStringLiteral("#pragma once\n") : QString();
    std::vector<std::string> rules;
    for (const Finding& finding : checkSource(name, kSpdxLine + pragma + body)) {
        rules.push_back(QStringLiteral("%1:%2").arg(finding.rule).arg(finding.line).toStdString());
    }
    return rules;
}

std::vector<std::string> broken(const char* path, const char* body)
{
    return broken(path, QString::fromUtf8(body));
}

TEST(FormRules, LicenceAndPragma)
{
    const auto rules = checkSource(QStringLiteral("core/run/A.h"), QStringLiteral("int a;\n"));
    ASSERT_EQ(rules.size(), 2U);
    EXPECT_EQ(rules[0].rule, QStringLiteral("spdx"));
    EXPECT_EQ(rules[1].rule, QStringLiteral("pragma-once"));
    EXPECT_THAT(broken("core/run/A.h", "int a;\n"), IsEmpty());
}

TEST(FormRules, FileSizes)
{
    const auto lines = [](int count) { return QStringLiteral("int a;\n").repeated(count); };
    EXPECT_THAT(broken("core/run/A.h", lines(198)), IsEmpty());
    EXPECT_THAT(broken("core/run/A.h", lines(199)), ElementsAre("file-size:0"));
    EXPECT_THAT(broken("core/run/A.cpp", lines(499)), IsEmpty());
    EXPECT_THAT(broken("core/run/A.cpp", lines(500)), ElementsAre("file-size:0"));
}

TEST(FormRules, FunctionSizes)
{
    const auto function = [](int lines, const QString& head, const QString& tail) {
        return head + QStringLiteral("        if (a) {\n        }\n").repeated(lines / 2) + tail;
    };
    const QString head = QStringLiteral("void f()\n{\n");
    const QString tail = QStringLiteral("}\n");
    EXPECT_THAT(broken("core/run/A.cpp", function(68, head, tail)), IsEmpty());
    EXPECT_THAT(broken("core/run/A.cpp", function(70, head, tail)), ElementsAre("function-size:3"));
    EXPECT_THAT(broken("core/run/A.cpp", function(70, QStringLiteral("void f() {\n"), tail)),
                ElementsAre("function-size:2"));
    const QString member = QStringLiteral("class A {\n    void f() const\n    {\n");
    EXPECT_THAT(broken("core/run/A.cpp", function(70, member, QStringLiteral("    }\n};\n"))),
                ElementsAre("function-size:4"));
    const QString space = QStringLiteral("namespace a {\nstruct B {\n");
    EXPECT_THAT(broken("core/run/A.cpp", space + QStringLiteral("    int b;\n").repeated(200)),
                IsEmpty());
}

TEST(FormRules, Nodiscard)
{
    EXPECT_THAT(broken("core/run/A.h", "Result<int> f();\n"), ElementsAre("nodiscard:3"));
    EXPECT_THAT(broken("core/run/A.h", "    virtual Async<std::vector<int>> f(int a) = 0;\n"),
                ElementsAre("nodiscard:3"));
    EXPECT_THAT(broken("core/run/A.h",
                       "[[nodiscard]] Result<int> f();\n[[nodiscard]] static Async<int> g();\n"),
                IsEmpty());
    EXPECT_THAT(broken("core/run/A.h", "template <typename T>\n[[nodiscard]]\nResult<T> f();\n"),
                IsEmpty());
    EXPECT_THAT(broken("core/run/A.h",
                       "Result<int> m_last;\n// Result<int> f();\nusing R = Result<int>;\n"),
                IsEmpty());
    EXPECT_THAT(broken("core/run/A.h", "inline int f()\n{\n    Result<int> got(1);\n}\n"),
                IsEmpty());
    EXPECT_THAT(broken("core/run/A.h", "Async<int> f(int a,\n             int b) override;\n"),
                IsEmpty());
    EXPECT_THAT(broken("core/run/A.cpp", "Result<int> f();\n"), IsEmpty());
    EXPECT_THAT(broken("tests/unit/A.h", "Result<int> f();\n"), IsEmpty());
}

TEST(LayerRules, UpwardsAndSidewaysAreRefused)
{
    EXPECT_THAT(broken("core/quorum/A.cpp", "#include \"core/run/Run.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("core/quorum/A.cpp", "#include \"core/metering/Pool.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("core/base/A.cpp", "#include \"core/domain/Node.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("core/run/A.cpp", "#include \"core/platform/Platform.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("core/service/A.cpp", "#include \"ui/common/Theme.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("ui/cluster/A.cpp", "#include \"ui/upgrade/Wizard.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("ui/common/A.cpp", "#include \"app/quorate/Main.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("app/quoratectl/A.cpp", "#include \"ui/common/Theme.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("core/run/A.cpp", "#include \"tests/support/Wait.h\"\n"),
                ElementsAre("layer:2"));
    EXPECT_THAT(broken("core/novelty/A.cpp", "int a;\n"), ElementsAre("layer:0"));
}

TEST(LayerRules, DownwardsIsFine)
{
    EXPECT_THAT(broken("core/quorum/A.cpp",
                       "#include \"core/quorum/B.h\"\n#include \"core/base/Result.h\"\n"),
                IsEmpty());
    EXPECT_THAT(broken("core/simulate/A.cpp", "#include \"core/run/Run.h\"\n"), IsEmpty());
    EXPECT_THAT(broken("core/platform/nodeadmin/A.cpp",
                       "#include \"core/net/HttpClient.h\"\n#include \"core/procedure/Plan.h\"\n"),
                IsEmpty());
    EXPECT_THAT(broken("ui/shell/A.cpp", "#include \"ui/upgrade/Wizard.h\"\n"), IsEmpty());
    EXPECT_THAT(broken("app/quorate/A.cpp", "#include \"ui/shell/Window.h\"\n"), IsEmpty());
    EXPECT_THAT(broken("tests/unit/run/A.cpp",
                       "#include \"core/run/Run.h\"\n#include \"tests/support/Test.h\"\n"),
                IsEmpty());
}

TEST(LayerRules, IncludesStartAtTheRoot)
{
    EXPECT_THAT(broken("core/run/A.cpp", "#include \"Run.h\"\n"), ElementsAre("include-root:2"));
    EXPECT_THAT(broken("core/run/A.cpp", "#include \"A.moc\"\n"), IsEmpty());
}

TEST(LayerRules, CoreHasNoWindows)
{
    for (const char* include :
         {"<QtWidgets/QWidget>", "<QtGui/QColor>", "<QtWidgets>", "<QApplication>", "<QPixmap>"}) {
        const QString line = QStringLiteral("#include %1\n").arg(QLatin1String(include));
        EXPECT_THAT(broken("core/run/A.cpp", line), ElementsAre("no-widgets:2")) << include;
        EXPECT_THAT(broken("app/quoratectl/A.cpp", line), ElementsAre("no-widgets:2")) << include;
        EXPECT_THAT(broken("ui/common/A.cpp", line), IsEmpty()) << include;
    }
    EXPECT_THAT(
        broken("core/run/A.cpp", "#include <QCoreApplication>\n#include <QtCore/QObject>\n"),
        IsEmpty());
}

struct Planted {
    const char* rule;
    const char* path;
    const char* code;
};

void PrintTo(const Planted& planted, std::ostream* out)
{
    *out << planted.rule << " in " << planted.code;
}

class BanRules : public ::testing::TestWithParam<Planted> {};

TEST_P(BanRules, PlantedViolationIsFound)
{
    const Planted& planted = GetParam();
    const QString code = QString::fromUtf8(planted.code) + QLatin1Char('\n');
    EXPECT_THAT(broken(planted.path, code), ElementsAre(std::string(planted.rule) + ":2"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BanRules,
    ::testing::Values(
        Planted{"then-context", "core/net/A.cpp", "future.then(this, f);"},
        Planted{"then-context", "tests/unit/A.cpp", "future.then(context, f);"},
        Planted{"take-result", "core/run/A.cpp", "auto a = future.takeResult();"},
        Planted{"event-loop", "core/net/A.cpp", "QEventLoop loop;"},
        Planted{"event-loop", "ui/shell/A.cpp", "QCoreApplication::processEvents();"},
        Planted{"dialog-exec", "ui/shell/A.cpp", "dialog.exec();"},
        Planted{"dialog-exec", "ui/shell/A.cpp", "m_contextMenu->exec(position);"},
        Planted{"coroutine", "core/net/A.cpp", "co_await next();"},
        Planted{"sleep", "tests/unit/A.cpp", "std::this_thread::sleep_for(a);"},
        Planted{"sleep", "core/net/A.cpp", "QThread::msleep(5);"},
        Planted{"sender", "ui/shell/A.cpp", "auto* who = sender();"},
        Planted{"string-connect", "ui/shell/A.cpp", "connect(a, SIGNAL(b()), c, d);"},
        Planted{"string-connect", "ui/shell/A.cpp", "connect(a, b, c, SLOT(d()));"},
        Planted{"foreach", "core/run/A.cpp", "foreach (const auto& a, list) {"},
        Planted{"clock", "core/run/A.cpp", "QDateTime::currentDateTimeUtc();"},
        Planted{"clock", "ui/shell/A.cpp", "auto a = std::chrono::steady_clock::now();"},
        Planted{"random", "core/run/A.cpp", "int a = rand();"},
        Planted{"random", "core/run/A.cpp", "std::random_device device;"},
        Planted{"dialog-facade", "ui/shell/A.cpp", "QMessageBox::warning(a, b, c);"},
        Planted{"dialog-facade", "app/quorate/A.cpp", "auto f = QFileDialog::getOpenFileName();"},
        Planted{"singleton", "core/run/A.cpp", "Registry::instance().add(a);"},
        Planted{"ssl-errors", "core/net/A.cpp", "reply->ignoreSslErrors();"},
        Planted{"ssl-errors", "core/net/A.cpp",
                "curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);"},
        Planted{"ssl-errors", "core/net/A.cpp",
                "SSL_CTX_set_cert_verify_callback(context, &accept, nullptr);"},
        Planted{"raw-new", "core/net/A.cpp", "auto* a = new QTimer();"},
        Planted{"raw-new", "core/net/A.cpp", "auto* a = new QTimer;"},
        Planted{"logged-authorization", "core/net/A.cpp",
                "spdlog::"
                "info(\"Authorization: {}\", a);"},
        Planted{"colour", "ui/cluster/A.cpp", "label->setStyleSheet(\"#ff0000\");"},
        Planted{"colour", "ui/cluster/A.cpp", "QColor c(Qt::red);"},
        Planted{"colour", "ui/cluster/A.cpp", "auto c = QColor(12, 3, 4);"},
        Planted{"untranslated", "ui/cluster/A.cpp", "label->setText(QStringLiteral(\"Ready\"));"},
        Planted{"unfinished", "core/run/A.cpp",
                "// TO"
                "DO later"},
        Planted{"unfinished", "ui/shell/A.cpp",
                "// FIX"
                "ME"},
        Planted{"machine-path", "core/run/A.cpp",
                "open(\"/wo"
                "rk/main/a\");"},
        Planted{"machine-path", "core/run/A.cpp",
                "// see ../sha"
                "red/a.md"},
        Planted{"connect-context", "ui/shell/A.cpp", "connect(a, &A::changed, [=] { b(); });"},
        Planted{"connect-context", "core/net/A.cpp",
                "QObject::connect(a.get(), qOverload<int>(&A::b),\n    [] {});"}));

TEST(BanRulesTest, CommentsAndMessagesAreNotCode)
{
    EXPECT_THAT(
        broken("core/run/A.cpp", "// never co_await here\nlog(\"no ignoreSslErrors() please\");\n"),
        IsEmpty());
    EXPECT_THAT(
        broken("core/run/A.cpp",
               "/* QEventLoop\n   sender() */ int a = 1'000;\nauto b = R\"x(co_await)x\";\n"),
        IsEmpty());
    EXPECT_THAT(broken("core/run/A.cpp", "char quote = '\"'; co_await f();\n"),
                ElementsAre("coroutine:2"));
}

TEST(BanRulesTest, ExceptionsByPlace)
{
    EXPECT_THAT(broken("core/base/Clock.cpp", "auto a = std::chrono::steady_clock::now();\n"),
                IsEmpty());
    EXPECT_THAT(broken("ui/common/Dialogs.cpp", "QMessageBox::warning(a, b, c);\n"), IsEmpty());
    EXPECT_THAT(broken("ui/common/Tokens.cpp", "QColor c(\"#ff0000\");\n"), IsEmpty());
    EXPECT_THAT(broken("tests/unit/A.cpp", "QEventLoop loop;\nQColor c(Qt::red);\n"), IsEmpty());
    EXPECT_THAT(broken("ui/shell/A.cpp",
                       "connect(a, &A::b, this, [this] { c(); });\napplication.exec();\n"),
                IsEmpty());
    EXPECT_THAT(broken("core/net/A.cpp", "auto* a = new QTimer(parent);\nquery.exec();\n"),
                IsEmpty());
    EXPECT_THAT(broken("app/quorate/A.cpp", "QCoreApplication::instance()->quit();\n"), IsEmpty());
}

TEST(TextRules, DocumentsHaveTheWordRules)
{
    EXPECT_EQ(checkText(QStringLiteral("docs/a.md"), QStringLiteral("fine\nTO"
                                                                    "DO more\n"))
                  .size(),
              1U);
    EXPECT_EQ(checkText(QStringLiteral("dev"), QStringLiteral("cd /ro"
                                                              "ot/x\n"))
                  .size(),
              1U);
    EXPECT_TRUE(
        checkText(QStringLiteral("docs/a.md"), QStringLiteral("https://host/work/a co_await\n"))
            .empty());
}

TEST(ReadmeRules, ShortAndThere)
{
    const QString folder = QStringLiteral("core/run");
    EXPECT_EQ(checkReadme(folder, QString()).size(), 1U);
    EXPECT_TRUE(checkReadme(folder, QStringLiteral("line\n").repeated(15)).empty());
    EXPECT_EQ(checkReadme(folder, QStringLiteral("line\n").repeated(16)).size(), 1U);
}

TEST(TreeRules, ASourceThatNoListNamesIsNotBuilt)
{
    const auto text = [](const char* latin1) { return QString::fromLatin1(latin1); };
    const Texts lists{
        {text("tests/fuzz/CMakeLists.txt"),
         text(
             "quorate_fuzz(NAME a SOURCES A.cpp LINKS x)\n# quorate_fuzz(NAME b SOURCES B.cpp)\n")},
        {text("tests/sim/CMakeLists.txt"),
         text("SOURCES C.cpp ../fuzz/D.cpp ${CMAKE_SOURCE_DIR}/core/run/E.cpp\n"
              "${CMAKE_CURRENT_SOURCE_DIR}/sub/F.cpp)\n")}};
    const auto built = [&](const char* source) {
        return checkBuilt({text(source)}, lists).empty();
    };
    EXPECT_TRUE(built("tests/fuzz/A.cpp"));
    EXPECT_FALSE(built("tests/fuzz/B.cpp")) << "a comment builds nothing";
    EXPECT_FALSE(built("tests/sim/A.cpp")) << "the same name elsewhere";
    EXPECT_TRUE(built("tests/sim/C.cpp"));
    EXPECT_TRUE(built("tests/fuzz/D.cpp"));
    EXPECT_TRUE(built("core/run/E.cpp"));
    EXPECT_TRUE(built("tests/sim/sub/F.cpp"));
    EXPECT_EQ(checkBuilt({text("tests/fuzz/B.cpp")}, lists).front().rule, text("not-built"));
}

TEST(TreeRules, LinksLeadSomewhereAndImagesAreShown)
{
    const auto text = [](const char* latin1) { return QString::fromLatin1(latin1); };
    const Texts documents{
        {text("docs/guide/a.md"), text("[b](b.md) ![c](../images/c.png)\n[w](https://host/x.md) "
                                       "[s](b.md#part) [r](../../dev)\n")}};
    const std::set<QString> files{text("docs/guide/b.md"), text("docs/images/c.png"), text("dev")};
    EXPECT_TRUE(checkLinks(documents, files, {text("docs/images/c.png")}).empty());
    const Findings unused = checkLinks(documents, files, {text("docs/images/d.png")});
    ASSERT_EQ(unused.size(), 1U);
    EXPECT_EQ(unused.front().rule, text("unused-image"));
    const Findings dead = checkLinks(documents, {text("docs/images/c.png"), text("dev")}, {});
    ASSERT_EQ(dead.size(), 2U);
    EXPECT_EQ(dead.back().toText(),
              text("docs/guide/a.md:2: [dead-link] there is no docs/guide/b.md"));
}

TEST(Allowances, ExcuseExactlyTheirRuleAndPlace)
{
    const Findings findings = {{QStringLiteral("core/net/A.cpp"), 1, QStringLiteral("clock"), {}},
                               {QStringLiteral("core/net/A.cpp"), 2, QStringLiteral("sender"), {}},
                               {QStringLiteral("core/run/B.cpp"), 3, QStringLiteral("clock"), {}}};
    const auto left = applyAllowances(
        findings, {{"clock", "core/net/", "test"}, {"layer", "core/run/B.cpp", "test"}});
    ASSERT_EQ(left.size(), 3U);
    EXPECT_EQ(left[0].rule, QStringLiteral("sender"));
    EXPECT_EQ(left[1].path, QStringLiteral("core/run/B.cpp"));
    EXPECT_EQ(left[2].rule, QStringLiteral("stale-allowance"));
}

TEST(Allowances, EachHasAReason)
{
    for (const Allowance& allowance : allowances()) {
        EXPECT_GT(std::string(allowance.reason).size(), 10U) << allowance.path;
    }
}

} // namespace
} // namespace quorate::tidy
