// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tidy/Tidy.h"

#include <QRegularExpression>

#include <functional>

namespace quorate::tidy {
namespace {

enum class Reading { Raw, Uncommented, Code };

using Scope = std::function<bool(const SourceText&)>;

struct Ban {
    const char* rule;
    const char* pattern;
    const char* instead;
    Reading reading = Reading::Code;
    Scope scope;
};

bool everywhere(const SourceText&) { return true; }

bool inProgram(const SourceText& source) { return source.area() != QStringLiteral("tests"); }

bool inUi(const SourceText& source) { return source.area() == QStringLiteral("ui"); }

/// A rule that holds in the program but for one folder or file name that begins so.
Scope inProgramOutside(const char* prefix)
{
    return [prefix](const SourceText& source) {
        return inProgram(source) && !source.path.startsWith(QLatin1String(prefix));
    };
}

const std::vector<Ban>& asyncBans()
{
    static const std::vector<Ban> bans = {
        {"then-context", R"(\.then\(\s*(this|context|m_context)\b)",
         "a continuation with a context asserts in Qt 6.4: use deliver()", Reading::Code,
         everywhere},
        {"take-result", R"(\.takeResult\()",
         "it resets the future that others still hold: use deliver() or andThen()", Reading::Code,
         [](const SourceText& source) { return source.folder() != QStringLiteral("core/base"); }},
        {"event-loop", R"(\bQEventLoop\b|\bprocessEvents\()",
         "no nested event loops: answer through Async", Reading::Code, inProgram},
        {"dialog-exec", R"(\b\w*([dD]ialog|[mM]enu|[bB]ox|[wW]izard)\w*(\.|->)exec\()",
         "no nested event loops: open() and a signal", Reading::Code, inProgram},
        {"coroutine", R"(\bco_(await|return|yield)\b)",
         "g++ 12 destroys their arguments twice: use the Async helpers", Reading::Code, everywhere},
        {"sleep", R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b|\bQThread::m?sleep\()",
         "wait for the event itself: a signal, an Async, waitUntil() in tests", Reading::Code,
         everywhere},
        {"sender", R"(\bsender\(\))", "capture the object in the lambda", Reading::Code,
         everywhere},
        {"string-connect", R"(\b(SIGNAL|SLOT)\s*\()", "connect pointers to members", Reading::Code,
         everywhere},
        {"foreach", R"(\b(foreach|Q_FOREACH)\s*\()", "use a range for", Reading::Code, everywhere},
    };
    return bans;
}

const std::vector<Ban>& seamBans()
{
    static const std::vector<Ban> bans = {
        {"clock",
         R"(\bcurrent(DateTime|DateTimeUtc|MSecsSinceEpoch|SecsSinceEpoch|Date|Time)\(|_clock::now\(|\bgettimeofday\()",
         "time comes from an injected quorate::Clock", Reading::Code,
         inProgramOutside("core/base/Clock.")},
        {"random", R"(\b(qrand|rand|srand)\(|\brandom_device\b|\bQRandomGenerator::global\b)",
         "chance comes from a seed that is passed in, secrets from QRandomGenerator::system()",
         Reading::Code, inProgram},
        {"dialog-facade", R"(\b(QMessageBox|QFileDialog|QInputDialog|QColorDialog)\s*::)",
         "ask through the dialog façade of ui/common, so that tests can answer", Reading::Code,
         inProgramOutside("ui/common/")},
        {"singleton",
         R"((?<!QCoreApplication::)(?<!QApplication::)(?<!QGuiApplication::)\binstance\(\))",
         "no singletons: pass it to the constructor", Reading::Code, inProgram},
        {"ssl-errors",
         R"(\b(ignoreSslErrors|SSL_CTX_set_cert_verify_callback|SSL_CTX_set_verify)\(|\bCURLOPT_SSL_VERIFY)",
         "TLS is always verified: ask the trust store", Reading::Code, everywhere},
        {"raw-new", R"(\bnew\s+[A-Z]\w*(<[^;()]*>)?\s*(;|\(\s*\)|\{\s*\}))",
         "give it a parent, or make it with std::make_unique", Reading::Code,
         [](const SourceText& source) { return source.area() == QStringLiteral("core"); }},
        {"logged-authorization",
         R"((spdlog::|\bq(Debug|Info|Warning|Critical)\()[^;]*[aA]uthorization)",
         "credentials are never logged", Reading::Uncommented, everywhere},
        {"colour",
         R"("#[0-9a-fA-F]{3,8}\b|\bQColor\(\s*(\d|0x|")|\bQt::(dark)?(red|green|blue|white|black|gray|yellow|cyan|magenta)\b|\brgba?\()",
         "colours come from ui/common/Tokens", Reading::Uncommented,
         [](const SourceText& source) {
             return (inUi(source) || source.folder() == QStringLiteral("app/quorate"))
                    && !source.path.startsWith(QStringLiteral("ui/common/Tokens."));
         }},
        {"untranslated",
         R"(\b(setText|setWindowTitle|setToolTip|setTitle|setPlaceholderText|setAccessibleName)\(\s*QStringLiteral\(\s*"[^"]*[A-Za-z]{2})",
         "what a person reads goes through tr()", Reading::Uncommented, inUi},
    };
    return bans;
}

const std::vector<Ban>& wordBans()
{
    // The words are put together from pieces, so that this file does not break its own rules.
    static const std::vector<Ban> bans = {
        {"unfinished",
         "\\b(TO"
         "DO|FIX"
         "ME|XX"
         "X|HA"
         "CK)\\b",
         "finish it, or open an issue and say so there", Reading::Raw, everywhere},
        {"machine-path",
         "(?<![\\w.])/(wo"
         "rk|ro"
         "ot|fa"
         "rm|tm"
         "p/q|ho"
         "me/\\w+)/|\\.\\./sha"
         "red/",
         "a path of one machine: make it relative", Reading::Raw, everywhere},
    };
    return bans;
}

const QStringList& linesFor(const SourceText& source, Reading reading)
{
    switch (reading) {
    case Reading::Raw: return source.lines;
    case Reading::Uncommented: return source.uncommented;
    case Reading::Code: break;
    }
    return source.code;
}

void applyBans(const SourceText& source, const std::vector<Ban>& bans, Findings& findings)
{
    for (const Ban& ban : bans) {
        if (!ban.scope(source)) {
            continue;
        }
        const QRegularExpression pattern(QString::fromUtf8(ban.pattern));
        const QStringList& lines = linesFor(source, ban.reading);
        for (int at = 0; at < lines.size(); ++at) {
            if (pattern.match(lines.at(at)).hasMatch()) {
                findings.push_back({source.path, at + 1, QString::fromLatin1(ban.rule),
                                    QString::fromUtf8(ban.instead)});
            }
        }
    }
}

/// connect(sender, &Signal, [lambda]): outlives what it captures. Looks across lines.
void checkConnects(const SourceText& source, Findings& findings)
{
    static const QRegularExpression threeArguments(QStringLiteral(
        "\\bconnect\\(\\s*(?:[^,()]|\\([^()]*\\))+,\\s*(?:[^,()]|\\([^()]*\\))+,\\s*\\["));
    const QString whole = source.code.join(QLatin1Char('\n'));
    auto matches = threeArguments.globalMatch(whole);
    while (matches.hasNext()) {
        const auto before = whole.left(matches.next().capturedStart());
        findings.push_back(
            {source.path, static_cast<int>(before.count(QLatin1Char('\n'))) + 1,
             QStringLiteral("connect-context"),
             QStringLiteral("name the object whose life bounds the lambda as third argument")});
    }
}

} // namespace

Findings checkBans(const SourceText& source)
{
    Findings findings;
    applyBans(source, asyncBans(), findings);
    applyBans(source, seamBans(), findings);
    applyBans(source, wordBans(), findings);
    if (inProgram(source)) {
        checkConnects(source, findings);
    }
    return findings;
}

Findings checkText(const QString& path, const QString& text)
{
    const QStringList lines = text.split(QLatin1Char('\n'));
    Findings findings;
    applyBans({path, lines, lines, lines}, wordBans(), findings);
    return findings;
}

} // namespace quorate::tidy
