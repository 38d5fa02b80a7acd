// What Swift sees of SQLite, and wrappers for what it cannot import.
#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast: SQLite copies what it is given.

static inline int csqlite_bind_text(sqlite3_stmt *_Nonnull statement, int index, const char *_Nullable text, sqlite3_uint64 length) {
    return sqlite3_bind_text64(statement, index, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int csqlite_bind_blob(sqlite3_stmt *_Nonnull statement, int index, const void *_Nullable bytes, sqlite3_uint64 length) {
    return sqlite3_bind_blob64(statement, index, bytes, length, SQLITE_TRANSIENT);
}

// A macro of two.
static const int csqlite_write_failed = SQLITE_IOERR_WRITE;

// sqlite3_db_config is variadic.
static inline int csqlite_set_flag(sqlite3 *_Nonnull database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}
