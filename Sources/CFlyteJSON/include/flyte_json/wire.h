// A bounds-checked reader of protobuf, https://protobuf.dev/programming-guides/encoding/.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/// Bytes that are still to be read.
struct bytes {
    const unsigned char *at, *end;
};

/// Bytes from elsewhere. Those of nothing lie somewhere too, as an offset to NULL, even zero, is undefined in C17.
static inline struct bytes bytes_of(const void *start, size_t count) {
    const unsigned char *at = start ? start : (const void *)"";
    return (struct bytes){at, at + count};
}

static inline size_t bytes_left(struct bytes bytes) { return (size_t)(bytes.end - bytes.at); }

/// How a value is written, with protobuf's numbers.
enum wire { VARINT, FIXED64, LENGTH_DELIMITED, GROUP_START, GROUP_END, FIXED32 };

/// A field and its value. Groups, which Flyte does not have, are passed over.
struct wire_field {
    uint32_t number;
    enum wire wire;
    uint64_t integer;
    struct bytes bytes;
};

/// How deep values may lie in each other to be shown. Stacks hold several times as much, and readers of JSON take as
/// much again: SQLite's and Python's 1000.
enum { DEPTH_LIMIT = 400 };

enum json_failure wire_varint(struct bytes *bytes, uint64_t *value);
enum json_failure wire_fixed(struct bytes *bytes, int count, uint64_t *value);
/// The next field; false at the end, and when the bytes are malformed, which `out` then knows.
bool wire_next(struct bytes *bytes, struct wire_field *field, struct text *out);

/// An entry of a map whose keys are strings.
struct entry {
    struct bytes key, value;
    size_t place;
};

/// The entries in field 1 in the order of their keys' bytes; of a key that comes twice the last. To be freed.
/// More than the text can hold are a failure.
struct entry *wire_entries(struct bytes map, size_t *count, struct text *out);
int compare_keys(struct bytes a, struct bytes b);
/// Sorts entries by their keys' bytes, drops all but the last of equal ones, and gives how many are left.
size_t sort_entries(struct entry *entries, size_t count);

/// A double or a float by its bits.
double double_of_bits(uint64_t bits);
double float_of_bits(uint32_t bits);
