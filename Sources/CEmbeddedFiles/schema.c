// The steps of the archive's schema, in order. Written by ListTests from schema/; 'make record' writes it anew.
#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {"0001_archive", (const char[]){
#embed "../../schema/0001_archive.sql" suffix(, 0)
    }},
    {"0002_marks", (const char[]){
#embed "../../schema/0002_marks.sql" suffix(, 0)
    }},
    {"0003_shared_spans", (const char[]){
#embed "../../schema/0003_shared_spans.sql" suffix(, 0)
    }},
    {"0004_figures", (const char[]){
#embed "../../schema/0004_figures.sql" suffix(, 0)
    }},
    {"0005_gaps", (const char[]){
#embed "../../schema/0005_gaps.sql" suffix(, 0)
    }},
    {"0006_answers", (const char[]){
#embed "../../schema/0006_answers.sql" suffix(, 0)
    }},
    {"0007_changes", (const char[]){
#embed "../../schema/0007_changes.sql" suffix(, 0)
    }},
    {"0008_schedules", (const char[]){
#embed "../../schema/0008_schedules.sql" suffix(, 0)
    }},
    {0, 0},
};

const struct embedded_file *embedded_schema(void) { return files; }
