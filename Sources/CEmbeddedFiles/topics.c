// What 'flightlog help TOPIC' tells. Written by ListTests from Sources/CEmbeddedFiles/topics/; 'make record' writes it anew.
#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {"configuration", (const char[]){
#embed "topics/configuration.md" suffix(, 0)
    }},
    {"cron", (const char[]){
#embed "topics/cron.md" suffix(, 0)
    }},
    {"formats", (const char[]){
#embed "topics/formats.md" suffix(, 0)
    }},
    {"gaps", (const char[]){
#embed "topics/gaps.md" suffix(, 0)
    }},
    {"harvesting", (const char[]){
#embed "topics/harvesting.md" suffix(, 0)
    }},
    {"practice", (const char[]){
#embed "topics/practice.md" suffix(, 0)
    }},
    {"proof", (const char[]){
#embed "topics/proof.md" suffix(, 0)
    }},
    {"redaction", (const char[]){
#embed "topics/redaction.md" suffix(, 0)
    }},
    {"sql", (const char[]){
#embed "topics/sql.md" suffix(, 0)
    }},
    {0, 0},
};

const struct embedded_file *embedded_topics(void) { return files; }
