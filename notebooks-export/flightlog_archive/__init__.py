"""Opens an archive of Flightlog's in Python.

    import flightlog_archive
    archive = flightlog_archive.open("runs.db")
    archive.query("failure-rate-by-workflow", project="sales")
    archive.executions()
    archive.literals(map_id)

Needs the standard library alone. With pandas, answers are data frames; without it, lists of dictionaries. With the
loadable extension, which 'make extension' builds, SQL has its functions too; without it, raw messages need the
package zstandard.
"""

import datetime
import json
import os
import pathlib
import re
import sqlite3

__all__ = ["Archive", "open"]

_APPLICATION_ID = 0x464C4F47
_HERE = pathlib.Path(__file__).resolve().parent


def open(path, extension=None, queries=None):
    """Opens an archive for reading; see Archive."""
    return Archive(path, extension, queries)


class Archive:
    """An archive, opened for reading only; a harvest may write to it meanwhile.

    extension -- the path of libflightlog_sqlite; by default $FLIGHTLOG_EXTENSION, the clone's own .build/, and
                 /usr/local/lib are looked at. False: none.
    queries   -- the folder of the named queries; by default $FLIGHTLOG_QUERIES, or the clone's own.
    """

    def __init__(self, path, extension=None, queries=None):
        self.path = pathlib.Path(path)
        if not self.path.is_file():
            raise FileNotFoundError(f"There is no archive '{path}'.")
        self.connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
        if self._value("PRAGMA application_id") != _APPLICATION_ID:
            self.connection.close()
            raise ValueError(f"'{path}' is not an archive of flightlog's.")
        self.queries = pathlib.Path(
            queries or os.environ.get("FLIGHTLOG_QUERIES") or _HERE.parents[1] / "queries")
        self.has_extension = extension is not False and self._load(extension)

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Questions

    def sql(self, statement, **parameters):
        """The answer to a statement; :name in it is bound to the parameter, and to NULL where none is given."""
        names = set(re.findall(r":([A-Za-z_]\w*)", statement))
        unknown = sorted(set(parameters) - names)
        if unknown:
            raise TypeError(f"The statement has no parameter '{unknown[0]}'.")
        values = {name: _bound(parameters.get(name)) for name in names}
        cursor = self.connection.execute(statement, values)
        columns = [column[0] for column in cursor.description]
        return _table(columns, cursor.fetchall())

    def query(self, name, **parameters):
        """The answer to a named query. Times may be datetime values, or texts such as '2026-02-23'."""
        file = self.queries / f"{name}.sql"
        if not file.is_file():
            raise LookupError(f"There is no query '{name}'; there are {', '.join(self.query_names())}.")
        return self.sql(file.read_text(encoding="utf-8"), **parameters)

    def query_names(self):
        return sorted(file.stem for file in self.queries.glob("*.sql"))

    def executions(self):
        """A row a workflow execution."""
        return self.sql("SELECT * FROM v_execution ORDER BY created_at, name")

    def nodes(self):
        """A row a node of an execution."""
        return self.sql("SELECT * FROM v_node_execution ORDER BY created_at, execution, node_id")

    def attempts(self):
        """A row an attempt of a task node."""
        return self.sql("SELECT * FROM v_task_execution ORDER BY created_at, execution, node_id, attempt")

    # Literals and messages

    def literals(self, map_id):
        """The values of a map of literals by their names; map_id is an input_map_id or output_map_id of the views.

        Without the extension, a value of more than 64 KiB is a LookupError: only the raw message has it.
        """
        if self.has_extension:
            text = self._value("SELECT literals_json(?)", int(map_id))
            if text is None:
                raise LookupError(f"There is no map {map_id}.")
            return json.loads(text)
        key, number = divmod(int(map_id), 1 << 20)
        rows = self.connection.execute(_LITERALS, (key, number)).fetchall()
        if not rows and self._value(_MAP, key, number) is None:
            raise LookupError(f"There is no map {map_id}.")
        large = [name for name, value in rows if value is None]
        if large:
            raise LookupError(f"'{large[0]}' is larger than 64 KiB; it takes the extension to read it.")
        return {name: json.loads(value) for name, value in rows}

    def raw(self, message_id):
        """A message as the server sent it, by the message_id of v_message: for flyteidl's own classes."""
        if self.has_extension:
            found = self._value("SELECT raw(?)", int(message_id))
        else:
            key, number = divmod(int(message_id), 1 << 20)
            row = self.connection.execute(_MESSAGE, (key, number)).fetchone()
            found = row and self._pack(row[0])[row[1] : row[1] + row[2]]
        if found is None:
            raise LookupError(f"There is no message {message_id}.")
        return found

    # Inside

    def _value(self, statement, *values):
        row = self.connection.execute(statement, values).fetchone()
        return row and row[0]

    def _load(self, extension):
        """Loads the extension; False where there is none, or where this Python cannot load any."""
        candidates = [extension or os.environ.get("FLIGHTLOG_EXTENSION")]
        if not candidates[0]:
            candidates = [_HERE.parents[1] / ".build/libflightlog_sqlite.so", "/usr/local/lib/libflightlog_sqlite.so"]
        found = next((str(path) for path in candidates if pathlib.Path(path).is_file()), None)
        if extension and not found:
            raise FileNotFoundError(f"There is no extension '{extension}'; 'make extension' builds it.")
        if not found or not hasattr(self.connection, "enable_load_extension"):
            return False
        self.connection.enable_load_extension(True)
        self.connection.load_extension(found)
        self.connection.enable_load_extension(False)
        return True

    def _pack(self, pack):
        """What a pack and the parts behind it hold."""
        try:
            import zstandard
        except ImportError:
            raise ImportError("Raw messages take the extension ('make extension') or the package zstandard.") from None
        row = self.connection.execute(
            "SELECT p.data, d.data FROM pack p LEFT JOIN dictionary d ON d.id = p.dictionary_id WHERE p.id = ?",
            (pack,),
        ).fetchone()
        dictionary = row[1] and zstandard.ZstdCompressionDict(row[1])
        reader = zstandard.ZstdDecompressor(dict_data=dictionary or None)
        frames = [row[0]]
        if self._value("SELECT 1 FROM sqlite_schema WHERE name = 'pack_part'"):
            parts = "SELECT data FROM pack_part WHERE pack_id = ? ORDER BY number"
            frames += [part[0] for part in self.connection.execute(parts, (pack,))]
        return b"".join(reader.decompress(frame) for frame in frames)


