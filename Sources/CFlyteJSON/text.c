#include "flyte_json/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "powers.h"

const char *json_failure_words(enum json_failure failure) {
    switch (failure) {
    case JSON_TRUNCATED:
    case JSON_NUMBER_TOO_LONG:
    case JSON_INVALID_TAG: return "its bytes are no message";
    case JSON_NOT_UTF8: return "a string in it is no UTF-8";
    case JSON_TOO_DEEP: return "values in it lie too deep in each other";
    case JSON_TOO_LARGE: return "it is too large";
    case JSON_NO_MEMORY: return "there is no memory for it";
    case JSON_TIME_BEYOND: return "a time in it lies outside of the years 1 to 9999";
    case JSON_DURATION_BEYOND: return "a duration in it is longer than 10,000 years, or of mixed sign";
    case JSON_VALUE_MISSING: return "a google.protobuf.Value in it has no value";
    case JSON_VALUE_NOT_FINITE: return "a google.protobuf.Value in it is NaN or infinite";
    case JSON_UNKNOWN_ANY: return "a google.protobuf.Any in it is of an unknown type";
    case JSON_UNKNOWN_TYPE: return "no message is called so";
    case JSON_NO_MESSAGEPACK: return "it is no MessagePack";
    case JSON_FINE: break;
    }
    return "nothing is wrong";
}

void text_failed_within(struct text *text, const char *field, size_t place) {
    if (!text->path || !text->failure) return;
    char name[JSON_PATH_SIZE];
    size_t known = strlen(text->path);
    const char *point = known && text->path[0] != '[' ? "." : "";
    int length = field ? snprintf(name, sizeof name, "%s%s", field, point)
                       : snprintf(name, sizeof name, "[%zu]%s", place, point);
    // Of a path that is too long the inner end says more.
    if (length < 0 || (size_t)length + known >= JSON_PATH_SIZE) return;
    memmove(text->path + length, text->path, known + 1);
    memcpy(text->path, name, (size_t)length);
}

bool text_unreadable(struct text *text, size_t start) {
    enum json_failure failure = text->failure;
    switch (failure) {
    case JSON_FINE:
    case JSON_TOO_LARGE:
    case JSON_NO_MEMORY:
    case JSON_UNKNOWN_TYPE: return false;
    default: break;
    }
    text->failure = JSON_FINE;
    text->count = start;
    if (text->path) *text->path = 0;
    text_put(text, "{\"unreadable\":\"");
    text_put(text, json_failure_words(failure));
    return text_put(text, "\"}");
}

char *text_room(struct text *text, size_t count) {
    if (text->failure) return 0;
    if (count > text->limit - text->count) {
        text_fail(text, JSON_TOO_LARGE);
        return 0;
    }
    if (count > text->capacity - text->count) {
        size_t capacity = (text->count + count) * 2;
        if (capacity < 256) capacity = 256;
        char *grown = realloc(text->bytes, capacity);
        if (!grown) {
            text_fail(text, JSON_NO_MEMORY);
            return 0;
        }
        text->bytes = grown;
        text->capacity = capacity;
    }
    char *room = text->bytes + text->count;
    text->count += count;
    return room;
}

bool text_append(struct text *text, const void *bytes, size_t count) {
    char *room = text_room(text, count);
    if (room && count > 0) memcpy(room, bytes, count);
    return room != 0;
}

static bool put_byte(struct text *text, char byte) { return text_append(text, &byte, 1); }

/// Decimal digits before `end`, at least so many; where they start.
static char *digits_before(char *end, uint64_t value, int least) {
    for (; value > 0 || least > 0; value /= 10, least--) *--end = (char)('0' + value % 10);
    return end;
}

bool text_unsigned(struct text *text, uint64_t value) {
    char digits[24], *end = digits + sizeof digits, *start = digits_before(end, value, 1);
    return text_append(text, start, (size_t)(end - start));
}

bool text_integer(struct text *text, int64_t value) {
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    char digits[24], *end = digits + sizeof digits, *start = digits_before(end, size, 1);
    if (value < 0) *--start = '-';
    return text_append(text, start, (size_t)(end - start));
}

