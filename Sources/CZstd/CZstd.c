#define ZDICT_STATIC_LINKING_ONLY
#include "CZstd.h"

size_t czstd_train_once(void *dictionary, size_t capacity, const void *samples, const size_t *sizes, unsigned count,
                        unsigned segment, unsigned acceleration, int level) {
    ZDICT_fastCover_params_t parameters = {
        .k = segment,
        .d = 8,
        .f = 20,
        .accel = acceleration,
        .splitPoint = 1.0,
        .zParams.compressionLevel = level,
    };
    return ZDICT_trainFromBuffer_fastCover(dictionary, capacity, samples, sizes, count, parameters);
}