_LITERALS = """
SELECT n.value, coalesce(
    l.json, '"' || l.text || '"',
    CASE WHEN t.value = 'boolean' THEN iif(l.number, 'true', 'false') ELSE CAST(l.number AS TEXT) END)
FROM execution e JOIN literal l ON l.execution_id = e.id
JOIN name n ON n.id = l.name_id JOIN name t ON t.id = l.type_id
WHERE e.key = ? AND l.map = ? ORDER BY n.value
"""

_MAP = "SELECT 1 FROM execution e JOIN literal_map l ON l.execution_id = e.id WHERE e.key = ? AND l.number = ?"

_MESSAGE = """
SELECT m.pack_id, m.offset, m.length FROM execution e JOIN message m ON m.execution_id = e.id
WHERE e.key = ? AND m.number = ?
"""


def _bound(value):
    """A moment as the archive's views write it; anything else as it is."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value


def _table(columns, rows):
    """A data frame whose times are times; without pandas a list of dictionaries."""
    try:
        import pandas
    except ImportError:
        return [dict(zip(columns, row)) for row in rows]
    frame = pandas.DataFrame(rows, columns=columns)
    for column in columns:
        if column.endswith("_at"):
            frame[column] = pandas.to_datetime(frame[column], utc=True, format="ISO8601")
        elif column.endswith("_map_id"):
            # Ids have more digits than a float keeps, and some are missing.
            frame[column] = pandas.array([row[columns.index(column)] for row in rows], dtype="Int64")
    return frame