// MARK: Strings

/// Each of eight bytes.
static uint64_t eight(unsigned char byte) { return UINT64_C(0x0101010101010101) * byte; }

static uint64_t load_eight(const unsigned char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

bool is_utf8(const unsigned char *bytes, size_t count) {
    const unsigned char *end = bytes + count;
    while (bytes < end) {
        // Nearly all of what Flyte says is ASCII.
        while (end - bytes >= 8 && !(load_eight(bytes) & eight(0x80))) bytes += 8;
        if (bytes >= end) break;
        unsigned char first = *bytes++;
        if (first < 0x80) continue;
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || end - bytes < more) return false;
        // Neither too long a form, nor a surrogate, nor beyond U+10FFFF.
        unsigned char least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        unsigned char most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        for (int i = 0; i < more; i++, least = 0x80, most = 0xBF) {
            if (*bytes < least || *bytes > most) return false;
            bytes++;
        }
    }
    return true;
}

/// Whether one of eight bytes may need an escape. Now and then true without need, never false with one.
static bool may_need_escape(uint64_t word) {
    uint64_t quotes = word ^ eight('"'), slashes = word ^ eight('\\');
    uint64_t found = ((word - eight(0x20)) & ~word) | ((quotes - eight(1)) & ~quotes)
        | ((slashes - eight(1)) & ~slashes);
    return (found & eight(0x80)) != 0;
}

/// How many bytes at the beginning belong together: a character, or as much of one as there is, which is then not whole.
/// As Unicode recommends, and as Swift does it.
static size_t character(const unsigned char *bytes, const unsigned char *end, bool *is_whole) {
    unsigned char first = *bytes;
    size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0x80 ? 1 : 0, count = 1;
    *is_whole = more == 0;
    if (more == 0 || first < 0xC2 || first > 0xF4) return 1;
    unsigned char least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    while (count <= more && bytes + count < end && bytes[count] >= least && bytes[count] <= most) {
        count++;
        least = 0x80;
        most = 0xBF;
    }
    *is_whole = count == more + 1;
    return count;
}

/// A string with U+FFFD for what is no UTF-8.
static bool put_repaired(struct text *text, const unsigned char *bytes, const unsigned char *end) {
    struct text repaired = {.limit = SIZE_MAX};
    while (bytes < end) {
        bool is_whole;
        size_t count = character(bytes, end, &is_whole);
        if (is_whole) text_append(&repaired, bytes, count);
        else text_put(&repaired, "\xEF\xBF\xBD");
        bytes += count;
    }
    text->is_repaired = true;
    if (repaired.failure) text_fail(text, repaired.failure);
    else text_string(text, repaired.bytes, repaired.count);
    free(repaired.bytes);
    return !text->failure;
}

bool text_string(struct text *text, const void *start, size_t count) {
    // Nothing may be NULL, to which not even zero is added.
    const unsigned char *bytes = start ? start : (const void *)"", *end = bytes + count, *plain = bytes;
    if (!is_utf8(bytes, count))
        return text->is_tolerant ? put_repaired(text, bytes, end) : text_fail(text, JSON_NOT_UTF8);
    put_byte(text, '"');
    for (; bytes < end; bytes++) {
        while (end - bytes >= 8 && !may_need_escape(load_eight(bytes))) bytes += 8;
        if (bytes >= end) break;
        if (*bytes >= 0x20 && *bytes != '"' && *bytes != '\\') continue;
        text_append(text, plain, (size_t)(bytes - plain));
        plain = bytes + 1;
        static const char letters[0x20] = {
            ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
        char escape[8] = {'\\', *bytes >= 0x20 ? (char)*bytes : letters[*bytes]};
        if (!escape[1]) snprintf(escape, sizeof escape, "\\u%04x", *bytes);
        text_put(text, escape);
    }
    text_append(text, plain, (size_t)(end - plain));
    return put_byte(text, '"');
}

bool text_base64(struct text *text, const unsigned char *bytes, size_t count) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    put_byte(text, '"');
    char *four = text_room(text, (count + 2) / 3 * 4);
    for (; four && count > 0; bytes += 3, four += 4, count -= count < 3 ? count : 3) {
        unsigned second = count > 1 ? bytes[1] : 0, third = count > 2 ? bytes[2] : 0;
        unsigned group = (unsigned)bytes[0] << 16 | second << 8 | third;
        four[0] = digits[group >> 18];
        four[1] = digits[group >> 12 & 63];
        four[2] = count > 1 ? digits[group >> 6 & 63] : '=';
        four[3] = count > 2 ? digits[group & 63] : '=';
    }
    return put_byte(text, '"');
}

