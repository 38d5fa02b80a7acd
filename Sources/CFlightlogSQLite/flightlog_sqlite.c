// Functions for SQL over an archive, which is the connection's main database:
//
//   unzstd(blob [, dictionary])    what a zstd stream holds; its dictionary is found in the archive
//   raw(message_id)                a message of Flyte's, byte for byte as the server sent it
//   raw_json(message_id)           the same as JSON; raw_json(blob, 'admin.Task') for any bytes
//   literals_json(map_id)          a map of literals as canonical JSON; also of a core.LiteralMap's bytes
//   literal(map_id, 'name.a.0')    a value in it: the variable, then keys and places; as SQL's own value
//   percentile(x, p), median(x)    the nearest rank, p in percent: always one of the values
//   wilson_low(k, n), wilson_high  Wilson's 95 % interval of k among n
//   iso(ns)                        nanoseconds since 1970 as the archive's views write times
//
// NULL gives NULL, and so does an id that the archive does not have.
#include <math.h>
#include <sqlite3ext.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "flyte_json/json.h"

SQLITE_EXTENSION_INIT1

int flightlog_sqlite_add(sqlite3 *connection);

// MARK: What a connection keeps

/// Packs that were read last, since neighbours are asked for together.
enum { PACK_SLOTS = 8 };
/// Larger packs are kept only until the next one is read.
static const size_t kept_pack_bytes = 16 << 20;

struct pack {
    sqlite3_int64 id;
    struct text content;
    /// Greater is later; 0 for an empty slot, -1 for one that is large.
    sqlite3_int64 used;
};

struct dictionary {
    unsigned id;
    ZSTD_DDict *loaded;
    struct dictionary *next;
};

struct state {
    int references;
    ZSTD_DCtx *decompressor;
    struct dictionary *dictionaries;
    struct pack packs[PACK_SLOTS];
    sqlite3_int64 clock;
    /// The file as it was when the packs were read: others' changes and our own.
    unsigned version;
    sqlite3_int64 changes;
    /// While a statement of ours asks the archive.
    bool is_asking;
};

static void state_release(void *pointer) {
    struct state *state = pointer;
    if (--state->references > 0) return;
    for (int i = 0; i < PACK_SLOTS; i++) free(state->packs[i].content.bytes);
    while (state->dictionaries) {
        struct dictionary *next = state->dictionaries->next;
        ZSTD_freeDDict(state->dictionaries->loaded);
        free(state->dictionaries);
        state->dictionaries = next;
    }
    ZSTD_freeDCtx(state->decompressor);
    free(state);
}

/// Forgets the packs when the file has changed, or is being changed: their ids may mean others now.
static void state_refresh(struct state *state, sqlite3 *connection) {
    unsigned version = 0;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_DATA_VERSION, &version);
    sqlite3_int64 changes = sqlite3_total_changes(connection);
    bool is_writing = sqlite3_txn_state(connection, "main") == SQLITE_TXN_WRITE;
    if (version == state->version && changes == state->changes && !is_writing) return;
    state->version = version;
    // What is being written may be taken back without a trace.
    state->changes = is_writing ? -1 : changes;
    for (int i = 0; i < PACK_SLOTS; i++) {
        free(state->packs[i].content.bytes);
        state->packs[i] = (struct pack){0};
    }
}

// MARK: Telling

static struct text new_text(sqlite3_context *context) {
    sqlite3 *connection = sqlite3_context_db_handle(context);
    return (struct text){
        .limit = (size_t)sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, -1), .is_tolerant = true};
}

static void result_error(sqlite3_context *context, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *message = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    sqlite3_result_error(context, message ? message : "no memory", -1);
    sqlite3_free(message);
}

/// Hands a text over, or says why there is none.
static void result_text(sqlite3_context *context, struct text *text, const char *what) {
    if (text->failure) {
        result_error(context, "%s cannot be shown: %s", what, json_failure_words(text->failure));
        free(text->bytes);
    } else if (text->count == 0) {
        free(text->bytes);
        sqlite3_result_text(context, "", 0, SQLITE_STATIC);
    } else {
        sqlite3_result_text64(context, text->bytes, text->count, free, SQLITE_UTF8);
    }
}

