// What Swift sees of libcurl, and wrappers for what it cannot import.
#pragma once
#include <curl/curl.h>

// curl_easy_setopt and its kin are variadic: one wrapper for each type of argument. The parentheses
// keep curl's type-checking macros away.

static inline CURLcode ccurl_set_long(CURL *_Nonnull easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode ccurl_set_string(CURL *_Nonnull easy, CURLoption option, const char *_Nullable value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *_Nonnull easy, CURLoption option, void *_Nullable value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode ccurl_set_headers(CURL *_Nonnull easy, struct curl_slist *_Nullable list) {
    return (curl_easy_setopt)(easy, CURLOPT_HTTPHEADER, list);
}

/// The bytes are copied, so that the caller may forget them.
static inline CURLcode ccurl_set_body(CURL *_Nonnull easy, const void *_Nonnull bytes, size_t count) {
    (curl_easy_setopt)(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return (curl_easy_setopt)(easy, CURLOPT_COPYPOSTFIELDS, bytes);
}

typedef size_t (*ccurl_data_callback)(char *_Nullable data, size_t size, size_t count, void *_Nullable user);

static inline CURLcode ccurl_set_callback(CURL *_Nonnull easy, CURLoption option, ccurl_data_callback _Nonnull callback) {
    return (curl_easy_setopt)(easy, option, callback);
}

/// Hears of each address before it is connected to, and makes its socket.
static inline CURLcode ccurl_set_open_socket(
    CURL *_Nonnull easy, curl_opensocket_callback _Nonnull callback, void *_Nonnull user) {
    (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, user);
    return (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

/// Hears of the address of a connection, new or kept, before a request goes over it.
static inline CURLcode ccurl_set_before_request(
    CURL *_Nonnull easy, curl_prereq_callback _Nonnull callback, void *_Nonnull user) {
    (curl_easy_setopt)(easy, CURLOPT_PREREQDATA, user);
    return (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, callback);
}

static inline CURLcode ccurl_get_offset(CURL *_Nonnull easy, CURLINFO info, curl_off_t *_Nonnull value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode ccurl_get_long(CURL *_Nonnull easy, CURLINFO info, long *_Nonnull value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode ccurl_get_pointer(CURL *_Nonnull easy, CURLINFO info, void *_Nullable *_Nonnull value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

/// The result lies in an anonymous union.
static inline CURLcode ccurl_message_result(const CURLMsg *_Nonnull message) { return message->data.result; }

/// What was loaded; the argument's name is a macro.
static inline const curl_version_info_data *_Nullable ccurl_loaded_version(void) {
    return curl_version_info(CURLVERSION_NOW);
}
