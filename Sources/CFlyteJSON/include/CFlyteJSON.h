// Flyte's literals and messages as JSON: one core for the SQL functions and for the tool.
//
// Whatever the bytes are, a call gives JSON or says why there is none: no depth, length or number in them makes
// it read outside of them, overflow the stack or write more than the limit.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Why something has no JSON.
enum json_failure {
    JSON_FINE,
    // The bytes are no message, as WireError in FlyteIDL tells them apart.
    JSON_TRUNCATED,
    JSON_NUMBER_TOO_LONG,
    JSON_INVALID_TAG,
    /// A string is no UTF-8. In literals it is written with U+FFFD for what is none.
    JSON_NOT_UTF8,
    /// Values lie deeper in each other than DEPTH_LIMIT.
    JSON_TOO_DEEP,
    /// The text would be longer than the limit.
    JSON_TOO_LARGE,
    JSON_NO_MEMORY,
    // What protojson refuses.
    JSON_TIME_BEYOND,
    JSON_DURATION_BEYOND,
    JSON_VALUE_MISSING,
    JSON_VALUE_NOT_FINITE,
    JSON_UNKNOWN_ANY,
    // Mistakes of who asks.
    JSON_UNKNOWN_TYPE,
    /// Bytes that are called MessagePack and are none; a literal of such bytes is shown as a binary.
    JSON_NO_MESSAGEPACK,
};

/// In words that follow "cannot be shown: ".
const char *json_failure_words(enum json_failure failure);

/// How fields are named.
enum json_names {
    /// By Flyte's own names.
    JSON_OWN_NAMES,
    /// By protojson's lowerCamelCase names.
    JSON_CAMEL_CASE,
};

enum { JSON_PATH_SIZE = 256 };

/// A text in UTF-8, or why there is none. To be given back with flyte_json_free.
struct flyte_json {
    char *bytes;
    size_t count;
    enum json_failure failure;
    /// Bytes in strings that are no UTF-8 became U+FFFD.
    bool is_repaired;
};

void flyte_json_free(struct flyte_json json);

/// A `core.Literal` and a `core.LiteralMap` as canonical JSON of at most so many bytes. In a map a value that cannot be
/// shown is an object `{"unreadable":"why"}`, and its neighbours are what they are.
struct flyte_json flyte_literal_json(const uint8_t *bytes, size_t count, size_t limit);
struct flyte_json flyte_literal_map_json(const uint8_t *bytes, size_t count, size_t limit);
/// A message of this type as protojson. After a failure `path` (JSON_PATH_SIZE bytes) has the names of the
/// fields that lead to it.
struct flyte_json flyte_message_json(
    const char *type, enum json_names names, const uint8_t *bytes, size_t count, char *path);
/// What Flyte calls the kind of a `core.LiteralType`, in quotes.
struct flyte_json flyte_literal_type_json(const uint8_t *bytes, size_t count);
/// A string in quotes, bytes as one of base64, and a number, as protojson has them.
struct flyte_json flyte_json_string(const uint8_t *bytes, size_t count);
struct flyte_json flyte_json_base64(const uint8_t *bytes, size_t count);
struct flyte_json flyte_json_number(double value);
