#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {0, 0},
};

const struct embedded_file *embedded_queries(void) { return files; }
