// What Swift sees of the core.
#include "CFlyteJSON.h"

#include <stdlib.h>

#include "flyte_json/json.h"

static struct flyte_json result_of(struct text *out) {
    if (!out->failure) return (struct flyte_json){out->bytes, out->count, JSON_FINE, out->is_repaired};
    free(out->bytes);
    return (struct flyte_json){0, 0, out->failure, false};
}

void flyte_json_free(struct flyte_json json) { free(json.bytes); }

struct flyte_json flyte_literal_json(const uint8_t *bytes, size_t count, size_t limit) {
    struct text out = {.limit = limit, .is_tolerant = true};
    literal_json(bytes_of(bytes, count), &out);
    return result_of(&out);
}

struct flyte_json flyte_literal_map_json(const uint8_t *bytes, size_t count, size_t limit) {
    struct text out = {.limit = limit, .is_tolerant = true};
    literal_map_json(bytes_of(bytes, count), &out);
    return result_of(&out);
}

struct flyte_json flyte_literal_type_json(const uint8_t *bytes, size_t count) {
    struct text out = {.limit = SIZE_MAX};
    literal_type_name(bytes_of(bytes, count), &out);
    return result_of(&out);
}

struct flyte_json flyte_message_json(
    const char *type, enum json_names names, const uint8_t *bytes, size_t count, char *path) {
    struct text out = {.limit = SIZE_MAX, .path = path};
    *path = 0;
    message_json(type, names, bytes_of(bytes, count), &out);
    return result_of(&out);
}

struct flyte_json flyte_json_string(const uint8_t *bytes, size_t count) {
    struct text out = {.limit = SIZE_MAX};
    text_string(&out, bytes, count);
    return result_of(&out);
}

struct flyte_json flyte_json_base64(const uint8_t *bytes, size_t count) {
    struct text out = {.limit = SIZE_MAX};
    text_base64(&out, bytes, count);
    return result_of(&out);
}

struct flyte_json flyte_json_number(double value) {
    struct text out = {.limit = SIZE_MAX};
    text_number(&out, value, false);
    return result_of(&out);
}
