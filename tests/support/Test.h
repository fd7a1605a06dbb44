// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one header that a test includes first: GoogleTest, readable failures for our types, waiting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/Print.h"
#include "tests/support/Wait.h"