/// The same of JSON: of what cannot be shown an object says why, so that one such row does not spoil a question over all.
/// Somebody's own bytes that are no message are an error.
static void result_json(sqlite3_context *context, struct text *json, const char *what, bool is_archived) {
    if (is_archived || json->failure > JSON_INVALID_TAG) text_unreadable(json, 0);
    result_text(context, json, what);
}

static struct bytes blob_of(sqlite3_value *value) {
    const void *bytes = sqlite3_value_blob(value);
    return bytes_of(bytes, (size_t)sqlite3_value_bytes(value));
}

/// A statement of ours with up to two values; NULL when it cannot be compiled, which the context then knows.
static sqlite3_stmt *prepare(sqlite3_context *context, const char *sql, sqlite3_int64 first, sqlite3_int64 second) {
    sqlite3 *connection = sqlite3_context_db_handle(context);
    struct state *state = sqlite3_user_data(context);
    // A table of the archive that is a view over these functions would ask them for ever.
    if (state->is_asking) {
        result_error(context, "this is no archive of flightlog's (its tables call what reads them)");
        return 0;
    }
    sqlite3_stmt *statement = 0;
    if (sqlite3_prepare_v2(connection, sql, -1, &statement, 0) != SQLITE_OK) {
        result_error(context, "this is no archive of flightlog's (%s)", sqlite3_errmsg(connection));
        return 0;
    }
    sqlite3_bind_int64(statement, 1, first);
    if (sqlite3_bind_parameter_count(statement) > 1) sqlite3_bind_int64(statement, 2, second);
    return statement;
}

/// Goes on to the next row of a statement of ours.
static int step(sqlite3_context *context, sqlite3_stmt *statement) {
    struct state *state = sqlite3_user_data(context);
    state->is_asking = true;
    int code = sqlite3_step(statement);
    state->is_asking = false;
    return code;
}

