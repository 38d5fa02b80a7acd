// Literals as canonical JSON: numbers as numbers, times as text, structs and MessagePack as the JSON they mean,
// keys in the order of their bytes, no spaces.
#include <stdlib.h>
#include <string.h>

#include "flyte_json/json.h"

static bool write_literal(struct bytes literal, int depth, struct text *out);
static bool write_messagepack(struct bytes data, struct text *out);

static bool put_string(struct text *out, struct bytes bytes) {
    return text_string(out, bytes.at, bytes_left(bytes));
}

/// `{"key":value,…}`, the values by `write`. `is_map`: one that cannot be shown leaves the others.
static bool write_entries(
    struct bytes map, bool (*write)(struct bytes, int, struct text *), int depth, bool is_map,
    struct text *out) {
    if (depth >= DEPTH_LIMIT) return text_fail(out, JSON_TOO_DEEP);
    size_t count;
    struct entry *entries = wire_entries(map, &count, out);
    text_put(out, "{");
    for (size_t i = 0; i < count && !out->failure; i++) {
        if (i > 0) text_put(out, ",");
        put_string(out, entries[i].key);
        text_put(out, ":");
        size_t start = out->count;
        if (!write(entries[i].value, depth, out) && is_map) text_unreadable(out, start);
    }
    free(entries);
    return text_put(out, "}");
}

/// The elements in field 1, `[value,…]`.
static bool write_list(
    struct bytes list, bool (*write)(struct bytes, int, struct text *), int depth, struct text *out) {
    bool is_first = true;
    struct wire_field field;
    text_put(out, "[");
    while (wire_next(&list, &field, out)) {
        if (field.number != 1 || field.wire != LENGTH_DELIMITED) continue;
        if (!is_first) text_put(out, ",");
        is_first = false;
        write(field.bytes, depth, out);
    }
    return text_put(out, "]");
}

/// Of a oneof's members, whose wire types stand at their numbers (none: 'x'), the last; false without one.
static bool last_member(struct bytes message, const char *wires, struct wire_field *last, struct text *out) {
    struct wire_field field;
    bool is_found = false;
    while (wire_next(&message, &field, out)) {
        if (field.number >= strlen(wires) || wires[field.number] != '0' + (char)field.wire) continue;
        *last = field;
        is_found = true;
    }
    return is_found && !out->failure;
}

// MARK: google.protobuf.Struct

static bool write_struct_value(struct bytes value, int depth, struct text *out) {
    if (depth >= DEPTH_LIMIT) return text_fail(out, JSON_TOO_DEEP);
    struct wire_field member;
    if (!last_member(value, "x012022", &member, out)) return text_put(out, "null");
    switch (member.number) {
    case 2: {
        double number = double_of_bits(member.integer);
        // A struct knows only doubles: whole ones are written without a point.
        if (number > -1e15 && number < 1e15 && number == (double)(int64_t)number)
            return text_integer(out, (int64_t)number);
        return text_double(out, number);
    }
    case 3: return put_string(out, member.bytes);
    case 4: return text_put(out, member.integer ? "true" : "false");
    case 5: return write_entries(member.bytes, write_struct_value, depth + 1, false, out);
    case 6: return write_list(member.bytes, write_struct_value, depth + 1, out);
    default: return text_put(out, "null");
    }
}

// MARK: Scalars

static void read_time(struct bytes time, int64_t *seconds, int64_t *nanos, struct text *out) {
    struct wire_field field;
    *seconds = *nanos = 0;
    while (wire_next(&time, &field, out)) {
        if (field.wire != VARINT) continue;
        if (field.number == 1) *seconds = (int64_t)field.integer;
        if (field.number == 2) *nanos = (int32_t)field.integer;
    }
}

/// RFC 3339 for the years 1 to 9999, which is all that protobuf allows; seconds and a fraction beyond.
static bool write_datetime(int64_t seconds, int64_t nanos, struct text *out) {
    text_put(out, "\"");
    if (seconds >= -62135596800 && seconds < 253402300800 && nanos >= 0 && nanos < 1000000000) {
        text_time(out, seconds, nanos, -1);
    } else {
        text_integer(out, seconds);
        text_put(out, "s");
        text_integer(out, nanos);
        text_put(out, "ns");
    }
    return text_put(out, "\"");
}

