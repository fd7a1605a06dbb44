// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Environment.h"

#include <QApplication>

int main(int argc, char** argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    quorate::test::prepareProcess();
    QApplication application(argc, argv);
    return quorate::test::runAllTests(argc, argv);
}
