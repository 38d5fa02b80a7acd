import Testing

/// What was read and what changed: `data-read`, `changes`.
@Suite struct DataQueryTests {
    private static let passed = #"""
        INSERT INTO v_lineage (execution, node_id, attempt, direction, name, kind, uri, at) VALUES
            ('a', 'n0', 0, 'write', 'o', 'file', 's3://b/1', '2026-01-01T00:10'), ('a', 'n0', NULL, 'write', 'o', 'file', 's3://b/1', '2026-01-01T00:11'),
            ('b', 'n0', 0, 'read', 'i', 'file', 's3://b/1', '2026-01-01T00:15'), ('c', 'n0', 0, 'write', 'o', 'file', 's3://b/1', '2026-01-01T00:20'),
            ('d', 'n0', 0, 'read', 'i', 'file', 's3://b/1', '2026-01-01T00:25'), ('d', 'n0', 0, 'read', 'j', 'file', 's3://b/2', '2026-01-01T00:25');
        """#

    @Test func theLastWriteBeforeARead() throws {
        #expect(
            try TestQuery.answer("data-read", over: Self.passed) == #"""
                source|project|domain|execution|node_id|uri|kind|read_at|writer|writer_node_id|written_at
                lab|p|d|d|n0|s3://b/1|file|2026-01-01T00:25|p/d/c|n0|2026-01-01T00:20
                lab|p|d|d|n0|s3://b/2|file|2026-01-01T00:25|NULL|NULL|NULL
                lab|p|d|b|n0|s3://b/1|file|2026-01-01T00:15|p/d/a|n0|2026-01-01T00:10

                """#)
    }

    @Test func oneAddressOfOneExecution() throws {
        #expect(
            try TestQuery.answer("data-read", ["execution": "d", "uri": "s3://b/2"], over: Self.passed)
                == #"""
                source|project|domain|execution|node_id|uri|kind|read_at|writer|writer_node_id|written_at
                lab|p|d|d|n0|s3://b/2|file|2026-01-01T00:25|NULL|NULL|NULL

                """#)
    }

    @Test func changesAreNewestFirstAndLimited() throws {
        let rows = #"""
            INSERT INTO v_change (workflow, node_path, measure, at, before, after, low, high, p, with_what) VALUES
                ('w', NULL, 'duration', '2026-01-05', 10, 20, 8, 12, 0.001, '{}'),
                ('w', 'n0', 'failure_rate', '2026-01-07', 0.0, 0.5, 0.2, 0.7, 0.01, '{"cluster":["a","b"]}'),
                ('v', NULL, 'duration', '2026-01-01', 10, 5, -6, -4, 0.001, '{}');
            """#
        #expect(
            try TestQuery.answer("changes", ["since": "2026-01-02"], over: rows) == #"""
                source|project|domain|workflow|node_path|measure|at|before|after|low|high|p|with_what
                lab|p|d|w|n0|failure_rate|2026-01-07|0.0|0.5|0.2|0.7|0.01|{"cluster":["a","b"]}
                lab|p|d|w|NULL|duration|2026-01-05|10|20|8|12|0.001|{}

                """#)
        #expect(
            try TestQuery.answer("changes", ["workflow": "v", "measure": "duration"], over: rows) == #"""
                source|project|domain|workflow|node_path|measure|at|before|after|low|high|p|with_what
                lab|p|d|v|NULL|duration|2026-01-01|10|5|-6|-4|0.001|{}

                """#)
    }
}
