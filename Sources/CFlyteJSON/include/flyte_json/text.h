// A text that grows, and the notation of JSON's strings and numbers in it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../CFlyteJSON.h"

/// What is written. After a failure nothing is added any more; the first one counts.
struct text {
    char *bytes;
    size_t count, capacity, limit;
    enum json_failure failure;
    /// What cannot be shown is told in its place, as text_unreadable does, and bytes that are no UTF-8 become U+FFFD: both
    /// are no failures.
    bool is_tolerant;
    /// Bytes in strings that are no UTF-8 became U+FFFD.
    bool is_repaired;
    /// Where a failure was found, of JSON_PATH_SIZE bytes; NULL when nobody asks.
    char *path;
};

/// Remembers a failure; always false.
static inline bool text_fail(struct text *text, enum json_failure failure) {
    if (!text->failure) text->failure = failure;
    return false;
}

/// Says one level further out where a failure was found: in this field, or with NULL in this place of a list.
void text_failed_within(struct text *text, const char *field, size_t place);

/// Adds so many bytes, which the caller fills; NULL after a failure.
char *text_room(struct text *text, size_t count);

/// All false after a failure, as text_fail.
bool text_append(struct text *text, const void *bytes, size_t count);
static inline bool text_put(struct text *text, const char *words) {
    return text_append(text, words, strlen(words));
}
bool text_integer(struct text *text, int64_t value);
bool text_unsigned(struct text *text, uint64_t value);
/// Puts `{"unreadable":"why"}` in the place of all behind `start`, where a failure is one of the bytes' own; false where
/// there is none such.
bool text_unreadable(struct text *text, size_t start);
/// A string in quotes, with the escapes it needs; bytes that are no UTF-8 are a failure, or become U+FFFD.
bool text_string(struct text *text, const void *bytes, size_t count);
/// Standard base64 with padding, in quotes.
bool text_base64(struct text *text, const unsigned char *bytes, size_t count);

/// The shortest digits that read back as the same number, in Swift's form: 0.1, 2.0, 1e+20.
bool text_double(struct text *text, double value);
/// The same in JavaScript's form: 0.1, 2, 100000000000000000000; `is_float` for 32 bits.
bool text_number(struct text *text, double value, bool is_float);

/// RFC 3339 in UTC. `digits` of a second's fraction; -1 for as many as there are; -3 for 0, 3, 6 or 9.
bool text_time(struct text *text, int64_t seconds, int64_t nanos, int digits);
/// A point and the digits of a fraction, as text_time.
bool text_fraction(struct text *text, int64_t nanos, int digits);

bool is_utf8(const unsigned char *bytes, size_t count);
