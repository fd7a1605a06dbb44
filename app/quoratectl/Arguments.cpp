// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Arguments.h"

#include <algorithm>
#include <array>

namespace quorate::ctl {
namespace {

constexpr std::array kCommonOptions{
    "--cluster",    "--home",     "--json",           "--no-color",
    "--help",       "--user",     "--password-stdin", "--accept-certificate",
    "--kubeconfig", "--context",  "--allow-plugin",   "--lease-namespace",
    "--etcd-cert",  "--etcd-key", "--etcd-ca"};

constexpr int kHelpColumn = 32; ///< wider than every command and option

const OptionSpec* findOption(const QString& name)
{
    const auto found = std::ranges::find_if(options(), [&name](const OptionSpec& option) {
        return name == QLatin1String(option.name);
    });
    return found == options().end() ? nullptr : &*found;
}

bool isAllowed(const CommandSpec& command, const QString& option)
{
    const auto same = [&option](const char* name) { return option == QLatin1String(name); };
    return std::ranges::any_of(kCommonOptions, same) || std::ranges::any_of(command.options, same);
}

/// The longest command whose words the line begins with.
const CommandSpec* match(const QStringList& words)
{
    const CommandSpec* best = nullptr;
    qsizetype bestLength = 0;
    for (const CommandSpec& command : commands()) {
        const QStringList own = QString::fromLatin1(command.words).split(QLatin1Char(' '));
        if (own.size() > bestLength && words.mid(0, own.size()) == own) {
            best = &command;
            bestLength = own.size();
        }
    }
    return best;
}

QString padded(const QString& text, int width)
{
    return QStringLiteral("  ") + text.leftJustified(width);
}

} // namespace

Error usage(const QString& message, const QString& cure)
{
    return makeError(ErrorKind::Validation, QStringLiteral("usage"), message,
                     cure.isEmpty() ? QStringLiteral("See quoratectl --help") : cure);
}

const std::vector<OptionSpec>& options()
{
    static const std::vector<OptionSpec> list{
        {"--cluster", "FILE|ID|NAME",
         "the cluster: a cluster file, or one that was connected before"},
        {"--home", "DIR",
         "folder for store, backups and your own procedures (default: the user's data folder)"},
        {"--json", "", "print JSON (docs/guide/command-line.md)"},
        {"--no-color", "", "no colours, also on a terminal"},
        {"--user", "NAME", "who signs in to the nodes"},
        {"--password-stdin", "", "read the password from standard input, up to its first line end"},
        {"--accept-certificate", "SHA256", "trust this certificate from now on (may be repeated)"},
        {"--kubeconfig", "FILE",
         "a Kubernetes cluster by its kubeconfig (several files as in KUBECONFIG)"},
        {"--context", "NAME", "the context of the kubeconfig (default: its current one)"},
        {"--allow-plugin", "", "let the kubeconfig run the program that it signs in with"},
        {"--lease-namespace", "NAME",
         "where the maintenance lease is kept (default: the context's namespace, or as it was)"},
        {"--etcd-cert", "FILE", "client certificate to ask etcd itself with; needs the next two"},
        {"--etcd-key", "FILE", "its private key; goes into the keychain"},
        {"--etcd-ca", "FILE", "authority of etcd's servers"},
        {"--unmanaged-too", "", "drain: also pods that nobody starts again elsewhere"},
        {"--local-data-too", "", "drain: also pods whose data on the node (emptyDir) is lost"},
        {"--grace", "SECONDS", "drain: what each pod gets to end (default: what it asks for)"},
        {"--limit", "SECONDS", "drain: how long all of it may take (default 10 minutes)"},
        {"--help", "", "show help"},
        {"--version", "", "show the version"},
        {"--watch", "", "go on showing changes until interrupted"},
        {"--yes", "", "do it without asking"},
        {"--confirm", "NAME", "the node's name, for destructive acts on production clusters"},
        {"--procedure", "ID", "how to upgrade (see: procedures)"},
        {"--package", "FILE", "the package file"},
        {"--plan", "FILE", "the plan"},
        {"--reserve", "N", "voters that must stay ready beyond the majority (default 0)"},
        {"--backup-folder", "DIR", "where backups are downloaded to"},
        {"--param", "NAME=VALUE", "of the procedure (may be repeated)"},
        {"--nodes", "A,B", "only these nodes; for procedures that install nothing"},
        {"-o", "FILE", "write the plan there instead of to standard output"},
        {"--runs", "N", "simulated runs (default 200)"},
        {"--seed", "S", "of the simulated faults (default 1)"},
        {"--accept", "WARNING-ID", "go on in spite of this warning (may be repeated)"},
        {"--step", "STEP", "only if the run is at this step, as run show numbers it"},
        {"--report", "DIR", "write the report of the run there when it has ended"},
    };
    return list;
}

const std::vector<CommandSpec>& commands()
{
    static const std::vector<CommandSpec> list{
        {"clusters", "", "List the clusters that were connected", {}},
        {"clusters remove", "CLUSTER", "Forget a cluster, its pins and its password", {}},
        {"connect", "FILE|ADDRESS", "Connect a cluster and remember it", {}},
        {"status", "", "Show the quorum and every node; the exit code is the state", {"--watch"}},
        {"nodes", "", "List the nodes", {}},
        {"cluster read-only", "on|off", "Refuse every change of this cluster, or allow them", {}},
        {"cluster lease-namespace",
         "[NAME]",
         "Show where the maintenance lease is kept and who holds it, or keep it elsewhere",
         {}},
        {"node cordon", "NODE", "Let a node take no new work", {"--yes", "--confirm"}},
        {"node uncordon", "NODE", "Let a cordoned node take work again", {"--yes", "--confirm"}},
        {"node drain",
         "NODE",
         "Take a node out of service",
         {"--yes", "--confirm", "--unmanaged-too", "--local-data-too", "--grace", "--limit"}},
        {"node resume", "NODE", "Let a drained node work again", {"--yes", "--confirm"}},
        {"node reboot",
         "NODE",
         "Restart a node; on Kubernetes you do it, and this watches",
         {"--yes", "--confirm"}},
        {"node shutdown",
         "NODE",
         "Switch a node off; on Kubernetes you do it, and this watches",
         {"--yes", "--confirm"}},
        {"services", "", "List workloads and warnings of a Kubernetes cluster", {}},
        {"redeploy", "KIND NAMESPACE/NAME", "Start every instance of a workload anew", {"--yes"}},
        {"package inspect", "FILE", "Verify a package and show what it is", {}},
        {"package stage", "FILE", "Put a package on every node", {}},
        {"package list", "", "List the packages that lie on the nodes", {}},
        {"procedures", "", "List the procedures of the cluster's system, or all", {}},
        {"plan",
         "",
         "Make a plan",
         {"--procedure", "--package", "-o", "--reserve", "--backup-folder", "--param", "--nodes"}},
        {"simulate", "PLAN", "Try a plan on a model cluster with faults", {"--runs", "--seed"}},
        {"upgrade",
         "",
         "Carry out a plan",
         {"--plan", "--package", "--yes", "--accept", "--report"}},
        {"run list", "", "List the runs", {}},
        {"run show", "[RUN]", "Show a run, step by step", {}},
        {"run resume", "[RUN]", "Go on with a run", {"--report"}},
        {"run pause", "[RUN]", "Pause a run where it is safe", {}},
        {"run cancel", "[RUN]", "End a run; what is open is closed first", {"--report"}},
        {"run retry", "[RUN]", "Repeat the step that failed", {"--step", "--report"}},
        {"run skip", "[RUN]", "Leave the present step out", {"--step", "--report"}},
        {"run confirm", "[RUN]", "Say that the manual step is done", {"--step", "--report"}},
        {"run deny", "[RUN]", "Say that the manual step is not done", {"--step", "--report"}},
        {"run restored", "[RUN]", "Say that what a run left open was restored by hand", {}},
        {"run report", "[RUN]", "Write report.html, report.json and evidence.zip", {"--report"}},
        {"verify", "EVIDENCE", "Check the evidence of a run, without a network", {}},
    };
    return list;
}

const CommandSpec* findCommand(const QString& words)
{
    const auto found = std::ranges::find_if(commands(), [&words](const CommandSpec& command) {
        return words == QLatin1String(command.words);
    });
    return found == commands().end() ? nullptr : &*found;
}

QString Arguments::command() const
{
    return m_command ? QString::fromLatin1(m_command->words) : QString();
}

QString Arguments::value(const char* option, const QString& fallback) const
{
    const QStringList all = values(option);
    return all.isEmpty() ? fallback : all.last();
}

Result<Arguments> Arguments::parse(const QStringList& words)
{
    Arguments result;
    QStringList plain;
    for (qsizetype at = 0; at < words.size(); ++at) {
        const QString& word = words.at(at);
        if (!word.startsWith(QLatin1Char('-')) || word == QLatin1String("-")) {
            plain.append(word);
            continue;
        }
        const bool joined = word.startsWith(QLatin1String("--")) && word.contains(QLatin1Char('='));
        const QString name = joined ? word.section(QLatin1Char('='), 0, 0) : word;
        const OptionSpec* option = findOption(name);
        if (!option) {
            return fail(usage(QStringLiteral("There is no option %1").arg(name)));
        }
        const bool takesValue = *option->value != '\0';
        if (joined && !takesValue) {
            return fail(usage(QStringLiteral("%1 takes no value").arg(name)));
        }
        if (takesValue && !joined && ++at >= words.size()) {
            return fail(
                usage(QStringLiteral("%1 needs %2").arg(name, QLatin1String(option->value))));
        }
        const QString value = !takesValue ? QString()
                              : joined    ? word.section(QLatin1Char('='), 1)
                                          : words.at(at);
        result.m_options[name].append(value);
    }
    result.m_command = match(plain);
    if (!result.m_command) {
        if (plain.isEmpty() || result.has("--help") || result.has("--version")) {
            return result;
        }
        return fail(
            usage(QStringLiteral("There is no command \"%1\"").arg(plain.join(QLatin1Char(' ')))));
    }
    const CommandSpec& command = *result.m_command;
    result.m_positionals =
        plain.mid(QString::fromLatin1(command.words).split(QLatin1Char(' ')).size());
    for (auto it = result.m_options.cbegin(); it != result.m_options.cend(); ++it) {
        if (!isAllowed(command, it.key())) {
            return fail(
                usage(QStringLiteral("%1 has no option %2").arg(result.command(), it.key())));
        }
    }
    const QString wanted = QString::fromLatin1(command.positionals);
    const qsizetype most = wanted.split(QLatin1Char(' '), Qt::SkipEmptyParts).size();
    const qsizetype least = wanted.startsWith(QLatin1Char('[')) ? 0 : most;
    const qsizetype given = result.m_positionals.size();
    if (!result.has("--help") && (given < least || given > most)) {
        return fail(usage(most == 0
                              ? QStringLiteral("%1 takes no further words").arg(result.command())
                              : QStringLiteral("%1 needs %2").arg(result.command(), wanted)));
    }
    return result;
}

QString helpText()
{
    QString text = QStringLiteral(
        "quoratectl: see clustered appliances as their nodes do, and upgrade them without "
        "losing quorum.\n\nquoratectl [OPTIONS] COMMAND …\n\nCommands\n");
    for (const CommandSpec& command : commands()) {
        const QString left =
            QStringLiteral("%1 %2")
                .arg(QLatin1String(command.words), QLatin1String(command.positionals))
                .trimmed();
        text += padded(left, kHelpColumn) + QString::fromLatin1(command.help) + QLatin1Char('\n');
    }
    text += QStringLiteral("\nOptions of every command\n");
    for (const char* name : kCommonOptions) {
        const OptionSpec* option = findOption(QString::fromLatin1(name));
        text +=
            padded(QStringLiteral("%1 %2").arg(QLatin1String(name), QLatin1String(option->value)),
                   kHelpColumn)
            + QString::fromLatin1(option->help) + QLatin1Char('\n');
    }
    text += QStringLiteral(
        "\nExit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 could not tell.\n"
        "Of status: 0 quorate, 1 at risk, 2 lost, 3 unknown, also when it cannot be asked.\n"
        "quoratectl COMMAND --help shows the options of a command.\n");
    return text;
}

QString helpText(const CommandSpec& command)
{
    QString text = QStringLiteral("quoratectl %1 %2\n%3\n")
                       .arg(QLatin1String(command.words), QLatin1String(command.positionals),
                            QString::fromLatin1(command.help));
    for (const char* name : command.options) {
        const OptionSpec* option = findOption(QString::fromLatin1(name));
        text +=
            padded(QStringLiteral("%1 %2").arg(QLatin1String(name), QLatin1String(option->value)),
                   kHelpColumn)
            + QString::fromLatin1(option->help) + QLatin1Char('\n');
    }
    return text + QStringLiteral("Options of every command: quoratectl --help\n");
}

} // namespace quorate::ctl
