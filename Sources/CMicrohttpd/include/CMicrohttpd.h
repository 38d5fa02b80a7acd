// What Swift sees of the library, and wrappers for what it cannot import.
#pragma once
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

typedef void *_Nullable (*cmhd_target_callback)(void *_Nullable context, const char *_Nonnull target,
                                               struct MHD_Connection *_Nonnull connection);

// Paths and queries are decoded by our own rules.
static inline size_t cmhd_leave_escaped(void *_Nullable context, struct MHD_Connection *_Nonnull connection,
                                        char *_Nonnull text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

// Listens on 127.0.0.1; port 0 is a free one. NULL when it cannot, with the reason in errno.
/// - threads: so many of the library's own ask the handler, each for its connections; 1 for one after the other.
static inline struct MHD_Daemon *_Nullable cmhd_start(uint16_t port, unsigned threads,
                                                      MHD_AccessHandlerCallback _Nonnull handler,
                                                      MHD_RequestCompletedCallback _Nonnull completed,
                                                      cmhd_target_callback _Nonnull target,
                                                      void *_Nullable context) {
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The library takes no pool of one.
    struct MHD_OptionItem pool[] = {{MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}};
    if (threads > 1) pool[0] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL};
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK, port, NULL,
        NULL, handler, context, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_NOTIFY_COMPLETED,
        completed, context, MHD_OPTION_URI_LOG_CALLBACK, target, context, MHD_OPTION_UNESCAPE_CALLBACK,
        cmhd_leave_escaped, NULL, MHD_OPTION_CONNECTION_LIMIT, 4096u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)1 << 20, MHD_OPTION_ARRAY, pool, MHD_OPTION_END);
}

static inline uint16_t cmhd_port(struct MHD_Daemon *_Nonnull daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

static inline struct MHD_Response *_Nullable cmhd_response(size_t count, const void *_Nullable bytes) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

static inline void cmhd_headers(struct MHD_Connection *_Nonnull connection, MHD_KeyValueIterator _Nonnull each,
                                void *_Nullable context) {
    MHD_get_connection_values(connection, MHD_HEADER_KIND, each, context);
}

// The connection's end will be a reset, not a farewell.
static inline void cmhd_will_reset(struct MHD_Connection *_Nonnull connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct linger linger = {1, 0};
    if (info) setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static inline ssize_t cmhd_end_with_error(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }
static inline enum MHD_Result cmhd_yes(void) { return MHD_YES; }
static inline enum MHD_Result cmhd_no(void) { return MHD_NO; }
