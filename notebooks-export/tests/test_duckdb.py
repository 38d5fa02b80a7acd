"""Run by 'make check-notebooks': DuckDB's own SQLite reader over the sample's archive."""

import datetime
import glob
import os
import pathlib
import sqlite3
import unittest

import duckdb

PATH = os.environ["FLIGHTLOG_ARCHIVE"]
VIEWS = pathlib.Path(__file__).resolve().parents[1] / "duckdb.sql"


def attach(*settings):
    """The archive as the schema 'flightlog'; the reader comes as a package, since DuckDB would download it."""
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    packages = pathlib.Path(duckdb.__file__).resolve().parents[1]
    [extension] = glob.glob(f"{packages}/duckdb_ext/extensions/*/*/sqlite_scanner.duckdb_extension")
    connection.execute(f"LOAD '{extension}'")
    for setting in settings:
        connection.execute(setting)
    connection.execute(f"ATTACH '{PATH}' AS flightlog (TYPE sqlite, READ_ONLY)")
    return connection


class DuckDBTests(unittest.TestCase):
    def setUp(self):
        self.sqlite = sqlite3.connect(f"file:{PATH}?mode=ro", uri=True)
        self.addCleanup(self.sqlite.close)

    def names(self, kinds="'view'"):
        rows = self.sqlite.execute(
            f"SELECT name FROM sqlite_schema WHERE type IN ({kinds}) AND name NOT LIKE 'error_search%'"
            " AND name NOT LIKE 'sqlite_%' ORDER BY 1")
        return [name for (name,) in rows]

    def count(self, name):
        return self.sqlite.execute(f"SELECT count(*) FROM {name}").fetchone()[0]

    def test_the_archive_can_be_listed(self):
        for setting in ([], ["SET sqlite_all_varchar = true"]):
            connection = attach(*setting)
            listed = {name for (name,) in connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'flightlog'").fetchall()}
            self.assertLessEqual(set(self.names("'table', 'view'")), listed)

    def test_views_can_be_read_as_they_are(self):
        connection = attach()
        for name in self.names():
            if name.startswith("v_"):
                found = connection.execute(f"SELECT count(*) FROM (SELECT * FROM flightlog.main.{name})").fetchone()[0]
                self.assertEqual(found, self.count(name), name)

    def test_every_table_can_be_read(self):
        as_text, as_they_are = attach("SET sqlite_all_varchar = true"), attach()
        for name in self.names("'table', 'view'"):
            # Bytes are no text.
            types = {row[0] for row in self.sqlite.execute(f"SELECT type FROM pragma_table_xinfo('{name}')")}
            connection = as_they_are if "BLOB" in types else as_text
            self.assertEqual(len(connection.execute(f"SELECT * FROM flightlog.main.{name}").fetchall()), self.count(name), name)

    def test_the_views_of_the_file_have_types(self):
        connection = attach("SET sqlite_all_varchar = true")
        connection.execute(VIEWS.read_text())
        for name in self.names():
            if not name.startswith("v_"):
                continue
            answer = connection.execute(f"SELECT * FROM {name}")
            types = {column[0]: str(column[1]) for column in answer.description}
            rows = answer.fetchall()
            self.assertEqual(len(rows), self.count(name), name)
            for column, kind in types.items():
                if column.endswith("_s") or column == "value_number":
                    self.assertEqual(kind, "DOUBLE", f"{name}.{column}")
                    theirs = connection.execute(f'SELECT max("{column}"), min("{column}"), count("{column}") FROM {name}').fetchone()
                    ours = self.sqlite.execute(f'SELECT max("{column}"), min("{column}"), count("{column}") FROM {name}').fetchone()
                    # Whole numbers beyond 2^53 are rounded as DOUBLE.
                    self.assertEqual(theirs, tuple(value if value is None else float(value) for value in ours), f"{name}.{column}")
                if column.endswith("_at"):
                    self.assertEqual(kind, "TIMESTAMP", f"{name}.{column}")

    def test_medians_are_of_numbers_and_times_are_times(self):
        connection = attach("SET sqlite_all_varchar = true")
        connection.execute(VIEWS.read_text())
        workflow, runs, median, last = connection.execute(
            "SELECT workflow, count(*), median(duration_s), max(ended_at) FROM v_execution GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
        ).fetchone()
        durations = sorted(row[0] for row in self.sqlite.execute(
            "SELECT duration_s FROM v_execution WHERE workflow = ? AND duration_s IS NOT NULL", [workflow]))
        middle = (durations[(len(durations) - 1) // 2] + durations[len(durations) // 2]) / 2
        self.assertAlmostEqual(median, middle)
        self.assertGreater(runs, 100)
        self.assertIsInstance(last, datetime.datetime)


if __name__ == "__main__":
    unittest.main()