// MARK: Numbers

/// The high half of a product of three words, with its last bit set where anything but zeros follows.
static uint64_t rounded_product(const uint64_t power[2], uint64_t factor) {
    unsigned __int128 low = (unsigned __int128)power[1] * factor;
    unsigned __int128 high = (unsigned __int128)power[0] * factor + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/// The shortest decimal, times 10^`power`, that reads back as significand · 2^scale; of several the nearest.
/// `is_lowest`: the next number below lies half as far away as the one above. This is Raffaello Giulietti's
/// algorithm, "The Schubfach way to render doubles" (2022).
static uint64_t shortest_decimal(uint64_t significand, int scale, bool is_lowest, int *power) {
    *power = 0;
    if (scale <= 0 && scale > -53 && (significand & ((UINT64_C(1) << -scale) - 1)) == 0)
        return significand >> -scale;
    // ⌊log10(2^scale)⌋, or of three quarters of it; then how far the product must be shifted.
    *power = (scale * 1262611 - (is_lowest ? 524031 : 0)) >> 22;
    int shift = scale + ((-*power * 1741647) >> 19) + 1;
    const uint64_t *ten = powers_of_ten[-*power - LEAST_POWER];
    // Four times the number and the ends of what reads back as it, which belong to it when it is even.
    uint64_t middle = rounded_product(ten, (4 * significand) << shift);
    uint64_t lower = rounded_product(ten, (4 * significand - 2 + is_lowest) << shift) + (significand & 1);
    uint64_t upper = rounded_product(ten, (4 * significand + 2) << shift) - (significand & 1);
    uint64_t whole = middle / 4;
    if (whole >= 10) {
        uint64_t tenth = whole / 10;
        bool is_below = lower <= 40 * tenth, is_above = 40 * tenth + 40 <= upper;
        if (is_below != is_above) {
            ++*power;
            return tenth + is_above;
        }
    }
    bool is_below = lower <= 4 * whole, is_above = 4 * whole + 4 <= upper;
    if (is_below != is_above) return whole + is_above;
    uint64_t half = 4 * whole + 2;
    return whole + (middle > half || (middle == half && (whole & 1)));
}

/// The fewest decimal digits of a positive number that read back as the same: 0.d1d2d3… · 10^`point`.
/// Of several such texts the nearest.
static int shortest_digits(double value, bool is_float, char digits[24], int *point) {
    uint64_t bits;
    int width = is_float ? 23 : 52;
    if (is_float) {
        float narrow = (float)value;
        uint32_t narrow_bits;
        memcpy(&narrow_bits, &narrow, sizeof narrow);
        bits = narrow_bits;
    } else {
        memcpy(&bits, &value, sizeof value);
    }
    uint64_t fraction = bits & ((UINT64_C(1) << width) - 1);
    int exponent = (int)(bits >> width), bias = is_float ? 150 : 1075, power;
    uint64_t decimal = exponent == 0
        ? shortest_decimal(fraction, 1 - bias, false, &power)
        : shortest_decimal(
              fraction | UINT64_C(1) << width, exponent - bias, fraction == 0 && exponent > 1, &power);
    for (; decimal % 10 == 0; power++) decimal /= 10;
    char *start = digits_before(digits + 24, decimal, 1);
    int count = (int)(digits + 24 - start);
    memmove(digits, start, (size_t)count);
    *point = count + power;
    return count;
}

static void put_zeros(struct text *text, int count) {
    while (count-- > 0) put_byte(text, '0');
}

/// Digits with a point among them, and zeros where it lies outside.
static bool put_decimal(struct text *text, const char *digits, int count, int point, const char *whole_end) {
    if (point <= 0) {
        text_put(text, "0.");
        put_zeros(text, -point);
        return text_append(text, digits, (size_t)count);
    }
    if (point >= count) {
        text_append(text, digits, (size_t)count);
        put_zeros(text, point - count);
        return text_put(text, whole_end);
    }
    text_append(text, digits, (size_t)point);
    put_byte(text, '.');
    return text_append(text, digits + point, (size_t)(count - point));
}

static bool put_exponential(struct text *text, const char *digits, int count, int point, int width) {
    char exponent[16];
    text_append(text, digits, 1);
    if (count > 1) put_byte(text, '.');
    text_append(text, digits + 1, (size_t)(count - 1));
    snprintf(exponent, sizeof exponent, "e%c%0*d", point > 0 ? '+' : '-', width, abs(point - 1));
    return text_put(text, exponent);
}

/// Writes what is no finite number as a string, and takes the sign and zero off; true when nothing is left.
static bool put_special(struct text *text, double *value, const char *zero) {
    if (isnan(*value)) return text_put(text, "\"NaN\""), true;
    if (isinf(*value)) return text_put(text, *value < 0 ? "\"-Infinity\"" : "\"Infinity\""), true;
    if (signbit(*value)) put_byte(text, '-');
    *value = fabs(*value);
    if (*value == 0) return text_put(text, zero), true;
    return false;
}

bool text_double(struct text *text, double value) {
    if (put_special(text, &value, "0.0")) return !text->failure;
    char digits[24];
    int point, count = shortest_digits(value, false, digits, &point);
    // Beyond it not every whole number is a double, and Swift writes an exponent though the digits would fit.
    const double last_whole = 9007199254740992;
    if (point < -3 || value > last_whole) return put_exponential(text, digits, count, point, 2);
    return put_decimal(text, digits, count, point, ".0");
}

bool text_number(struct text *text, double value, bool is_float) {
    if (put_special(text, &value, "0")) return !text->failure;
    char digits[24];
    int point, count = shortest_digits(value, is_float, digits, &point);
    if (point < -5 || point > 21) return put_exponential(text, digits, count, point, 1);
    return put_decimal(text, digits, count, point, "");
}

// MARK: Times

bool text_fraction(struct text *text, int64_t nanos, int digits) {
    char decimals[10];
    digits_before(decimals + sizeof decimals, (uint64_t)nanos, 9);
    decimals[0] = '.';
    if (digits == -3) digits = nanos == 0 ? 0 : nanos % 1000000 == 0 ? 3 : nanos % 1000 == 0 ? 6 : 9;
    if (digits == -1) {
        for (digits = 9; digits > 0 && decimals[digits] == '0';) digits--;
    }
    return text_append(text, decimals, digits > 0 ? (size_t)digits + 1 : 0);
}

bool text_time(struct text *text, int64_t seconds, int64_t nanos, int digits) {
    int64_t day = seconds / 86400 - (seconds % 86400 < 0);
    int rest = (int)(seconds - day * 86400);
    // Howard Hinnant's arithmetic, https://howardhinnant.github.io/date_algorithms.html.
    int64_t shifted = day + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    // From the end, each part before what follows it.
    char written[] = "0000-00-00T00:00:00", *end = written + sizeof written - 1;
    digits_before(end, (uint64_t)(rest % 60), 2);
    digits_before(end - 3, (uint64_t)(rest / 60 % 60), 2);
    digits_before(end - 6, (uint64_t)(rest / 3600), 2);
    digits_before(end - 9, (uint64_t)(day_of_year - (153 * month + 2) / 5 + 1), 2);
    digits_before(end - 12, (uint64_t)(month < 10 ? month + 3 : month - 9), 2);
    // Four digits: whoever asks has looked at the range.
    digits_before(end - 15, (uint64_t)(year_of_era + era * 400 + (month >= 10)) % 10000, 4);
    text_put(text, written);
    text_fraction(text, nanos, digits);
    return put_byte(text, 'Z');
}
