// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Environment.h"

#include <QCoreApplication>

int main(int argc, char** argv)
{
    quorate::test::prepareProcess();
    QCoreApplication application(argc, argv);
    return quorate::test::runAllTests(argc, argv);
}
