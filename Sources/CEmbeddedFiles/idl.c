// idl.c - the protobuf definitions, by package. A test compares this list with idl/.
#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {"google_protobuf", (const char[]){
#embed "idl/google_protobuf.proto" suffix(, 0)
    }},
    {"google_rpc", (const char[]){
#embed "idl/google_rpc.proto" suffix(, 0)
    }},
    {"core", (const char[]){
#embed "idl/core.proto" suffix(, 0)
    }},
    {"event", (const char[]){
#embed "idl/event.proto" suffix(, 0)
    }},
    {"admin", (const char[]){
#embed "idl/admin.proto" suffix(, 0)
    }},
    {"service", (const char[]){
#embed "idl/service.proto" suffix(, 0)
    }},
    {0, 0},
};

const struct embedded_file *embedded_idl(void) { return files; }