static bool write_duration(int64_t seconds, int64_t nanos, struct text *out) {
    // In one number, since hostile nanoseconds may exceed a second or have the other sign.
    __int128 total = (__int128)seconds * 1000000000 + nanos;
    unsigned __int128 size = total < 0 ? -(unsigned __int128)total : (unsigned __int128)total;
    text_put(out, total < 0 ? "\"-" : "\"");
    text_unsigned(out, (uint64_t)(size / 1000000000));
    text_fraction(out, (int64_t)(size % 1000000000), -1);
    return text_put(out, "s\"");
}

static bool write_primitive(struct bytes primitive, struct text *out) {
    struct wire_field value;
    if (!last_member(primitive, "x012022", &value, out)) return text_put(out, "null");
    int64_t seconds, nanos;
    switch (value.number) {
    case 1: return text_integer(out, (int64_t)value.integer);
    case 2: return text_double(out, double_of_bits(value.integer));
    case 3: return put_string(out, value.bytes);
    case 4: return text_put(out, value.integer ? "true" : "false");
    default:
        read_time(value.bytes, &seconds, &nanos, out);
        return value.number == 5 ? write_datetime(seconds, nanos, out) : write_duration(seconds, nanos, out);
    }
}

static bool write_blob(struct bytes blob, struct text *out) {
    struct bytes uri = {0}, format = {0};
    int32_t dimensionality = 0;
    struct wire_field field, metadata, type;
    while (wire_next(&blob, &field, out)) {
        if (field.wire != LENGTH_DELIMITED) continue;
        if (field.number == 3) uri = field.bytes;
        if (field.number != 1) continue;
        while (wire_next(&field.bytes, &metadata, out)) {
            if (metadata.wire != LENGTH_DELIMITED || metadata.number != 1) continue;
            while (wire_next(&metadata.bytes, &type, out)) {
                if (type.number == 1 && type.wire == LENGTH_DELIMITED) format = type.bytes;
                if (type.number == 2 && type.wire == VARINT) dimensionality = (int32_t)type.integer;
            }
        }
    }
    text_put(out, "{\"dimensionality\":");
    enum_json("core.BlobType", "dimensionality", dimensionality, out);
    text_put(out, ",\"format\":");
    put_string(out, format);
    text_put(out, ",\"uri\":");
    put_string(out, uri);
    return text_put(out, "}");
}

static bool write_binary(struct bytes binary, struct text *out) {
    struct bytes data = {0}, tag = {0};
    struct wire_field field;
    while (wire_next(&binary, &field, out)) {
        if (field.wire != LENGTH_DELIMITED) continue;
        if (field.number == 1) data = field.bytes;
        if (field.number == 2) tag = field.bytes;
    }
    if (out->failure) return false;
    if (bytes_left(tag) == 7 && memcmp(tag.at, "msgpack", 7) == 0) {
        size_t start = out->count;
        if (write_messagepack(data, out) || out->failure != JSON_NO_MESSAGEPACK) return !out->failure;
        // Then it is shown like any other binary.
        out->failure = JSON_FINE;
        out->count = start;
    }
    text_put(out, "{\"base64\":");
    text_base64(out, data.at, bytes_left(data));
    text_put(out, ",\"tag\":");
    put_string(out, tag);
    return text_put(out, "}");
}

static bool write_schema_column(struct bytes column, int depth, struct text *out) {
    (void)depth;
    struct bytes name = {0};
    int32_t type = 0;
    struct wire_field field;
    while (wire_next(&column, &field, out)) {
        if (field.number == 1 && field.wire == LENGTH_DELIMITED) name = field.bytes;
        if (field.number == 2 && field.wire == VARINT) type = (int32_t)field.integer;
    }
    text_put(out, "{\"name\":");
    put_string(out, name);
    text_put(out, ",\"type\":");
    enum_json("core.SchemaType.SchemaColumn", "type", type, out);
    return text_put(out, "}");
}

static bool write_dataset_column(struct bytes column, int depth, struct text *out) {
    (void)depth;
    struct bytes name = {0}, type = {0};
    struct wire_field field;
    while (wire_next(&column, &field, out)) {
        if (field.wire != LENGTH_DELIMITED) continue;
        if (field.number == 1) name = field.bytes;
        if (field.number == 2) type = field.bytes;
    }
    text_put(out, "{\"name\":");
    put_string(out, name);
    text_put(out, ",\"type\":");
    literal_type_name(type, out);
    return text_put(out, "}");
}

