// Any of Flyte's messages as protojson, https://protobuf.dev/programming-guides/json/, as its servers write it.
#include <stdlib.h>
#include <string.h>

#include "flyte_json/json.h"

enum kind { DOUBLE, FLOAT, INT32, INT64, UINT32, UINT64, BOOL, STRING, BYTES, MESSAGE, ENUM };
enum cardinality { SINGULAR, REPEATED, MAP };
/// The JSON forms that protobuf gives its own types; a wrapper is just the value of its field.
enum form { OBJECT, TIMESTAMP, DURATION, STRUCTURE, VALUE, LIST_VALUE, ANY, WRAPPER };

struct field {
    const char *name;
    unsigned short number;
    unsigned char kind, cardinality;
    /// Which oneof of its message it is a member of, from 1; 0 for none.
    unsigned char oneof;
    /// Of a message or an enum: which.
    unsigned short type;
};

struct message_type {
    const char *name;
    unsigned char form, field_count;
    const struct field *fields;
};

struct enum_name {
    const char *name;
    int number;
};

struct enum_type {
    unsigned char count;
    const struct enum_name *names;
};

#include "definitions.h"

enum { MESSAGE_COUNT = sizeof definition_messages / sizeof *definition_messages };

static const struct message_type *message_named(const char *name) {
    if (strncmp(name, "flyteidl.", 9) == 0) name += 9;
    int low = 0, high = MESSAGE_COUNT;
    while (low < high) {
        int middle = (low + high) / 2, order = strcmp(definition_messages[middle].name, name);
        if (order == 0) return definition_messages + middle;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return 0;
}

bool is_message(const char *type) { return message_named(type) != 0; }

static const struct field *field_numbered(const struct message_type *type, uint32_t number) {
    for (int i = 0; i < type->field_count; i++) {
        if (type->fields[i].number == number) return type->fields + i;
    }
    return 0;
}

static enum wire wire_of(const struct field *field) {
    switch (field->kind) {
    case DOUBLE: return FIXED64;
    case FLOAT: return FIXED32;
    case STRING:
    case BYTES:
    case MESSAGE: return LENGTH_DELIMITED;
    default: return VARINT;
    }
}

static const char *enum_name(const struct enum_type *type, int32_t number) {
    for (int i = 0; i < type->count; i++) {
        if (type->names[i].number == number) return type->names[i].name;
    }
    return 0;
}

// MARK: Reading

/// What a message says of one of its fields, in the order in which it came: of a single value the last, of
/// a message all parts, which joined are the message.
struct slot {
    struct wire_field *values;
    size_t count, capacity;
};

static bool slot_add(struct slot *slot, const struct wire_field *value, struct text *out) {
    if (slot->count == slot->capacity) {
        size_t capacity = slot->capacity * 2 + 1;
        struct wire_field *grown = realloc(slot->values, capacity * sizeof *grown);
        if (!grown) return text_fail(out, JSON_NO_MEMORY);
        slot->values = grown;
        slot->capacity = capacity;
    }
    slot->values[slot->count++] = *value;
    return true;
}

static void slots_free(struct slot *slots, int count) {
    for (int i = 0; slots && i < count; i++) free(slots[i].values);
    free(slots);
}

/// Sorts the fields of a message, given in parts, into a slot for each; what the definition does not allow is
/// passed over.
static struct slot *slots_of(
    const struct message_type *type, const struct wire_field *parts, size_t count, struct text *out) {
    struct slot *slots = calloc((size_t)type->field_count + 1, sizeof *slots);
    if (!slots) text_fail(out, JSON_NO_MEMORY);
    for (size_t i = 0; i < count && !out->failure; i++) {
        struct bytes bytes = parts[i].bytes;
        struct wire_field value;
        while (wire_next(&bytes, &value, out)) {
            const struct field *field = field_numbered(type, value.number);
            if (!field) continue;
            struct slot *slot = slots + (field - type->fields);
            bool is_packed = field->cardinality == REPEATED && value.wire == LENGTH_DELIMITED;
            if (value.wire != (field->cardinality == MAP ? LENGTH_DELIMITED : wire_of(field)) && !is_packed)
                continue;
            if (field->cardinality == SINGULAR && field->kind != MESSAGE) slot->count = 0;
            for (int other = 0; field->oneof && other < type->field_count; other++) {
                if (type->fields[other].oneof == field->oneof && slots + other != slot) slots[other].count = 0;
            }
            slot_add(slot, &value, out);
        }
    }
    return slots;
}

// MARK: Writing

static bool print_message(
    const struct message_type *type, const struct wire_field *parts, size_t count, int depth,
    enum json_names names, struct text *out);

/// A value that is no list and no map; a message in its parts.
static bool print_value(
    const struct field *field, const struct wire_field *values, size_t count, int depth,
    enum json_names names, struct text *out) {
    if (field->kind == MESSAGE)
        return print_message(definition_messages + field->type, values, count, depth, names, out);
    struct wire_field value = count ? values[count - 1] : (struct wire_field){0};
    switch (field->kind) {
    case DOUBLE: return text_number(out, double_of_bits(value.integer), false);
    case FLOAT: return text_number(out, float_of_bits((uint32_t)value.integer), true);
    case INT32: return text_integer(out, (int32_t)value.integer);
    case UINT32: return text_unsigned(out, (uint32_t)value.integer);
    case INT64:
        text_put(out, "\"");
        text_integer(out, (int64_t)value.integer);
        return text_put(out, "\"");
    case UINT64:
        text_put(out, "\"");
        text_unsigned(out, value.integer);
        return text_put(out, "\"");
    case BOOL: return text_put(out, value.integer ? "true" : "false");
    case STRING: return text_string(out, value.bytes.at, bytes_left(value.bytes));
    case BYTES: return text_base64(out, value.bytes.at, bytes_left(value.bytes));
    default: {
        const struct enum_type *type = definition_enums + field->type;
        // A google.protobuf.NullValue, whatever its number.
        if (strcmp(type->names[0].name, "NULL_VALUE") == 0) return text_put(out, "null");
        const char *name = enum_name(type, (int32_t)value.integer);
        return name ? text_string(out, name, strlen(name)) : text_integer(out, (int32_t)value.integer);
    }
    }
}

static bool print_list(
    const struct field *field, const struct slot *slot, int depth, enum json_names names,
    struct text *out) {
    size_t place = 0;
    text_put(out, "[");
    for (size_t i = 0; i < slot->count && !out->failure; i++) {
        struct wire_field value = slot->values[i];
        bool is_packed = value.wire != wire_of(field);
        struct bytes packed = value.bytes;
        while (!out->failure && (!is_packed || packed.at < packed.end)) {
            if (is_packed) {
                enum wire wire = wire_of(field);
                enum json_failure failure = wire == VARINT
                    ? wire_varint(&packed, &value.integer)
                    : wire_fixed(&packed, wire == FIXED64 ? 8 : 4, &value.integer);
                if (failure) return text_fail(out, failure);
            }
            if (place > 0) text_put(out, ",");
            print_value(field, &value, 1, depth, names, out);
            text_failed_within(out, 0, place++);
            if (!is_packed) break;
        }
    }
    return text_put(out, "]");
}

/// The value of a map's entry, which may come in parts too.
static bool print_entry_value(
    const struct field *field, struct bytes entry, int depth, enum json_names names,
    struct text *out) {
    struct slot slot = {0};
    struct wire_field value;
    while (wire_next(&entry, &value, out)) {
        if (value.number == 2 && value.wire == wire_of(field)) slot_add(&slot, &value, out);
    }
    print_value(field, slot.values, slot.count, depth, names, out);
    free(slot.values);
    return !out->failure;
}

static bool print_map(
    const struct field *field, const struct slot *slot, int depth, enum json_names names,
    struct text *out) {
    struct entry *entries = calloc(slot->count + 1, sizeof *entries);
    if (!entries) return text_fail(out, JSON_NO_MEMORY);
    for (size_t i = 0; i < slot->count; i++) {
        struct bytes entry = slot->values[i].bytes;
        struct wire_field member;
        entries[i] = (struct entry){.value = entry, .place = i};
        while (wire_next(&entry, &member, out)) {
            if (member.number == 1 && member.wire == LENGTH_DELIMITED) entries[i].key = member.bytes;
        }
    }
    size_t count = sort_entries(entries, slot->count);
    text_put(out, "{");
    for (size_t i = 0; i < count && !out->failure; i++) {
        if (i > 0) text_put(out, ",");
        text_string(out, entries[i].key.at, bytes_left(entries[i].key));
        text_put(out, ":");
        print_entry_value(field, entries[i].value, depth + 1, names, out);
        text_failed_within(out, "[]", 0);
    }
    free(entries);
    return text_put(out, "}");
}

/// `"name":`. protojson's rule: an underscore goes, and what follows it becomes a capital.
static void put_name(const char *name, enum json_names names, struct text *out) {
    text_put(out, "\"");
    for (const char *part = name; *part;) {
        size_t length = names == JSON_CAMEL_CASE ? strcspn(part, "_") : strlen(part);
        text_append(out, part, length);
        part += length;
        if (!*part) break;
        part += strspn(part, "_");
        char capital = *part >= 'a' && *part <= 'z' ? (char)(*part - 32) : *part;
        if (!capital) break;
        text_append(out, &capital, 1);
        part++;
    }
    text_put(out, "\":");
}

/// The fields as members of an object that is open; `is_first` when it has none so far.
static void print_members(
    const struct message_type *type, const struct slot *slots, bool is_first, int depth,
    enum json_names names, struct text *out) {
    for (int i = 0; i < type->field_count && !out->failure; i++) {
        const struct field *field = type->fields + i;
        const struct slot *slot = slots + i;
        if (field->oneof && slot->count == 0) continue;
        if (!is_first) text_put(out, ",");
        is_first = false;
        put_name(field->name, names, out);
        switch (field->cardinality) {
        case REPEATED: print_list(field, slot, depth + 1, names, out); break;
        case MAP: print_map(field, slot, depth + 1, names, out); break;
        default:
            if (field->kind == MESSAGE && slot->count == 0) {
                text_put(out, "null");
            } else {
                print_value(field, slot->values, slot->count, depth + 1, names, out);
            }
        }
        text_failed_within(out, field->name, 0);
    }
}

/// The seconds and nanoseconds of a time or a duration, within the ranges that protobuf allows.
static bool print_time(const struct message_type *type, const struct slot *slots, struct text *out) {
    int64_t seconds = slots[0].count ? (int64_t)slots[0].values[0].integer : 0;
    int64_t nanos = slots[1].count ? (int32_t)slots[1].values[0].integer : 0;
    text_put(out, "\"");
    if (type->form == TIMESTAMP) {
        if (seconds < -62135596800 || seconds > 253402300799 || nanos < 0 || nanos > 999999999)
            return text_fail(out, JSON_TIME_BEYOND);
        text_time(out, seconds, nanos, -3);
    } else {
        if (seconds < -315576000000 || seconds > 315576000000 || nanos < -999999999 || nanos > 999999999
            || (seconds && nanos && (seconds < 0) != (nanos < 0)))
            return text_fail(out, JSON_DURATION_BEYOND);
        if (seconds < 0 || nanos < 0) text_put(out, "-");
        text_integer(out, llabs(seconds));
        text_fraction(out, llabs(nanos), -3);
        text_put(out, "s");
    }
    return text_put(out, "\"");
}

/// An `Any` is the message in it, with its type URL as first member.
static bool print_any(const struct slot *slots, int depth, enum json_names names, struct text *out) {
    struct bytes url = slots[0].count ? slots[0].values[0].bytes : bytes_of(0, 0);
    struct wire_field content = slots[1].count ? slots[1].values[0] : (struct wire_field){0};
    if (url.at == url.end && content.bytes.at == content.bytes.end) return text_put(out, "{}");
    char name[128] = "";
    const unsigned char *start = url.end;
    while (start > url.at && start[-1] != '/') start--;
    size_t length = (size_t)(url.end - start);
    if (start > url.at && length < sizeof name) memcpy(name, start, length);
    const struct message_type *type = message_named(name);
    if (!type || (strncmp(name, "flyteidl.", 9) != 0 && strncmp(name, "google.", 7) != 0))
        return text_fail(out, JSON_UNKNOWN_ANY);
    text_put(out, "{\"@type\":");
    text_string(out, url.at, bytes_left(url));
    if (type->form == OBJECT) {
        struct slot *inner = slots_of(type, &content, 1, out);
        if (inner) print_members(type, inner, false, depth + 1, names, out);
        slots_free(inner, type->field_count);
    } else {
        text_put(out, ",\"value\":");
        print_message(type, &content, 1, depth + 1, names, out);
    }
    return text_put(out, "}");
}

/// A `google.protobuf.Value` is the JSON value itself.
static bool print_json_value(
    const struct message_type *type, const struct slot *slots, int depth, enum json_names names,
    struct text *out) {
    for (int i = 0; i < type->field_count; i++) {
        if (slots[i].count == 0) continue;
        uint64_t bits = slots[i].values[slots[i].count - 1].integer;
        if (type->fields[i].kind == DOUBLE && (bits >> 52 & 0x7FF) == 0x7FF)
            return text_fail(out, JSON_VALUE_NOT_FINITE);
        return print_value(type->fields + i, slots[i].values, slots[i].count, depth + 1, names, out);
    }
    return text_fail(out, JSON_VALUE_MISSING);
}

static bool print_message(
    const struct message_type *type, const struct wire_field *parts, size_t count, int depth,
    enum json_names names, struct text *out) {
    size_t start = out->count;
    if (depth >= DEPTH_LIMIT) {
        text_fail(out, JSON_TOO_DEEP);
        return out->is_tolerant && text_unreadable(out, start);
    }
    struct slot *slots = slots_of(type, parts, count, out);
    if (!out->failure) {
        switch (type->form) {
        case TIMESTAMP:
        case DURATION: print_time(type, slots, out); break;
        case STRUCTURE: print_map(type->fields, slots, depth + 1, names, out); break;
        case LIST_VALUE: print_list(type->fields, slots, depth + 1, names, out); break;
        case VALUE: print_json_value(type, slots, depth, names, out); break;
        case WRAPPER: print_value(type->fields, slots[0].values, slots[0].count, depth + 1, names, out); break;
        case ANY: print_any(slots, depth, names, out); break;
        default:
            text_put(out, "{");
            print_members(type, slots, true, depth, names, out);
            text_put(out, "}");
        }
    }
    slots_free(slots, type->field_count);
    return !out->failure || (out->is_tolerant && text_unreadable(out, start));
}

bool message_json(const char *name, enum json_names names, struct bytes bytes, struct text *out) {
    const struct message_type *type = message_named(name);
    if (!type) return text_fail(out, JSON_UNKNOWN_TYPE);
    struct wire_field whole = {.bytes = bytes};
    return print_message(type, &whole, 1, 0, names, out);
}

// MARK: What literals need

bool enum_json(const char *type, const char *field, int32_t value, struct text *out) {
    const struct message_type *message = message_named(type);
    for (int i = 0; message && i < message->field_count; i++) {
        if (strcmp(message->fields[i].name, field) != 0) continue;
        const char *name = enum_name(definition_enums + message->fields[i].type, value);
        text_put(out, "\"");
        if (name) text_put(out, name);
        else text_integer(out, value);
        return text_put(out, "\"");
    }
    return text_fail(out, JSON_UNKNOWN_TYPE);
}

bool literal_type_name(struct bytes bytes, struct text *out) {
    const struct message_type *type = message_named("core.LiteralType");
    const struct field *last = 0;
    int32_t simple = 0;
    struct wire_field value;
    while (wire_next(&bytes, &value, out)) {
        const struct field *field = field_numbered(type, value.number);
        if (!field || !field->oneof || value.wire != wire_of(field)) continue;
        last = field;
        simple = (int32_t)value.integer;
    }
    if (!last) return text_put(out, "\"NONE\"");
    if (last->kind == ENUM) return enum_json(type->name, last->name, simple, out);
    return text_string(out, last->name, strlen(last->name));
}
