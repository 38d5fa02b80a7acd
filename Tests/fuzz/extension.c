// What libFuzzer calls, to find bytes on which the SQL functions fail: 'make fuzz-extension'.
//
// An input is a byte that chooses what is asked, one of options, two of a length, and then bytes that are divided by it:
// blobs, paths, frames, or the rows of an archive that somebody else wrote. An answer may be anything that SQLite can
// hold, and errors are welcome; sanitizers and traps tell the rest.
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

int flightlog_sqlite_add(sqlite3 *connection);

struct part {
    const uint8_t *bytes;
    size_t count;
};

static sqlite3 *new_connection(void) {
    sqlite3 *connection;
    if (sqlite3_open(":memory:", &connection) != SQLITE_OK || flightlog_sqlite_add(connection) != SQLITE_OK) abort();
    // As 'flightlog sql' has it, and smaller, so that a frame of zeros costs little time.
    sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, 4 << 20);
    return connection;
}

/// Runs a statement with up to two blobs and a number, to its end, and looks at every byte of its answer.
static void ask(sqlite3 *connection, const char *sql, struct part first, struct part second, sqlite3_int64 number) {
    sqlite3_stmt *statement = 0;
    if (sqlite3_prepare_v2(connection, sql, -1, &statement, 0) != SQLITE_OK) return;
    sqlite3_bind_blob(statement, 1, first.bytes ? (const void *)first.bytes : "", (int)first.count, SQLITE_STATIC);
    sqlite3_bind_text(
        statement, 2, second.bytes ? (const char *)second.bytes : "", (int)second.count, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 3, number);
    volatile unsigned sum = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const uint8_t *value = sqlite3_column_blob(statement, i);
            for (int place = 0, count = sqlite3_column_bytes(statement, i); place < count; place++) sum += value[place];
        }
    }
    sqlite3_finalize(statement);
}

static const char *const types[] = {
    "admin.Execution", "admin.NodeExecution", "admin.TaskExecution", "admin.Task", "admin.Workflow", "admin.LaunchPlan",
    "admin.WorkflowExecutionGetDataResponse", "admin.NodeExecutionGetDataResponse",
    "admin.TaskExecutionGetDataResponse", "admin.WorkflowExecutionGetMetricsResponse", "admin.Signal",
    "admin.DynamicNodeWorkflowResponse", "admin.ExecutionList", "core.LiteralMap", "core.Literal",
    "core.CompiledWorkflowClosure", "google.protobuf.Struct", "google.protobuf.Any",
};
static const char *const kinds[] = {
    "execution", "node", "attempt", "metrics", "signal", "dynamic_workflow", "literal_map", "literal", "data", "nothing",
};

/// Tables as an archive has them, or as somebody would have them to do harm.
static const char *const schemas[] = {
    "CREATE TABLE dictionary (id, data); CREATE TABLE pack (id, data); CREATE TABLE pack_part (pack_id, number, data);",
    "CREATE TABLE dictionary (id, data); CREATE TABLE pack (id, data);",
    "CREATE TABLE pack (id, data); CREATE VIEW dictionary AS SELECT 1 AS id, unzstd(data) AS data FROM pack;",
    "CREATE TABLE dictionary (id, data); CREATE TABLE p (id, data);"
    " CREATE VIEW pack AS SELECT id, coalesce(raw(0), unzstd(data), literals_json(0)) AS data FROM p;"
    " CREATE TRIGGER t INSTEAD OF INSERT ON pack BEGIN INSERT INTO p VALUES (new.id, new.data); END;",
};

static void insert(sqlite3 *connection, const char *sql, sqlite3_int64 id, struct part data) {
    sqlite3_stmt *statement = 0;
    if (sqlite3_prepare_v2(connection, sql, -1, &statement, 0) != SQLITE_OK) return;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_blob(statement, 2, data.bytes ? (const void *)data.bytes : "", (int)data.count, SQLITE_STATIC);
    sqlite3_step(statement);
    sqlite3_finalize(statement);
}

static sqlite3 *new_archive(unsigned schema) {
    sqlite3 *connection = new_connection();
    sqlite3_exec(connection, schemas[schema], 0, 0, 0);
    sqlite3_exec(
        connection,
        "CREATE TABLE execution (id, key); CREATE TABLE name (id, value);"
        "CREATE TABLE message (execution_id, number, kind_id, pack_id, offset, length, node_id, attempt);"
        "CREATE TABLE literal_map (execution_id, number, message, offset, length);"
        "INSERT INTO execution VALUES (1, 0);",
        0, 0, 0);
    return connection;
}

