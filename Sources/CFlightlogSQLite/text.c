#include "text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_append(struct text *text, const void *bytes, size_t count) {
    if (text->failure) return false;
    if (count > text->limit - text->count) return text_fail(text, "it is too large");
    if (count > text->capacity - text->count) {
        size_t capacity = (text->count + count) * 2;
        char *grown = realloc(text->bytes, capacity);
        if (!grown) return text_fail(text, "there is no memory for it");
        text->bytes = grown;
        text->capacity = capacity;
    }
    if (count > 0) memcpy(text->bytes + text->count, bytes, count);
    text->count += count;
    return true;
}

bool text_put(struct text *text, const char *words) { return text_append(text, words, strlen(words)); }

static bool put_byte(struct text *text, char byte) { return text_append(text, &byte, 1); }

bool text_integer(struct text *text, int64_t value) {
    char digits[24];
    return text_append(text, digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)value));
}

bool text_unsigned(struct text *text, uint64_t value) {
    char digits[24];
    return text_append(
        text, digits, (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value));
}

// MARK: Strings

bool is_utf8(const unsigned char *bytes, size_t count) {
    const unsigned char *end = bytes + count;
    while (bytes < end) {
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

bool text_string(struct text *text, const void *start, size_t count) {
    const unsigned char *bytes = start, *end = bytes + count, *plain = bytes;
    if (!is_utf8(bytes, count)) return text_fail(text, "a string in it is no UTF-8");
    put_byte(text, '"');
    for (; bytes < end; bytes++) {
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
    for (; count > 0; bytes += 3, count -= count < 3 ? count : 3) {
        unsigned group = bytes[0] << 16 | (count > 1 ? bytes[1] << 8 : 0) | (count > 2 ? bytes[2] : 0);
        char four[4] = {
            digits[group >> 18], digits[group >> 12 & 63], count > 1 ? digits[group >> 6 & 63] : '=',
            count > 2 ? digits[group & 63] : '='};
        if (!text_append(text, four, 4)) return false;
    }
    return put_byte(text, '"');
}

// MARK: Numbers

static double read_back(const char *text, bool is_float) { return is_float ? strtof(text, 0) : strtod(text, 0); }

/// The fewest decimal digits of a positive number that read back as the same: 0.d1d2d3… · 10^`point`.
/// Of several such texts the nearest.
static int shortest_digits(double value, bool is_float, char digits[24], int *point) {
    int exponent;
    bool is_power_of_two = frexp(value, &exponent) == 0.5;
    // So many digits survive the way into a normal number and back, so that fewer need not be tried: they
    // come out as zeros at the end.
    bool is_subnormal = exponent < (is_float ? -125 : -1021);
    int least = is_subnormal ? 1 : is_float ? 6 : 15, most = is_float ? 9 : 17;
    char text[40];
    for (int count = least;; count++) {
        snprintf(text, sizeof text, "%.*e", count - 1, value);
        if (count == most || read_back(text, is_float) == value) break;
        if (!is_power_of_two) continue;
        // The numbers below a power of two lie closer than those above, so that the next text may read
        // back though the nearest does not.
        char *last = strchr(text, 'e') - 1;
        while (last > text && (*last < '0' || *last > '8')) last--;
        if (*last == '9') continue;
        ++*last;
        for (char *c = last + 1; *c != 'e'; c++) {
            if (*c == '9') *c = '0';
        }
        if (read_back(text, is_float) == value) break;
    }
    // What stands behind the first digit is the locale's own point.
    int count = 0;
    char *c = text;
    for (; *c != 'e'; c++) {
        if (*c >= '0' && *c <= '9') digits[count++] = *c;
    }
    while (count > 1 && digits[count - 1] == '0') count--;
    *point = atoi(c + 1) + 1;
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
    if (point < -3 || point > 16) return put_exponential(text, digits, count, point, 2);
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
    char decimals[16];
    snprintf(decimals, sizeof decimals, ".%09d", (int)nanos);
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
    char written[48];
    snprintf(
        written, sizeof written, "%04d-%02d-%02dT%02d:%02d:%02d", (int)(year_of_era + era * 400 + (month >= 10)),
        (int)(month < 10 ? month + 3 : month - 9), (int)(day_of_year - (153 * month + 2) / 5 + 1), rest / 3600,
        rest / 60 % 60, rest % 60);
    text_put(text, written);
    text_fraction(text, nanos, digits);
    return put_byte(text, 'Z');
}
