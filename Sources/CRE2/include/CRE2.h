// RE2 as C sees it: what a search over bytes needs, and no more.

#ifndef FLIGHTLOG_CRE2_H
#define FLIGHTLOG_CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled expression. Threads may search with it at once.
typedef struct cre2_expression cre2_expression;

/// Compiles an expression in the syntax of egrep as RE2 reads it, for bytes, and for the longest match.
///
/// @param reason Takes why there is none, ending with a NUL.
/// @return NULL when it is no expression, or one that compiles to more than `most_instructions`.
cre2_expression *_Nullable cre2_new(
    const char *_Nonnull pattern, size_t length, int most_instructions, char *_Nonnull reason, size_t reason_size);

void cre2_free(cre2_expression *_Nonnull expression);

/// What a search came to.
typedef enum { CRE2_NONE, CRE2_FOUND, CRE2_LIMIT } cre2_result;

/// Finds the leftmost match that is not empty, and of those that begin there the longest.
///
/// @param start Where to begin; what stands before it is there for `^` and `\b`.
/// @param longest Bytes that no match is longer than; `length` when there is no other bound.
/// @param deadline Nanoseconds on the clock of this thread's processor time, after which no other search is begun.
cre2_result cre2_find(
    const cre2_expression *_Nonnull expression, const void *_Nonnull text, size_t length, size_t start,
    size_t longest, int64_t deadline, size_t *_Nonnull from, size_t *_Nonnull to);

/// The clock of this thread's processor time, in nanoseconds.
int64_t cre2_thread_time(void);

#ifdef __cplusplus
}
#endif

#endif