/// Whether there is a row; a failure is told to the context.
static bool has_row(sqlite3_context *context, sqlite3_stmt *statement) {
    int code = step(context, statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        result_error(context, "%s", sqlite3_errmsg(sqlite3_context_db_handle(context)));
    return code == SQLITE_ROW;
}

// MARK: zstd

/// The dictionary of this id, from the archive; NULL when it has none, which the context then knows.
static ZSTD_DDict *dictionary_of(sqlite3_context *context, struct state *state, unsigned id) {
    for (struct dictionary *known = state->dictionaries; known; known = known->next) {
        if (known->id == id) return known->loaded;
    }
    sqlite3_stmt *statement = prepare(context, "SELECT data FROM main.dictionary WHERE id = ?1", id, 0);
    if (!statement) return 0;
    ZSTD_DDict *loaded = 0;
    struct dictionary *kept = calloc(1, sizeof *kept);
    int code = step(context, statement);
    if (kept && code == SQLITE_ROW)
        loaded = ZSTD_createDDict(sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        result_error(context, "%s", sqlite3_errmsg(sqlite3_context_db_handle(context)));
    else if (!loaded) result_error(context, "the frame needs dictionary %u, which the archive does not have", id);
    sqlite3_finalize(statement);
    if (!loaded) {
        free(kept);
        return 0;
    }
    *kept = (struct dictionary){id, loaded, state->dictionaries};
    state->dictionaries = kept;
    return loaded;
}

/// Appends what all frames of a stream hold, each with its own dictionary unless one is given; false when it
/// cannot, which the context then knows.
static bool decompress(
    sqlite3_context *context, struct state *state, struct bytes frames, ZSTD_DDict *given, struct text *out) {
    ZSTD_DCtx *decompressor = state->decompressor;
    while (frames.at < frames.end) {
        size_t left = bytes_left(frames), size = ZSTD_findFrameCompressedSize(frames.at, left);
        if (ZSTD_isError(size)) {
            result_error(context, "this is no whole zstd frame (%s)", ZSTD_getErrorName(size));
            return false;
        }
        ZSTD_DDict *dictionary = given;
        unsigned id = ZSTD_getDictID_fromFrame(frames.at, size);
        if (!dictionary && id != 0 && !(dictionary = dictionary_of(context, state, id))) return false;
        ZSTD_DCtx_reset(decompressor, ZSTD_reset_session_only);
        ZSTD_DCtx_refDDict(decompressor, dictionary);
        ZSTD_inBuffer in = {frames.at, size, 0};
        // The size that the frame claims is believed only up to a point.
        unsigned long long claimed = ZSTD_getFrameContentSize(frames.at, size);
        size_t room = claimed < 1 << 20 ? (size_t)claimed + 1 : 1 << 20;
        size_t code = 1;
        while (code != 0) {
            if (out->capacity - out->count < room) {
                size_t capacity = out->count + (out->count > room ? out->count : room);
                char *grown = out->count > out->limit ? 0 : realloc(out->bytes, capacity);
                if (!grown) {
                    sqlite3_result_error_toobig(context);
                    return false;
                }
                out->bytes = grown;
                out->capacity = capacity;
            }
            ZSTD_outBuffer part = {out->bytes + out->count, out->capacity - out->count, 0};
            size_t before = in.pos;
            code = ZSTD_decompressStream(decompressor, &part, &in);
            if (!ZSTD_isError(code) && code != 0 && part.pos == 0 && in.pos == before) code = (size_t)-1;
            if (ZSTD_isError(code)) {
                result_error(context, "the zstd frame is damaged (%s)", ZSTD_getErrorName(code));
                return false;
            }
            out->count += part.pos;
            room = 1;
        }
        frames.at += size;
    }
    if (out->count > out->limit) {
        sqlite3_result_error_toobig(context);
        return false;
    }
    return true;
}

static void unzstd(sqlite3_context *context, int count, sqlite3_value **values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    struct state *state = sqlite3_user_data(context);
    ZSTD_DDict *given = 0;
    if (count > 1 && sqlite3_value_type(values[1]) != SQLITE_NULL) {
        struct bytes dictionary = blob_of(values[1]);
        given = ZSTD_createDDict(dictionary.at, bytes_left(dictionary));
    }
    struct text content = new_text(context);
    if (decompress(context, state, blob_of(values[0]), given, &content)) {
        sqlite3_result_blob64(context, content.bytes ? content.bytes : "", content.count, SQLITE_TRANSIENT);
    }
    free(content.bytes);
    // The decompressor must not refer to what is gone.
    ZSTD_DCtx_refDDict(state->decompressor, 0);
    ZSTD_freeDDict(given);
}

// MARK: Messages

/// Appends the frame of a pack and the parts that follow it, all decompressed.
static bool read_pack(sqlite3_context *context, struct state *state, sqlite3_int64 id, struct text *out) {
    sqlite3 *connection = sqlite3_context_db_handle(context);
    // Archives of the first version have no parts.
    bool has_parts = sqlite3_table_column_metadata(connection, "main", "pack_part", 0, 0, 0, 0, 0, 0) == SQLITE_OK;
    sqlite3_stmt *statement = prepare(
        context,
        has_parts ? "SELECT data FROM (SELECT 0 AS number, data FROM main.pack WHERE id = ?1 UNION ALL"
                    " SELECT number, data FROM main.pack_part WHERE pack_id = ?1) ORDER BY number"
                  : "SELECT data FROM main.pack WHERE id = ?1",
        id, 0);
    if (!statement) return false;
    int code;
    bool is_read = true;
    while (is_read && (code = step(context, statement)) == SQLITE_ROW) {
        const void *data = sqlite3_column_blob(statement, 0);
        struct bytes frame = bytes_of(data, (size_t)sqlite3_column_bytes(statement, 0));
        is_read = decompress(context, state, frame, 0, out);
    }
    if (is_read && code != SQLITE_DONE) {
        result_error(context, "%s", sqlite3_errmsg(connection));
        is_read = false;
    }
    sqlite3_finalize(statement);
    return is_read;
}

/// The content of a pack, which stays valid until the next call; NULL when it cannot be read, which the context
/// then knows.
static const struct text *pack_of(sqlite3_context *context, struct state *state, sqlite3_int64 id) {
    state_refresh(state, sqlite3_context_db_handle(context));
    struct pack *oldest = state->packs;
    for (struct pack *pack = state->packs; pack < state->packs + PACK_SLOTS; pack++) {
        if (pack->used && pack->id == id) {
            if (pack->used > 0) pack->used = ++state->clock;
            return &pack->content;
        }
        if (pack->used < oldest->used) oldest = pack;
    }
    free(oldest->content.bytes);
    *oldest = (struct pack){.id = id, .content = new_text(context)};
    if (!read_pack(context, state, id, &oldest->content)) {
        free(oldest->content.bytes);
        *oldest = (struct pack){0};
        return 0;
    }
    oldest->used = oldest->content.count > kept_pack_bytes ? -1 : ++state->clock;
    return &oldest->content;
}

/// Where the statement's first row, a pack, an offset and a length, says that bytes lie; false when there is no
/// such row, or when they cannot be read, which the context then knows.
static bool find_bytes(sqlite3_context *context, sqlite3_stmt *statement, struct bytes *found) {
    if (!has_row(context, statement)) return false;
    sqlite3_int64 offset = sqlite3_column_int64(statement, 1), length = sqlite3_column_int64(statement, 2);
    const struct text *pack = pack_of(context, sqlite3_user_data(context), sqlite3_column_int64(statement, 0));
    if (!pack) return false;
    sqlite3_int64 size = (sqlite3_int64)pack->count;
    if (offset < 0 || length < 0 || offset > size || length > size - offset) {
        result_error(context, "the archive is damaged: a message lies outside of its pack");
        return false;
    }
    *found = bytes_of(pack->bytes ? pack->bytes + offset : 0, (size_t)length);
    return true;
}

/// Ids that people see: an execution's key and, in the last 20 bits, a number within it.
static sqlite3_stmt *prepare_for_id(sqlite3_context *context, const char *sql, sqlite3_value *id) {
    sqlite3_int64 number = sqlite3_value_int64(id);
    return prepare(context, sql, number >> 20, number & 0xFFFFF);
}

static const char message_sql[] =
    "SELECT m.pack_id, m.offset, m.length, k.value, m.node_id IS NOT NULL, m.attempt IS NOT NULL"
    " FROM main.execution e JOIN main.message m ON m.execution_id = e.id JOIN main.name k ON k.id = m.kind_id"
    " WHERE e.key = ?1 AND m.number = ?2";

static const char map_sql[] =
    "SELECT m.pack_id, m.offset + l.offset, l.length FROM main.execution e"
    " JOIN main.literal_map l ON l.execution_id = e.id"
    " JOIN main.message m ON m.execution_id = e.id AND m.number = l.message WHERE e.key = ?1 AND l.number = ?2";

/// Which message of Flyte's a kind is; data answers differ by what they are of.
static const char *type_of_kind(const char *kind, bool is_of_node, bool is_of_attempt) {
    static const char *const types[][2] = {
        {"execution", "admin.Execution"},
        {"node", "admin.NodeExecution"},
        {"attempt", "admin.TaskExecution"},
        {"metrics", "admin.WorkflowExecutionGetMetricsResponse"},
        {"signal", "admin.Signal"},
        {"dynamic_workflow", "admin.DynamicNodeWorkflowResponse"},
        {"literal_map", "core.LiteralMap"},
        {"literal", "core.Literal"},
    };
    if (strcmp(kind, "data") == 0)
        return is_of_attempt ? "admin.TaskExecutionGetDataResponse"
            : is_of_node     ? "admin.NodeExecutionGetDataResponse"
                             : "admin.WorkflowExecutionGetDataResponse";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i][0], kind) == 0) return types[i][1];
    }
    return "";
}

