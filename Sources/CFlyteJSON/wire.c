#include "flyte_json/wire.h"

#include <stdlib.h>
#include <string.h>

enum json_failure wire_varint(struct bytes *bytes, uint64_t *value) {
    *value = 0;
    for (int shift = 0; bytes->at < bytes->end; shift += 7) {
        unsigned char byte = *bytes->at++;
        if (shift == 63 && byte > 1) return JSON_NUMBER_TOO_LONG;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return JSON_FINE;
    }
    return JSON_TRUNCATED;
}

enum json_failure wire_fixed(struct bytes *bytes, int count, uint64_t *value) {
    if (bytes_left(*bytes) < (size_t)count) return JSON_TRUNCATED;
    *value = 0;
    for (int i = 0; i < count; i++) *value |= (uint64_t)bytes->at[i] << 8 * i;
    bytes->at += count;
    return JSON_FINE;
}

/// A tag and, of all but groups, its value.
static enum json_failure read_field(struct bytes *bytes, struct wire_field *field) {
    uint64_t tag;
    enum json_failure failure = wire_varint(bytes, &tag);
    if (failure) return failure;
    if (tag > UINT32_MAX) return JSON_NUMBER_TOO_LONG;
    if (tag >> 3 == 0) return JSON_INVALID_TAG;
    field->number = (uint32_t)(tag >> 3);
    field->wire = tag & 7;
    switch (tag & 7) {
    case VARINT: return wire_varint(bytes, &field->integer);
    case FIXED64: return wire_fixed(bytes, 8, &field->integer);
    case FIXED32: return wire_fixed(bytes, 4, &field->integer);
    case LENGTH_DELIMITED:
        failure = wire_varint(bytes, &field->integer);
        if (failure) return failure;
        if (field->integer > bytes_left(*bytes)) return JSON_TRUNCATED;
        field->bytes = (struct bytes){bytes->at, bytes->at + field->integer};
        bytes->at = field->bytes.end;
        return JSON_FINE;
    case GROUP_START:
    case GROUP_END: return JSON_FINE;
    default: return JSON_INVALID_TAG;
    }
}

static enum json_failure skip_group(struct bytes *bytes, uint32_t number) {
    // They are passed over however deep they lie: it takes no stack.
    uint32_t few[32] = {number}, *open = few, *grown = 0;
    size_t depth = 1, capacity = sizeof few / sizeof *few;
    enum json_failure failure = JSON_FINE;
    while (depth > 0 && !failure) {
        struct wire_field field;
        failure = bytes->at >= bytes->end ? JSON_TRUNCATED : read_field(bytes, &field);
        if (failure) break;
        if (field.wire == GROUP_END && field.number != open[--depth]) failure = JSON_INVALID_TAG;
        if (field.wire != GROUP_START) continue;
        if (depth == capacity) {
            uint32_t *more = realloc(grown, 2 * capacity * sizeof *more);
            if (!more) {
                failure = JSON_NO_MEMORY;
                break;
            }
            if (!grown) memcpy(more, few, sizeof few);
            open = grown = more;
            capacity *= 2;
        }
        open[depth++] = field.number;
    }
    free(grown);
    return failure;
}

bool wire_next(struct bytes *bytes, struct wire_field *field, struct text *out) {
    if (out->failure || bytes->at >= bytes->end) return false;
    enum json_failure failure = read_field(bytes, field);
    if (!failure && field->wire == GROUP_START) failure = skip_group(bytes, field->number);
    else if (!failure && field->wire == GROUP_END) failure = JSON_INVALID_TAG;
    return !failure || text_fail(out, failure);
}

int compare_keys(struct bytes a, struct bytes b) {
    size_t m = bytes_left(a), n = bytes_left(b), common = m < n ? m : n;
    int order = common ? memcmp(a.at, b.at, common) : 0;
    return order ? order : (m > n) - (m < n);
}

static int compare_entries(const void *first, const void *second) {
    const struct entry *a = first, *b = second;
    int order = compare_keys(a->key, b->key);
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

size_t sort_entries(struct entry *entries, size_t count) {
    if (count > 1) qsort(entries, count, sizeof *entries, compare_entries);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && compare_keys(entries[i].key, entries[i + 1].key) == 0) continue;
        entries[kept++] = entries[i];
    }
    return kept;
}

struct entry *wire_entries(struct bytes map, size_t *count, struct text *out) {
    struct entry *entries = 0;
    // An entry takes four characters at least. Twice as many may come, since some may come twice.
    size_t most = out->limit / 4, capacity = 0, place = 0;
    struct wire_field field, member;
    *count = 0;
    while (wire_next(&map, &field, out)) {
        if (field.number != 1 || field.wire != LENGTH_DELIMITED) continue;
        struct entry entry = {.place = place++};
        while (wire_next(&field.bytes, &member, out)) {
            if (member.wire != LENGTH_DELIMITED) continue;
            if (member.number == 1) entry.key = member.bytes;
            if (member.number == 2) entry.value = member.bytes;
        }
        if (*count == capacity) {
            if (*count > most) *count = sort_entries(entries, *count);
            if (*count > most) {
                text_fail(out, JSON_TOO_LARGE);
                break;
            }
            capacity = *count * 2 + 8;
            struct entry *grown = realloc(entries, capacity * sizeof *grown);
            if (!grown) {
                text_fail(out, JSON_NO_MEMORY);
                break;
            }
            entries = grown;
        }
        entries[(*count)++] = entry;
    }
    *count = sort_entries(entries, *count);
    return entries;
}

double double_of_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
