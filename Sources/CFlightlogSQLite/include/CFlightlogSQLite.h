// SQL functions that read an archive: the loadable extension libflightlog_sqlite, and the same inside the tool.
#pragma once
#include <sqlite3.h>

/// Adds the functions to a connection; an SQLite result code.
int flightlog_sqlite_add(sqlite3 *_Nonnull connection);