static void raw(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    sqlite3_stmt *statement = prepare_for_id(context, message_sql, values[0]);
    struct bytes found;
    if (statement && find_bytes(context, statement, &found))
        sqlite3_result_blob64(context, found.at, bytes_left(found), SQLITE_TRANSIENT);
    sqlite3_finalize(statement);
}

static void print_json(sqlite3_context *context, const char *type, struct bytes bytes, bool is_archived) {
    struct text json = new_text(context);
    json.is_tolerant = is_archived;
    message_json(type, JSON_OWN_NAMES, bytes, &json);
    result_json(context, &json, "the message", is_archived);
}

static void raw_json(sqlite3_context *context, int count, sqlite3_value **values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    if (count > 1) {
        const char *type = (const char *)sqlite3_value_text(values[1]);
        if (!type || !is_message(type))
            return result_error(context, "Flyte has no message '%s'", type ? type : "");
        return print_json(context, type, blob_of(values[0]), false);
    }
    sqlite3_stmt *statement = prepare_for_id(context, message_sql, values[0]);
    struct bytes found;
    if (statement && find_bytes(context, statement, &found)) {
        const char *kind = (const char *)sqlite3_column_text(statement, 3);
        const char *type = type_of_kind(
            kind ? kind : "", sqlite3_column_int(statement, 4), sqlite3_column_int(statement, 5));
        print_json(context, type, found, true);
    }
    sqlite3_finalize(statement);
}

