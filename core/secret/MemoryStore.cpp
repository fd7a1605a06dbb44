// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secret/SecretStore.h"

#include <QHash>

namespace quorate::secret {
namespace {

class MemoryStore final : public SecretStore {
public:
    Async<SecretPtr> read(QString key) override
    {
        const auto found = m_secrets.constFind(key);
        if (found == m_secrets.constEnd()) {
            return ready<SecretPtr>(absent());
        }
        return ready<SecretPtr>(*found);
    }
    Async<bool> write(QString key, Secret secret) override
    {
        m_secrets.insert(key, std::make_shared<const Secret>(std::move(secret)));
        return ready<bool>(true);
    }
    Async<bool> remove(QString key) override
    {
        return ready<bool>(m_secrets.remove(key) > 0 ? Result<bool>(true) : Result<bool>(absent()));
    }

    [[nodiscard]] bool isLasting() const override { return false; }

private:
    static tl::unexpected<Error> absent()
    {
        return fail(ErrorKind::NotFound, QStringLiteral("secret-absent"),
                    QStringLiteral("There is no such entry"));
    }
    QHash<QString, SecretPtr> m_secrets;
};

} // namespace

std::unique_ptr<SecretStore> makeMemoryStore() { return std::make_unique<MemoryStore>(); }

} // namespace quorate::secret
