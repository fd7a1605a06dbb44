// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/Account.h"

#include "core/base/Json.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace quorate::service {
namespace {

constexpr qint64 kFileBytesMax = 64 * 1024; ///< our own bound; two short texts are expected
constexpr qsizetype kIdDigits =
    12; ///< of the hash; enough for any number of clusters one person looks after

constexpr auto kNotOwner = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ExeGroup
                           | QFileDevice::ReadOther | QFileDevice::WriteOther
                           | QFileDevice::ExeOther;

Account withoutPassword(const QString& user, std::optional<Error> reason)
{
    Account account;
    account.user = user;
    account.reason = std::move(reason);
    return account;
}

} // namespace

ClusterId clusterIdOf(const ClusterFile& file)
{
    std::vector<QByteArray> addresses;
    for (const ClusterFileNode& node : file.nodes) {
        addresses.push_back(node.address.host().toLower().toUtf8() + ':'
                            + QByteArray::number(node.address.port(443)));
    }
    std::ranges::sort(addresses);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(toString(file.system).toUtf8());
    for (const QByteArray& address : addresses) {
        hash.addData('\n' + address);
    }
    return ClusterId{QString::fromLatin1(hash.result().toHex().left(kIdDigits))};
}

QString secretKeyOf(const ClusterId& id)
{
    return QStringLiteral("cluster/%1/password").arg(id.value);
}

QString etcdKeyOf(const ClusterId& id) { return QStringLiteral("cluster/%1/etcd").arg(id.value); }

Result<Account> readPracticeCredentials(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(ErrorKind::Storage, QStringLiteral("credentials-unreadable"),
                    QStringLiteral("Cannot read the practice credentials %1: %2")
                        .arg(path, file.errorString()),
                    QStringLiteral("Start the practice cluster again"));
    }
    if (file.permissions()
        & kNotOwner) { // of the open file, so that it cannot be exchanged in between
        return fail(ErrorKind::Precondition, QStringLiteral("credentials-exposed"),
                    QStringLiteral("Others than its owner can read %1").arg(path),
                    QStringLiteral("Take their rights away: chmod 600 on that file"));
    }
    QByteArray text = file.read(kFileBytesMax);
    const auto object = parseJsonObject(text);
    wipeBytes(text);
    if (!object) {
        return fail(object.error().withContext(path));
    }
    JsonReader in(*object);
    Account account;
    account.user = in.string("user");
    QByteArray password = in.string("password").toUtf8();
    account.password = std::make_shared<const Secret>(std::move(password));
    if (in.error()) {
        return fail(in.error()->withContext(path));
    }
    return account;
}

Async<Account> findAccount(secret::SecretStore& secrets, const ClusterFile& file, QString user)
{
    std::optional<Error> reason;
    if (file.practice && !file.practice->credentialsFile.isEmpty()) {
        auto account = readPracticeCredentials(file.practice->credentialsFile);
        if (account && (user.isEmpty() || user == account->user)) {
            return ready<Account>(*std::move(account));
        }
        if (!account && account.error().code != QLatin1String("credentials-unreadable")) {
            return ready<Account>(fail(account.error()));
        }
        if (!account) {
            reason = account.error();
        }
    }
    Resolver<Account> out;
    detail::onAnswer<secret::SecretPtr>(
        secrets.read(secretKeyOf(clusterIdOf(file))),
        [out, user, reason](Result<secret::SecretPtr> found) {
            if (found && *found) {
                out.resolve(Account{.user = user, .password = *found});
            } else {
                const bool absent = found || found.error().code == QLatin1String("secret-absent");
                out.resolve(withoutPassword(user, absent ? reason : std::optional(found.error())));
            }
        });
    return out.future();
}

} // namespace quorate::service