static bool write_schema(struct bytes schema, struct text *out) {
    struct bytes uri = {0}, type = {0};
    struct wire_field field;
    while (wire_next(&schema, &field, out)) {
        if (field.wire != LENGTH_DELIMITED) continue;
        if (field.number == 1) uri = field.bytes;
        if (field.number == 3) type = field.bytes;
    }
    bool is_first = true;
    text_put(out, "{\"columns\":[");
    while (wire_next(&type, &field, out)) {
        if (field.number != 3 || field.wire != LENGTH_DELIMITED) continue;
        if (!is_first) text_put(out, ",");
        is_first = false;
        write_schema_column(field.bytes, 0, out);
    }
    text_put(out, "],\"uri\":");
    put_string(out, uri);
    return text_put(out, "}");
}

static bool write_dataset(struct bytes dataset, struct text *out) {
    struct bytes uri = {0}, type = {0}, format = {0};
    struct wire_field field, inner;
    while (wire_next(&dataset, &field, out)) {
        if (field.wire != LENGTH_DELIMITED) continue;
        if (field.number == 1) uri = field.bytes;
        while (field.number == 2 && wire_next(&field.bytes, &inner, out)) {
            if (inner.number == 1 && inner.wire == LENGTH_DELIMITED) type = inner.bytes;
        }
    }
    for (struct bytes rest = type; wire_next(&rest, &field, out);) {
        if (field.number == 2 && field.wire == LENGTH_DELIMITED) format = field.bytes;
    }
    text_put(out, "{\"columns\":");
    write_list(type, write_dataset_column, 0, out);
    text_put(out, ",\"format\":");
    put_string(out, format);
    text_put(out, ",\"uri\":");
    put_string(out, uri);
    return text_put(out, "}");
}

static bool write_error(struct bytes error, struct text *out) {
    struct bytes node = {0}, message = {0};
    struct wire_field field;
    while (wire_next(&error, &field, out)) {
        if (field.wire != LENGTH_DELIMITED) continue;
        if (field.number == 1) node = field.bytes;
        if (field.number == 2) message = field.bytes;
    }
    text_put(out, "{\"failed_node_id\":");
    put_string(out, node);
    text_put(out, ",\"message\":");
    put_string(out, message);
    return text_put(out, "}");
}

static bool write_scalar(struct bytes scalar, int depth, struct text *out) {
    struct wire_field value, held;
    if (!last_member(scalar, "x222222222", &value, out)) return text_put(out, "null");
    switch (value.number) {
    case 1: return write_primitive(value.bytes, out);
    case 2: return write_blob(value.bytes, out);
    case 3: return write_binary(value.bytes, out);
    case 4: return write_schema(value.bytes, out);
    case 6: return write_error(value.bytes, out);
    case 7: return write_entries(value.bytes, write_struct_value, depth + 1, false, out);
    case 8: return write_dataset(value.bytes, out);
    case 9:
        // A union is the value that it holds.
        if (!last_member(value.bytes, "x2", &held, out)) return text_put(out, "null");
        return write_literal(held.bytes, depth + 1, out);
    default: return text_put(out, "null");
    }
}

static bool write_offloaded(struct bytes offloaded, struct text *out) {
    struct bytes uri = {0};
    uint64_t size = 0;
    struct wire_field field;
    while (wire_next(&offloaded, &field, out)) {
        if (field.number == 1 && field.wire == LENGTH_DELIMITED) uri = field.bytes;
        if (field.number == 2 && field.wire == VARINT) size = field.integer;
    }
    text_put(out, "{\"offloaded\":{\"size_bytes\":");
    text_unsigned(out, size);
    text_put(out, ",\"uri\":");
    put_string(out, uri);
    return text_put(out, "}}");
}

static bool write_literal(struct bytes literal, int depth, struct text *out) {
    if (depth >= DEPTH_LIMIT) return text_fail(out, JSON_TOO_DEEP);
    struct wire_field value;
    if (!last_member(literal, "x222xxxx2", &value, out)) return text_put(out, "null");
    switch (value.number) {
    case 1: return write_scalar(value.bytes, depth, out);
    case 2: return write_list(value.bytes, write_literal, depth + 1, out);
    case 3: return write_entries(value.bytes, write_literal, depth + 1, false, out);
    default: return write_offloaded(value.bytes, out);
    }
}

