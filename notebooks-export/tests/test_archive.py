"""Run by 'make check-notebooks' over the sample's archive, which $FLIGHTLOG_ARCHIVE names."""

import datetime
import os
import sqlite3
import sys
import tempfile
import unittest
from unittest import mock

import flightlog_archive

PATH = os.environ["FLIGHTLOG_ARCHIVE"]


class ArchiveTests(unittest.TestCase):
    def setUp(self):
        self.archive = flightlog_archive.open(PATH)
        self.addCleanup(self.archive.close)

    def test_every_named_query_answers(self):
        self.assertGreater(len(self.archive.query_names()), 20)
        for name in self.archive.query_names():
            self.archive.query(name)

    def test_parameters_are_bound(self):
        since = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
        few = self.archive.query("slowest-nodes", limit=3, since=since)
        self.assertEqual(len(few), 3)
        with self.assertRaisesRegex(TypeError, "no parameter 'limmit'"):
            self.archive.query("slowest-nodes", limmit=3)
        with self.assertRaisesRegex(LookupError, "no query 'slowest'; there are cache-hits"):
            self.archive.query("slowest")

    def test_frames_have_times_and_whole_ids(self):
        executions = self.archive.executions()
        self.assertEqual(str(executions.created_at.dt.tz), "UTC")
        expected = self.archive.connection.execute("SELECT sum(input_map_id % 1000003) FROM v_execution").fetchone()[0]
        self.assertEqual((executions.input_map_id % 1000003).sum(), expected)
        for frame, view in [(self.archive.nodes(), "v_node_execution"), (self.archive.attempts(), "v_task_execution")]:
            count = self.archive.connection.execute(f"SELECT count(*) FROM {view}").fetchone()[0]
            self.assertEqual(len(frame), count)

    def test_literals_are_the_same_with_and_without_the_extension(self):
        self.assertTrue(self.archive.has_extension)
        with flightlog_archive.open(PATH, extension=False) as plain:
            self.assertFalse(plain.has_extension)
            maps = self.archive.executions().input_map_id.dropna()
            self.assertGreater(len(maps), 100)
            for map_id in maps:
                self.assertEqual(plain.literals(map_id), self.archive.literals(map_id))
            large = self.archive.sql("SELECT output_map_id AS id FROM v_execution WHERE output_map_id IS NOT NULL"
                                     " ORDER BY length(literals_json(output_map_id)) DESC LIMIT 1").id[0]
            self.assertGreater(len(str(self.archive.literals(large))), 65536)
            with self.assertRaisesRegex(LookupError, "larger than 64 KiB"):
                plain.literals(large)
            for archive in (plain, self.archive):
                with self.assertRaisesRegex(LookupError, "no map 7"):
                    archive.literals(7)

    def test_messages_are_the_same_with_and_without_the_extension(self):
        ids = self.archive.sql("SELECT message_id FROM v_message ORDER BY sha256 LIMIT 200").message_id
        with flightlog_archive.open(PATH, extension=False) as plain:
            for message_id in ids:
                self.assertEqual(plain.raw(message_id), self.archive.raw(message_id))
            with mock.patch.dict(sys.modules, {"zstandard": None}):
                with self.assertRaisesRegex(ImportError, "zstandard"):
                    plain.raw(ids[0])

    def test_without_pandas_answers_are_dictionaries(self):
        with mock.patch.dict(sys.modules, {"pandas": None}):
            rows = self.archive.query("outcomes")
        self.assertIsInstance(rows[0], dict)

    def test_it_only_reads(self):
        with self.assertRaises(sqlite3.OperationalError):
            self.archive.connection.execute("DELETE FROM execution")

    def test_what_is_no_archive_is_refused(self):
        with tempfile.NamedTemporaryFile(suffix=".db") as file:
            sqlite3.connect(file.name).executescript("CREATE TABLE x (y)").connection.close()
            with self.assertRaisesRegex(ValueError, "not an archive"):
                flightlog_archive.open(file.name)
        with self.assertRaisesRegex(FileNotFoundError, "no archive"):
            flightlog_archive.open("/nonexistent.db")

    def test_polars_duckdb_and_arrow_take_the_views(self):
        import duckdb
        import polars
        import pyarrow

        count = len(self.archive.executions())
        frame = polars.read_database(
            "SELECT * FROM v_execution", self.archive.connection, infer_schema_length=None)
        self.assertEqual(frame.height, count)
        executions = self.archive.executions()
        phases = duckdb.sql("SELECT phase, count(*) AS runs FROM executions GROUP BY phase").fetchall()
        self.assertEqual(sum(runs for _, runs in phases), count)
        self.assertEqual(pyarrow.Table.from_pandas(executions).num_rows, count)


if __name__ == "__main__":
    unittest.main()
