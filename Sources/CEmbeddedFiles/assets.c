// Style sheets of the reports. Written by ListTests from Sources/CEmbeddedFiles/assets/; 'make record' writes it anew.
#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {"drawings", (const char[]){
#embed "assets/drawings.css" suffix(, 0)
    }},
    {"pages", (const char[]){
#embed "assets/pages.css" suffix(, 0)
    }},
    {"report", (const char[]){
#embed "assets/report.css" suffix(, 0)
    }},
    {0, 0},
};

const struct embedded_file *embedded_assets(void) { return files; }