// MARK: Literals

/// The bytes of a literal map: a blob itself, or what an id stands for. The statement is to be finalized when
/// the bytes were used.
static bool find_map(sqlite3_context *context, sqlite3_value *value, struct bytes *map, sqlite3_stmt **statement) {
    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL: return false;
    case SQLITE_BLOB: *map = blob_of(value); return true;
    default:
        *statement = prepare_for_id(context, map_sql, value);
        return *statement && find_bytes(context, *statement, map);
    }
}

static void literals_json(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    sqlite3_stmt *statement = 0;
    struct bytes map;
    if (find_map(context, values[0], &map, &statement)) {
        struct text json = new_text(context);
        literal_map_json(map, &json);
        result_json(context, &json, "the literals", statement != 0);
    }
    sqlite3_finalize(statement);
}

/// The next part of a path, without the point or the quotes around it; false at the end.
static bool next_part(struct bytes *path, struct bytes *part) {
    if (path->at >= path->end) return false;
    bool is_quoted = *path->at == '"';
    const unsigned char *start = path->at + is_quoted, *end = start;
    while (end < path->end && *end != (is_quoted ? '"' : '.')) end++;
    *part = (struct bytes){start, end};
    path->at = end + (is_quoted && end < path->end);
    if (path->at < path->end && *path->at == '.') path->at++;
    return true;
}

static bool is_same(struct bytes a, struct bytes b) {
    return bytes_left(a) == bytes_left(b) && (a.at == a.end || memcmp(a.at, b.at, bytes_left(a)) == 0);
}

/// Moves over a string or a whole value of JSON that we wrote ourselves.
static const char *skip_json(const char *at) {
    for (int depth = 0;; at++) {
        if (*at == '"') {
            while (*++at != '"') at += *at == '\\';
        } else if (*at == '[' || *at == '{') {
            depth++;
        } else if (*at == ']' || *at == '}') {
            depth--;
        }
        if (depth == 0 && (at[1] == ',' || at[1] == ':' || at[1] == ']' || at[1] == '}' || !at[1])) return at + 1;
    }
}

/// The value at a key or a place of an array or object of JSON that we wrote ourselves; NULL without one.
static const char *member_of(const char *json, struct bytes part) {
    struct text key = {.limit = SIZE_MAX};
    bool is_object = *json == '{';
    if (!is_object && *json != '[') return 0;
    text_string(&key, part.at, bytes_left(part));
    // A place is a number without a zero before it, and not past the end.
    size_t place = 0;
    bool is_place = !key.failure && part.at < part.end && bytes_left(part) < 10;
    for (const unsigned char *c = part.at; c < part.end; c++) {
        is_place = is_place && *c >= '0' && *c <= '9';
        place = place * 10 + (size_t)(*c - '0');
    }
    const char *found = 0;
    for (size_t i = 0; !key.failure && !found && json[1] != ']' && json[1] != '}'; i++) {
        const char *start = json + 1, *end = skip_json(start);
        if (is_object) {
            if ((size_t)(end - start) == key.count && memcmp(start, key.bytes, key.count) == 0) found = end + 1;
            end = skip_json(end + 1);
        } else if (is_place && i == place) {
            found = start;
        }
        if (*end != ',') break;
        json = end;
    }
    free(key.bytes);
    return found;
}

