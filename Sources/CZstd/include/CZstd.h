// What Swift sees of the library, and wrappers for what it cannot import.
#pragma once
#include <zdict.h>
#include <zstd.h>

// ZDICT_trainFromBuffer_fastCover with the parameters that matter: the header declares it, and the structure that it takes,
// only for those who ask for what may change. Both are as they are since zstd 1.3.6.
size_t czstd_train_once(void *dictionary, size_t capacity, const void *samples, const size_t *sizes, unsigned count,
                        unsigned segment, unsigned acceleration, int level);
