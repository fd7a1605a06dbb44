// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QHostAddress>
#include <QLocale>
#include <QStandardPaths>
#include <QTcpServer>

namespace quorate::test {

void prepareProcess()
{
    QStandardPaths::setTestModeEnabled(true);
    QLocale::setDefault(QLocale::c());
}

int runAllTests(int argc, char** argv)
{
    QCoreApplication::setApplicationName(QStringLiteral("quorate-test"));
    ::testing::InitGoogleMock(&argc, argv);
    return RUN_ALL_TESTS();
}

quint16 freePort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost)) {
        ADD_FAILURE() << "no loopback port: " << server.errorString().toStdString();
    }
    return server.serverPort();
}

QString sourcePath(const QString& relative)
{
    static const QString root =
        qEnvironmentVariable("QUORATE_SOURCE_DIR", QStringLiteral(QUORATE_SOURCE_DIR));
    return root + QLatin1Char('/') + relative;
}

QString buildPath(const QString& relative)
{
    static const QString root =
        qEnvironmentVariable("QUORATE_BINARY_DIR", QStringLiteral(QUORATE_BINARY_DIR));
    return root + QLatin1Char('/') + relative;
}

} // namespace quorate::test