/// Gives JSON as SQL's own value: numbers, texts and flags as they are, arrays and objects as JSON.
static void result_json_value(sqlite3_context *context, const char *json) {
    sqlite3_stmt *statement = prepare(context, "SELECT json_extract(?2, '$')", 0, 0);
    if (!statement) return;
    sqlite3_bind_text64(statement, 2, json, (sqlite3_uint64)(skip_json(json) - json), SQLITE_STATIC, SQLITE_UTF8);
    if (has_row(context, statement)) sqlite3_result_value(context, sqlite3_column_value(statement, 0));
    sqlite3_finalize(statement);
    // 'J', so that JSON functions take it for JSON and not for a text.
    if (*json == '[' || *json == '{') sqlite3_result_subtype(context, 'J');
}

static void literal(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    sqlite3_stmt *statement = 0;
    struct bytes map, part;
    const unsigned char *words = sqlite3_value_text(values[1]);
    struct bytes path = bytes_of(words, (size_t)sqlite3_value_bytes(values[1]));
    if (words && next_part(&path, &part) && find_map(context, values[0], &map, &statement)) {
        struct text json = new_text(context);
        size_t entry_count;
        struct entry *entries = wire_entries(map, &entry_count, &json);
        bool is_found = false;
        for (size_t i = 0; i < entry_count && !is_found && !json.failure; i++) {
            is_found = is_same(entries[i].key, part);
            if (is_found) literal_json(entries[i].value, &json);
        }
        free(entries);
        if (json.failure || (is_found && !text_append(&json, "", 1))) {
            result_json(context, &json, "the literal", statement != 0);
        } else {
            const char *value = json.bytes;
            while (value && next_part(&path, &part)) value = member_of(value, part);
            if (value) result_json_value(context, value);
            free(json.bytes);
        }
    }
    sqlite3_finalize(statement);
}

// MARK: Statistics

struct number {
    double real;
    sqlite3_int64 integer;
};

struct sample {
    struct number *numbers;
    sqlite3_int64 count, capacity;
    double percent;
    bool has_reals;
};

static void sample_step(sqlite3_context *context, int count, sqlite3_value **values) {
    struct sample *sample = sqlite3_aggregate_context(context, sizeof *sample);
    if (!sample) return sqlite3_result_error_nomem(context);
    if (count > 1) {
        int type = sqlite3_value_numeric_type(values[1]);
        double percent = sqlite3_value_double(values[1]);
        if ((type != SQLITE_INTEGER && type != SQLITE_FLOAT) || !(percent >= 0 && percent <= 100))
            return sqlite3_result_error(context, "percentile(x, p) takes a p from 0 to 100", -1);
        sample->percent = percent;
    } else {
        sample->percent = 50;
    }
    int type = sqlite3_value_numeric_type(values[0]);
    if (type == SQLITE_NULL) return;
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return sqlite3_result_error(context, "percentile() and median() take numbers", -1);
    if (sample->count == sample->capacity) {
        sqlite3_int64 capacity = sample->capacity * 2 + 64;
        struct number *grown = sqlite3_realloc64(sample->numbers, (sqlite3_uint64)capacity * sizeof *grown);
        if (!grown) return sqlite3_result_error_nomem(context);
        sample->numbers = grown;
        sample->capacity = capacity;
    }
    sample->has_reals |= type == SQLITE_FLOAT;
    sample->numbers[sample->count++] =
        (struct number){sqlite3_value_double(values[0]), sqlite3_value_int64(values[0])};
}

static int compare_reals(const void *a, const void *b) {
    double x = ((const struct number *)a)->real, y = ((const struct number *)b)->real;
    return (x > y) - (x < y);
}

static int compare_integers(const void *a, const void *b) {
    sqlite3_int64 x = ((const struct number *)a)->integer, y = ((const struct number *)b)->integer;
    return (x > y) - (x < y);
}

/// The least value that at least a share of the values does not pass.
static void sample_final(sqlite3_context *context) {
    struct sample *sample = sqlite3_aggregate_context(context, 0);
    if (!sample) return;
    if (sample->count > 0) {
        qsort(
            sample->numbers, (size_t)sample->count, sizeof *sample->numbers,
            sample->has_reals ? compare_reals : compare_integers);
        // A product that misses a whole number by rounding alone (0.07 · 100) counts as that number.
        sqlite3_int64 rank = (sqlite3_int64)ceil(sample->percent / 100 * (double)sample->count - 1e-9);
        rank = rank < 1 ? 1 : rank > sample->count ? sample->count : rank;
        struct number chosen = sample->numbers[rank - 1];
        if (sample->has_reals) sqlite3_result_double(context, chosen.real);
        else sqlite3_result_int64(context, chosen.integer);
    }
    sqlite3_free(sample->numbers);
}

