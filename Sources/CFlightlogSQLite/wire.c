#include "wire.h"

#include <stdlib.h>
#include <string.h>

bool wire_varint(struct bytes *bytes, uint64_t *value) {
    *value = 0;
    for (int shift = 0; bytes->at < bytes->end; shift += 7) {
        unsigned char byte = *bytes->at++;
        if (shift == 63 && byte > 1) return false;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

bool wire_fixed(struct bytes *bytes, int count, uint64_t *value) {
    if (bytes_left(*bytes) < (size_t)count) return false;
    *value = 0;
    for (int i = 0; i < count; i++) *value |= (uint64_t)bytes->at[i] << 8 * i;
    bytes->at += count;
    return true;
}

/// A tag and, of all but groups, its value.
static bool read_field(struct bytes *bytes, struct wire_field *field) {
    uint64_t tag;
    if (!wire_varint(bytes, &tag) || tag > UINT32_MAX || tag >> 3 == 0) return false;
    field->number = (uint32_t)(tag >> 3);
    field->wire = tag & 7;
    switch (tag & 7) {
    case VARINT: return wire_varint(bytes, &field->integer);
    case FIXED64: return wire_fixed(bytes, 8, &field->integer);
    case FIXED32: return wire_fixed(bytes, 4, &field->integer);
    case LENGTH_DELIMITED:
        if (!wire_varint(bytes, &field->integer) || field->integer > bytes_left(*bytes)) return false;
        field->bytes = (struct bytes){bytes->at, bytes->at + field->integer};
        bytes->at = field->bytes.end;
        return true;
    case GROUP_START:
    case GROUP_END: return true;
    default: return false;
    }
}

static bool skip_group(struct bytes *bytes, uint32_t number) {
    uint32_t open[DEPTH_LIMIT] = {number};
    for (int depth = 1; depth > 0;) {
        struct wire_field field;
        if (bytes->at >= bytes->end || !read_field(bytes, &field)) return false;
        if (field.wire == GROUP_END && field.number != open[--depth]) return false;
        if (field.wire != GROUP_START) continue;
        if (depth == DEPTH_LIMIT) return false;
        open[depth++] = field.number;
    }
    return true;
}

bool wire_next(struct bytes *bytes, struct wire_field *field, struct text *out) {
    if (out->failure || bytes->at >= bytes->end) return false;
    bool is_well_formed = read_field(bytes, field) && field->wire != GROUP_END
        && (field->wire != GROUP_START || skip_group(bytes, field->number));
    return is_well_formed || text_fail(out, "its bytes are no message");
}

static int compare_keys(struct bytes a, struct bytes b) {
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
    size_t capacity = 0;
    struct wire_field field, member;
    *count = 0;
    while (wire_next(&map, &field, out)) {
        if (field.number != 1 || field.wire != LENGTH_DELIMITED) continue;
        struct entry entry = {.place = *count};
        while (wire_next(&field.bytes, &member, out)) {
            if (member.wire != LENGTH_DELIMITED) continue;
            if (member.number == 1) entry.key = member.bytes;
            if (member.number == 2) entry.value = member.bytes;
        }
        if (*count == capacity) {
            capacity = capacity * 2 + 8;
            struct entry *grown = realloc(entries, capacity * sizeof *grown);
            if (!grown) {
                text_fail(out, "there is no memory for it");
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