bool literal_json(struct bytes literal, struct text *out) { return write_literal(literal, 0, out); }

bool literal_map_json(struct bytes map, struct text *out) {
    return write_entries(map, write_literal, 0, true, out);
}

// MARK: MessagePack, https://github.com/msgpack/msgpack/blob/master/spec.md

static bool pack_value(struct bytes *in, bool is_in_key, int depth, struct text *out);

static bool malformed(struct text *out) { return text_fail(out, JSON_NO_MESSAGEPACK); }

static bool pack_unsigned(struct bytes *in, int count, uint64_t *value, struct text *out) {
    if (bytes_left(*in) < (size_t)count) return malformed(out);
    *value = 0;
    while (count-- > 0) *value = *value << 8 | *in->at++;
    return true;
}

static bool pack_take(struct bytes *in, uint64_t count, struct bytes *taken, struct text *out) {
    if (count > bytes_left(*in)) return malformed(out);
    *taken = (struct bytes){in->at, in->at + count};
    in->at = taken->end;
    return true;
}

static bool pack_string(struct bytes *in, uint64_t count, struct text *out) {
    struct bytes string;
    if (!pack_take(in, count, &string, out)) return false;
    if (!is_utf8(string.at, bytes_left(string))) return malformed(out);
    return put_string(out, string);
}

static bool pack_extension(struct bytes *in, uint64_t count, struct text *out) {
    uint64_t kind;
    struct bytes data;
    if (!pack_unsigned(in, 1, &kind, out) || !pack_take(in, count, &data, out)) return false;
    text_put(out, "{\"base64\":");
    text_base64(out, data.at, bytes_left(data));
    text_put(out, ",\"ext\":");
    text_integer(out, (int8_t)kind);
    return text_put(out, "}");
}

static bool pack_array(struct bytes *in, uint64_t count, bool is_in_key, int depth, struct text *out) {
    text_put(out, "[");
    for (uint64_t i = 0; i < count && !out->failure; i++) {
        if (i > 0) text_put(out, ",");
        pack_value(in, is_in_key, depth + 1, out);
    }
    return text_put(out, "]");
}

/// A key's text: a string itself, anything else its JSON, which `made` then owns.
static bool pack_key(struct bytes *in, int depth, struct bytes *key, char **made, struct text *out) {
    if (in->at >= in->end) return malformed(out);
    unsigned char first = *in->at;
    uint64_t count;
    if ((first & 0xE0) == 0xA0) {
        in->at++;
        count = first & 31;
    } else if (first >= 0xD9 && first <= 0xDB) {
        in->at++;
        if (!pack_unsigned(in, 1 << (first - 0xD9), &count, out)) return false;
    } else {
        struct text json = {.limit = out->limit};
        bool is_written = pack_value(in, true, depth + 1, &json);
        *made = json.bytes;
        *key = bytes_of(json.bytes, json.count);
        return is_written || text_fail(out, json.failure);
    }
    if (!pack_take(in, count, key, out)) return false;
    return is_utf8(key->at, bytes_left(*key)) || malformed(out);
}

/// An entry of a map: where in the text it stands, and the key's text where we made it.
struct packed_entry {
    size_t start, end;
    char *made;
};

/// Puts the entries that stand in the text in the order of their keys; of a key that comes twice the last counts.
static void sort_packed(
    struct entry *keys, const struct packed_entry *entries, size_t count, struct text *out) {
    bool is_sorted = true;
    for (size_t i = 1; i < count && is_sorted; i++) is_sorted = compare_keys(keys[i - 1].key, keys[i].key) < 0;
    if (is_sorted || out->failure) return;
    size_t start = entries[0].start, size = out->count - start;
    char *unsorted = malloc(size);
    if (!unsorted) {
        text_fail(out, JSON_NO_MEMORY);
        return;
    }
    memcpy(unsorted, out->bytes + start, size);
    out->count = start;
    size_t kept = sort_entries(keys, count);
    for (size_t i = 0; i < kept; i++) {
        const struct packed_entry *entry = entries + keys[i].place;
        if (i > 0) text_put(out, ",");
        text_append(out, unsorted + (entry->start - start), entry->end - entry->start);
    }
    free(unsorted);
}

