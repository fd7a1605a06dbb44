// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Canary.h"

#include <QDirIterator>
#include <QFile>

#include <gtest/gtest.h>

namespace quorate::test {

namespace {

constexpr qsizetype kSecretBytesMin = 8;

QByteArray utf16Of(const QString& text)
{
    return {reinterpret_cast<const char*>(text.utf16()),
            text.size() * static_cast<qsizetype>(sizeof(char16_t))};
}

/// The same wherever the secret begins within a text that was encoded as a whole, but for the
/// characters at its ends, which it shares with its neighbours.
QByteArray base64Inside(const QByteArray& secret, int before)
{
    const QByteArray encoded =
        (QByteArray(before, '\0') + secret).toBase64(QByteArray::OmitTrailingEquals);
    return encoded.mid(before == 0 ? 0 : 4).chopped(2);
}

QByteArray contentOfProcFile(qint64 pid, const char* name)
{
    QFile file(QStringLiteral("/proc/%1/%2").arg(pid).arg(QLatin1String(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

void Canary::watch(const QString& name, const QByteArray& secret)
{
    ASSERT_GE(secret.size(), kSecretBytesMin) << name.toStdString();
    m_forms.push_back({name, secret});
    m_forms.push_back({name + QStringLiteral(" in UTF-16"), utf16Of(QString::fromUtf8(secret))});
    m_forms.push_back({name + QStringLiteral(" in hexadecimal"), secret.toHex()});
    for (const int before : {0, 1, 2}) {
        m_forms.push_back({name + QStringLiteral(" in base64"), base64Inside(secret, before)});
    }
}

void Canary::expectNotIn(const QByteArray& bytes, const QString& where) const
{
    ASSERT_FALSE(m_forms.empty()) << "no secret is watched";
    for (const Form& form : m_forms) {
        EXPECT_FALSE(bytes.contains(form.bytes))
            << form.name.toStdString() << " is in " << where.toStdString();
    }
}

void Canary::expectNotIn(const QString& text, const QString& where) const
{
    expectNotIn(text.toUtf8(), where);
}

int Canary::expectNotBelow(const QString& folder) const
{
    int files = 0;
    QDirIterator all(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        QFile file(all.next());
        if (file.open(QIODevice::ReadOnly)) { // a store's write-ahead log may have gone by now
            ++files;
            expectNotIn(file.readAll(), file.fileName());
        }
    }
    return files;
}

QByteArray Canary::expectNotInProcess(qint64 pid) const
{
    QByteArray arguments = contentOfProcFile(pid, "cmdline");
    expectNotIn(arguments, QStringLiteral("the command line"));
    expectNotIn(contentOfProcFile(pid, "environ"), QStringLiteral("the environment"));
    return arguments;
}

} // namespace quorate::test
