// assets.c - style sheets of the reports. A test compares this list with assets/.
#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {"report", (const char[]){
#embed "assets/report.css" suffix(, 0)
    }},
    {"drawings", (const char[]){
#embed "assets/drawings.css" suffix(, 0)
    }},
    {0, 0},
};

const struct embedded_file *embedded_assets(void) { return files; }
