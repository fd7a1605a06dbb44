// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ClusterServiceImpl that signs in, and makes the platform of what it signs in with.
#include "core/service/ClusterServiceImpl.h"
#include "core/service/StatusWords.h"

namespace quorate::service {
namespace {

constexpr Millis kRightsAfter{100}; ///< after the first look: lets who wanted only that go

} // namespace

void ClusterServiceImpl::findPassword()
{
    deliver(findAccount(m_context.secrets, m_profile.file, m_profile.user), this,
            [this](Result<Account> found) {
                if (!m_lookingForAccount) {
                    return; // somebody signed in meanwhile
                }
                m_lookingForAccount = false;
                if (found) {
                    m_accountError = found->reason;
                    findEtcd(*std::move(found));
                } else {
                    m_accountError = found.error();
                    setAccount({});
                }
            });
}

/// The keychain is asked only where it holds something: each question takes its time.
void ClusterServiceImpl::findEtcd(Account account)
{
    m_etcdError.reset();
    if (account.etcd || !m_profile.keepsEtcd) {
        setAccount(account);
        return;
    }
    m_lookingForAccount = true;
    deliver(m_context.secrets.read(etcdKeyOf(m_profile.id)), this,
            [this, account = std::move(account)](Result<secret::SecretPtr> found) mutable {
                if (!m_lookingForAccount) {
                    return;
                }
                if (found) {
                    account.etcd = *std::move(found);
                } else {
                    m_etcdError = std::move(found).error();
                }
                setAccount(account);
            });
}

void ClusterServiceImpl::setAccount(const Account& account)
{
    m_lookingForAccount = false;
    m_account = account;
    if (account.password) {
        m_accountError.reset();
        if (!account.user.isEmpty()) {
            m_profile.user = account.user;
        }
    }
    makePlatform();
    m_polls->start();
    askRightsLater();
    for (const Resolver<bool>& waiter : std::exchange(m_accountWaiters, {})) {
        waiter.resolve(true);
    }
    publishSoon();
}

void ClusterServiceImpl::makePlatform()
{
    PlatformRequest request{.file = m_profile.file,
                            .trust = {},
                            .user = m_profile.user,
                            .password = m_account.password,
                            .etcd = m_account.etcd,
                            .leaseNamespace = m_profile.leaseNamespace};
    if (auto trust = trustPolicyOf(m_context.store, m_profile.file)) {
        request.trust = *std::move(trust);
        m_platform.set(m_context.makePlatform(request));
        m_rightsKnown = false;
    } else {
        m_accountError = trust.error();
    }
}

/// What this user may do is asked when the nodes have answered: who only wants to see them need not
/// wait for it.
void ClusterServiceImpl::askRightsLater()
{
    deliver(m_polls->pollAll(), this, [this](const Result<bool>&) {
        QTimer::singleShot(kRightsAfter, this, [this] {
            deliver(m_platform.prepare({}), this, [this](const Result<bool>& asked) {
                m_rightsKnown = asked.has_value();
                publishSoon();
            });
        });
    });
}

Async<bool> ClusterServiceImpl::signIn(QString user, Secret password, bool remember)
{
    Account account;
    account.user = std::move(user);
    account.password = std::make_shared<const Secret>(std::move(password));
    account.etcd = m_account.etcd;
    setAccount(account);
    Resolver<bool> out;
    deliver(refresh(), this, [this, out, account, remember](const Result<StatusPtr>& status) {
        if (!status) {
            out.resolve(fail(status.error()));
            return;
        }
        if ((*status)->nodesReachable == 0) {
            out.resolve(fail((*status)->connectionError.value_or(cancelledError())));
            return;
        }
        if (auto kept = m_context.store.saveProfile(m_profile); !kept) {
            out.resolve(fail(std::move(kept).error()));
            return;
        }
        if (!remember) {
            out.resolve(true);
            return;
        }
        deliver(m_context.secrets.write(secretKeyOf(m_profile.id), account.password->clone()), this,
                [out](Result<bool> written) { out.resolve(std::move(written)); });
    });
    return out.future();
}

} // namespace quorate::service