/// Writes an archive of one message and asks for it by its ids.
static void ask_archive(uint8_t options, struct part first, struct part second) {
    // Each schema is parsed once, but where a dictionary may be kept that the next input would find.
    static sqlite3 *known[4];
    sqlite3 *connection = known[options & 3];
    if (!connection || options & 8) connection = new_archive(options & 3);
    if (!(options & 8)) known[options & 3] = connection;
    sqlite3_exec(
        connection,
        "DELETE FROM name; DELETE FROM message; DELETE FROM literal_map;", 0, 0, 0);
    // Of these a schema has some.
    const char *const emptied[] = {
        "DELETE FROM pack_part", "DELETE FROM dictionary", "DELETE FROM pack", "DELETE FROM p"};
    for (size_t i = 0; i < sizeof emptied / sizeof *emptied; i++) sqlite3_exec(connection, emptied[i], 0, 0, 0);
    // The second part says where the message and the map in it lie, and is the dictionary.
    sqlite3_int64 places[4] = {0, (sqlite3_int64)first.count, 0, (sqlite3_int64)first.count};
    uint8_t kind = 0;
    if (second.count > 0 && options & 4) {
        kind = second.bytes[0];
        size_t count = second.count - 1 < sizeof places ? second.count - 1 : sizeof places;
        memcpy(places, second.bytes + 1, count);
    } else if (second.count > 0) {
        kind = second.bytes[0];
    }
    char *rows = sqlite3_mprintf(
        "INSERT INTO name VALUES (1, %Q);"
        "INSERT INTO message VALUES (1, 0, 1, 1, %lld, %lld, %s, %s);"
        "INSERT INTO literal_map VALUES (1, 0, 0, %lld, %lld);",
        kinds[kind % (sizeof kinds / sizeof *kinds)], places[0], places[1], kind & 64 ? "1" : "NULL",
        kind & 128 ? "1" : "NULL", places[2], places[3]);
    sqlite3_exec(connection, rows, 0, 0, 0);
    sqlite3_free(rows);
    insert(connection, "INSERT INTO dictionary VALUES (?1, ?2)", 1, second);
    if (options & 8) {
        // A frame as it stands, of which parts may follow.
        insert(connection, "INSERT INTO pack VALUES (?1, ?2)", 1, first);
        insert(connection, "INSERT INTO pack_part VALUES (?1, 1, ?2)", 1, second);
    } else {
        size_t room = ZSTD_compressBound(first.count);
        uint8_t *frame = malloc(room);
        size_t size = ZSTD_compress(frame, room, first.bytes ? (const void *)first.bytes : "", first.count, 1);
        insert(connection, "INSERT INTO pack VALUES (?1, ?2)", 1, (struct part){frame, size});
        free(frame);
    }
    // Twice, since the second finds what the first left behind.
    for (int i = 0; i < 2; i++) {
        ask(connection, "SELECT raw(0), raw(1)", first, second, 0);
        ask(connection, "SELECT raw_json(0)", first, second, 0);
        ask(connection, "SELECT literals_json(0)", first, second, 0);
        ask(connection, "SELECT literal(0, ?2)", first, second, 0);
        if (i == 0 && options & 16) sqlite3_exec(connection, "UPDATE pack SET data = substr(data, 2)", 0, 0, 0);
    }
    if (options & 8) sqlite3_close(connection);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static sqlite3 *pure;
    if (!pure) pure = new_connection();
    if (size < 4) return 0;
    uint8_t choice = data[0], options = data[1];
    size_t divide = (size_t)data[2] | (size_t)data[3] << 8;
    data += 4;
    size -= 4;
    if (divide > size) divide = size;
    // Copies of their own, so that a byte too far is seen.
    struct part first = {size - divide ? malloc(size - divide) : 0, size - divide};
    struct part second = {divide ? malloc(divide) : 0, divide};
    if (first.bytes) memcpy((void *)first.bytes, data, first.count);
    if (second.bytes) memcpy((void *)second.bytes, data + first.count, second.count);
    sqlite3_int64 number = 0;
    memcpy(&number, data, size < sizeof number ? size : sizeof number);
    double real = 0;
    memcpy(&real, &number, sizeof real);
    switch (choice % 8) {
    case 0: ask(pure, "SELECT literals_json(?1)", first, second, number); break;
    case 1: {
        const char *type = types[options % (sizeof types / sizeof *types)];
        struct part name = {(const uint8_t *)type, strlen(type)};
        ask(pure, "SELECT raw_json(?1, ?2)", first, options & 128 ? second : name, number);
        break;
    }
    case 2: ask(pure, "SELECT literal(?1, ?2), json_quote(literal(?1, ?2))", first, second, number); break;
    case 3: ask(pure, options & 1 ? "SELECT unzstd(?1)" : "SELECT unzstd(?1, ?2)", first, second, number); break;
    case 4:
        ask(pure,
            "SELECT iso(?3), iso(?3 / 1000.0), wilson_low(?3, ?3 + 1), wilson_high(?1, ?2),"
            " raw(?3), raw_json(?3), literals_json(?3), literal(?3, ?2)",
            first, second, number);
        break;
    case 5: {
        // Numbers of all sizes, and none.
        sqlite3_stmt *statement = 0;
        sqlite3_prepare_v2(
            pure,
            "WITH s(i, x) AS (SELECT 0, ?1 UNION ALL SELECT i + 1, CASE i % 3 WHEN 0 THEN ?2 WHEN 1 THEN i ELSE ?3 END"
            " FROM s WHERE i < ?4) SELECT percentile(x, ?5), median(x) FROM s",
            -1, &statement, 0);
        sqlite3_bind_int64(statement, 1, number);
        sqlite3_bind_double(statement, 2, real);
        if (options & 1) sqlite3_bind_text(statement, 3, (const char *)first.bytes, (int)first.count, SQLITE_STATIC);
        else if (options & 2) sqlite3_bind_double(statement, 3, -real);
        sqlite3_bind_int(statement, 4, options);
        sqlite3_bind_double(statement, 5, options & 4 ? real : divide % 120);
        while (sqlite3_step(statement) == SQLITE_ROW) {}
        sqlite3_finalize(statement);
        break;
    }
    default: ask_archive(options, first, second); break;
    }
    free((void *)first.bytes);
    free((void *)second.bytes);
    return 0;
}
