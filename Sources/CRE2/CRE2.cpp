#include "CRE2.h"

#include <re2/re2.h>

#include <cstdio>
#include <ctime>
#include <new>

struct cre2_expression {
    RE2 compiled;
};

cre2_expression *cre2_new(
    const char *pattern, size_t length, int most_instructions, char *reason, size_t reason_size)
{
    RE2::Options options;
    options.set_encoding(RE2::Options::EncodingLatin1);
    options.set_posix_syntax(true);
    options.set_longest_match(true);
    options.set_one_line(true);
    options.set_word_boundary(true);
    options.set_never_capture(true);
    options.set_log_errors(false);
    auto *made = new (std::nothrow) cre2_expression{RE2(re2::StringPiece(pattern, length), options)};
    if (made == nullptr) {
        snprintf(reason, reason_size, "there is no memory for it");
        return nullptr;
    }
    if (!made->compiled.ok()) {
        snprintf(reason, reason_size, "%s", made->compiled.error().c_str());
        delete made;
        return nullptr;
    }
    if (made->compiled.ProgramSize() > most_instructions) {
        snprintf(
            reason, reason_size, "it comes to %d steps, and %d are the most", made->compiled.ProgramSize(),
            most_instructions);
        delete made;
        return nullptr;
    }
    return made;
}

void cre2_free(cre2_expression *expression) { delete expression; }

int64_t cre2_thread_time(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return int64_t(time.tv_sec) * 1000000000 + time.tv_nsec;
}

cre2_result cre2_find(
    const cre2_expression *expression, const void *text, size_t length, size_t start, size_t longest,
    int64_t deadline, size_t *from, size_t *to)
{
    re2::StringPiece all(static_cast<const char *>(text), length);
    // Where matches are short, a part of the text after the other is searched, so that the time is looked at between
    // them: RE2 takes a step for each byte and each place in a large expression, when their combinations are many.
    const size_t part = 64 << 10;
    // Asking for the time is a system call: it is made after so many bytes that a search may have looked at.
    const size_t between = part;
    size_t looked = between;
    while (start < length) {
        size_t end = longest < part / 2 && length - start > part ? start + part : length;
        if (looked >= between) {
            if (cre2_thread_time() > deadline) return CRE2_LIMIT;
            looked = 0;
        }
        // A search by itself has some cost, too.
        looked += end - start + 64;
        re2::StringPiece match;
        bool is_found = expression->compiled.Match(all, start, end, RE2::UNANCHORED, &match, 1);
        size_t begin = is_found ? size_t(match.data() - all.data()) : end;
        // What begins so far before the part's end, has its end within the part. All else is looked for again.
        if (end < length && begin > end - longest) {
            start = end - longest;
        } else if (!is_found) {
            return CRE2_NONE;
        } else if (match.empty()) {
            start = begin + 1;
        } else {
            *from = begin;
            *to = begin + match.size();
            return CRE2_FOUND;
        }
    }
    return CRE2_NONE;
}