/// Wilson's score interval (E. B. Wilson 1927), which never leaves 0…1 and is right at 0 and n.
static void wilson(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    bool is_high = sqlite3_user_data(context) != 0;
    if (sqlite3_value_numeric_type(values[0]) == SQLITE_NULL) return;
    double successes = sqlite3_value_double(values[0]), total = sqlite3_value_double(values[1]);
    if (!(total > 0) || !(successes >= 0) || successes > total) return;
    const double z = 1.9599639845400545;
    double p = successes / total, denominator = 1 + z * z / total;
    double center = (p + z * z / (2 * total)) / denominator;
    double half = z / denominator * sqrt(p * (1 - p) / total + z * z / (4 * total * total));
    double low = successes == 0 ? 0 : fmax(0, center - half);
    double high = successes == total ? 1 : fmin(1, center + half);
    sqlite3_result_double(context, is_high ? high : low);
}

static void iso(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    int type = sqlite3_value_numeric_type(values[0]);
    if (type == SQLITE_NULL) return;
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return sqlite3_result_error(context, "iso() takes nanoseconds since 1970", -1);
    sqlite3_int64 nanoseconds = sqlite3_value_int64(values[0]);
    sqlite3_int64 seconds = nanoseconds / 1000000000 - (nanoseconds % 1000000000 < 0);
    struct text time = new_text(context);
    text_time(&time, seconds, (nanoseconds % 1000000000 + 1000000000) % 1000000000, 6);
    result_text(context, &time, "the time");
}

// MARK: All of them

int flightlog_sqlite_add(sqlite3 *connection) {
    struct state *state = calloc(1, sizeof *state);
    if (!state) return SQLITE_NOMEM;
    state->decompressor = ZSTD_createDCtx();
    if (!state->decompressor) {
        free(state);
        return SQLITE_NOMEM;
    }
    enum { PURE = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
#ifdef SQLITE_CORE
    // In the tool, which opens anybody's files, no view or trigger calls what reads the file. In a shell they may.
    enum { READER = SQLITE_UTF8 | SQLITE_DIRECTONLY };
#else
    enum { READER = SQLITE_UTF8 };
#endif
    const struct {
        const char *name;
        int arguments, flags;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
    } readers[] = {
        {"unzstd", 1, READER, unzstd},
        {"unzstd", 2, READER, unzstd},
        {"raw", 1, READER, raw},
        {"raw_json", 1, READER, raw_json},
        {"raw_json", 2, PURE, raw_json},
        {"literals_json", 1, READER, literals_json},
        {"literal", 2, READER | SQLITE_SUBTYPE, literal},
    };
    int code = SQLITE_OK;
    // One more than there are functions, so that a failure among them does not free the state twice.
    state->references = 1;
    for (size_t i = 0; i < sizeof readers / sizeof *readers && code == SQLITE_OK; i++) {
        state->references++;
        code = sqlite3_create_function_v2(
            connection, readers[i].name, readers[i].arguments, readers[i].flags, state, readers[i].function, 0, 0,
            state_release);
    }
    state_release(state);
    for (int is_high = 0; is_high <= 1 && code == SQLITE_OK; is_high++)
        code = sqlite3_create_function_v2(
            connection, is_high ? "wilson_high" : "wilson_low", 2, PURE, is_high ? connection : 0, wilson, 0, 0, 0);
    if (code == SQLITE_OK) code = sqlite3_create_function_v2(connection, "iso", 1, PURE, 0, iso, 0, 0, 0);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(connection, "median", 1, PURE, 0, 0, sample_step, sample_final, 0);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(connection, "percentile", 2, PURE, 0, 0, sample_step, sample_final, 0);
    return code;
}

#ifndef SQLITE_CORE
/// What SQLite calls after loading libflightlog_sqlite.
__attribute__((visibility("default")))
int sqlite3_flightlogsqlite_init(sqlite3 *connection, char **message, const sqlite3_api_routines *routines) {
    (void)message;
    SQLITE_EXTENSION_INIT2(routines);
    return flightlog_sqlite_add(connection);
}
#endif
