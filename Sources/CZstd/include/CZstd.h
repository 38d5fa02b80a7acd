// What Swift sees of the library, and wrappers for what it cannot import.
#pragma once
#include <zdict.h>
#include <zstd.h>
