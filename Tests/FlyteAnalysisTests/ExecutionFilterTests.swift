import FlyteAnalysis
import FlyteArchive
import Tables
import TestSupport
import Testing

struct ExecutionFilterTests {
    /// A thousand errors are named one by one, more are searched for by SQLite.
    @Test(arguments: [1, 1000, 1001, 1500]) func aTextIsFoundInHoweverManyErrors(count: Int) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            try SQLiteFile.run(
                path,
                """
                INSERT INTO source VALUES (1, 'lab', 'https://lab', NULL);
                INSERT INTO scope VALUES (1, 1, 'p', 'd');
                CREATE TEMP TABLE run AS
                WITH RECURSIVE n(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < \(count + 5))
                SELECT number FROM n;
                INSERT INTO error SELECT number, number, 'USER', 'USER:ValueError',
                    iif(number <= \(count), 'disk full on node-' || number, 'something else ' || number), '2:aa' FROM run;
                INSERT INTO execution (id, key, scope_id, name, phase, mode, nesting, created_at, ended_at, error_id,
                    is_archived, node_count, attempt_count, retry_count, is_complete, observed_at, digest)
                SELECT number, number, 1, 'e' || number, 'FAILED', 'MANUAL', 0, number * 1000000, number * 1000000 + 1, number,
                    0, 0, 0, 0, 1, 1, x'' FROM run;
                """)
            let archive = try Archive(path: path, mode: .readOnly)
            var filter = ExecutionFilter()
            filter.text = "disk full"
            #expect(try filter.count(in: archive) == count)
            var names: [String?] = []
            let isCut = try filter.list(of: archive, limit: 3, start: { _ in }) { names.append($0[3].text) }
            #expect(names == (0..<min(3, count)).map { "e\(count - $0)" })
            #expect(isCut == (count > 3))
        }
    }
}
