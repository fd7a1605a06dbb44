// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Commands.h"

int main(int argc, char** argv)
{
    QStringList arguments;
    for (int at = 1; at < argc; ++at) {
        arguments.append(QString::fromLocal8Bit(argv[at]));
    }
    return quorate::sandbox::run(arguments);
}