/// Makes room for another entry in both arrays.
static bool grow_packed(
    struct entry **keys, struct packed_entry **entries, size_t *capacity, struct text *out) {
    size_t more = *capacity * 2 + 8;
    struct entry *grown_keys = realloc(*keys, more * sizeof *grown_keys);
    if (grown_keys) *keys = grown_keys;
    struct packed_entry *grown_entries = realloc(*entries, more * sizeof *grown_entries);
    if (grown_entries) *entries = grown_entries;
    if (!grown_keys || !grown_entries) return text_fail(out, JSON_NO_MEMORY);
    *capacity = more;
    return true;
}

/// A map as a key is malformed here: quoted again at each level, it could grow without bounds.
static bool pack_map(struct bytes *in, uint64_t count, bool is_in_key, int depth, struct text *out) {
    if (is_in_key) return malformed(out);
    struct entry *keys = 0;
    struct packed_entry *entries = 0;
    size_t known = 0, capacity = 0;
    text_put(out, "{");
    for (; known < count && !out->failure; known++) {
        if (known == capacity && !grow_packed(&keys, &entries, &capacity, out)) break;
        if (known > 0) text_put(out, ",");
        keys[known] = (struct entry){.place = known};
        entries[known] = (struct packed_entry){.start = out->count};
        if (pack_key(in, depth, &keys[known].key, &entries[known].made, out)) {
            put_string(out, keys[known].key);
            text_put(out, ":");
            pack_value(in, is_in_key, depth + 1, out);
        }
        entries[known].end = out->count;
    }
    sort_packed(keys, entries, known, out);
    for (size_t i = 0; i < known; i++) free(entries[i].made);
    free(entries);
    free(keys);
    return text_put(out, "}");
}

static bool pack_value(struct bytes *in, bool is_in_key, int depth, struct text *out) {
    uint64_t first, value = 0;
    if (out->failure) return false;
    if (depth >= DEPTH_LIMIT || !pack_unsigned(in, 1, &first, out)) return malformed(out);
    if (first < 0x80) return text_unsigned(out, first);
    if (first < 0x90) return pack_map(in, first & 15, is_in_key, depth, out);
    if (first < 0xA0) return pack_array(in, first & 15, is_in_key, depth, out);
    if (first < 0xC0) return pack_string(in, first & 31, out);
    if (first >= 0xE0) return text_integer(out, (int8_t)first);
    // What follows the first byte: a value, a length, or nothing.
    static const char sizes[] = {0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8,
                                 1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4};
    if (!pack_unsigned(in, sizes[first - 0xC0], &value, out)) return false;
    struct bytes data;
    switch (first) {
    case 0xC0: return text_put(out, "null");
    case 0xC2: return text_put(out, "false");
    case 0xC3: return text_put(out, "true");
    case 0xC4:
    case 0xC5:
    case 0xC6: return pack_take(in, value, &data, out) && text_base64(out, data.at, bytes_left(data));
    case 0xC7:
    case 0xC8:
    case 0xC9: return pack_extension(in, value, out);
    case 0xCA: return text_double(out, float_of_bits((uint32_t)value));
    case 0xCB: return text_double(out, double_of_bits(value));
    case 0xCC:
    case 0xCD:
    case 0xCE:
    case 0xCF: return text_unsigned(out, value);
    case 0xD0: return text_integer(out, (int8_t)value);
    case 0xD1: return text_integer(out, (int16_t)value);
    case 0xD2: return text_integer(out, (int32_t)value);
    case 0xD3: return text_integer(out, (int64_t)value);
    case 0xD4:
    case 0xD5:
    case 0xD6:
    case 0xD7:
    case 0xD8: return pack_extension(in, 1u << (first - 0xD4), out);
    case 0xD9:
    case 0xDA:
    case 0xDB: return pack_string(in, value, out);
    case 0xDC:
    case 0xDD:
        if (value > bytes_left(*in)) return malformed(out);
        return pack_array(in, value, is_in_key, depth, out);
    case 0xDE:
    case 0xDF: return pack_map(in, value, is_in_key, depth, out);
    default: return malformed(out);
    }
}

static bool write_messagepack(struct bytes data, struct text *out) {
    return pack_value(&data, false, 0, out) && (data.at == data.end || malformed(out));
}
