import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteArchive

/// Rows that a newer version makes otherwise are NULL or old until somebody makes them again.
struct OverdueTests {
    private static let reason = "attempts have the names of their pods"

    /// As if attempts had had no column `pod` before: it is taken away and added as a step of a later version would, with
    /// the views that show it.
    private static func steps() throws -> [Migration.Step] {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/views.db", mode: .readWrite)
            let views = try archive.query(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'view' AND sql LIKE '%.pod %'"
            ).rows.map { ($0[0].text ?? "", $0[1].text ?? "") }
            let version = Migration.newest + 1
            let sql = """
                -- Version \(version): \(reason).
                \(views.map { "DROP VIEW \($0.0);" }.joined(separator: "\n"))
                ALTER TABLE attempt DROP COLUMN pod;
                ALTER TABLE attempt ADD COLUMN pod TEXT /* The backend's name for it. */;
                UPDATE derivation SET reason = '\(reason)' WHERE part = 'execution';
                \(views.map { "\($0.1);" }.joined(separator: "\n"))
                PRAGMA user_version = \(version);
                """
            return Migration.steps + [Migration.Step(version: version, sql: sql)]
        }
    }

    private static let pods = "SELECT count(*), count(pod) FROM v_task_execution"

    private static func counts(_ archive: Archive, _ sql: String = pods) throws -> [Int64] {
        try archive.query(sql).rows[0].map { $0.integer ?? -1 }
    }

    private struct Found {
        var findings: [Finding] = []
        var overdue = 0
    }

    private static func verify(_ path: String, _ steps: [Migration.Step] = Migration.steps) throws -> Found {
        var found = Found()
        found.overdue = try Archive(path: path, mode: .readOnly, steps: steps)
            .verify { found.findings.append($0) }.overdue
        return found
    }

    /// - Parameter harm: Done to the file while it is of the version before.
    private static func withOlder(
        harm: String = "", _ body: (String, [Migration.Step], _ before: [String]) throws -> Void
    ) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            try Fixtures.unpackArchive(version: 2, to: path)
            let before: [String]
            do {
                let archive = try Archive(path: path, mode: .readWrite)
                // The version that made it had other rules.
                #expect(try archive.makeOverdue(within: nil).damaged.isEmpty)
                before = try ViewDump.lines(of: archive)
                #expect(try archive.overdue().isEmpty)
                try archive.settle()
            }
            if !harm.isEmpty { try SQLiteFile.run(path, harm) }
            try body(path, try steps(), before)
        }
    }

    @Test func aStepThatAddsAColumnMakesItsRowsOverdue() throws {
        try Self.withOlder { path, steps, before in
            do {
                let archive = try Archive(path: path, mode: .readWrite, steps: steps)
                #expect(archive.migration?.to == steps.count)
                try archive.settle()
            }
            let reader = try Archive(path: path, mode: .readOnly, steps: steps)
            let executions = try Self.counts(reader, "SELECT count(*) FROM execution")[0]
            let due = OverdueRows(
                part: .execution, reason: Self.reason, remaining: Int(executions), unreadable: 0)
            #expect(try reader.overdue() == [due])
            let counts = try Self.counts(reader)
            #expect(counts[0] > 50 && counts[1] == 0)
            // NULL is no damage, and nothing is proven by rows that are still to come.
            let found = try Self.verify(path, steps)
            #expect(found.findings.isEmpty && found.overdue == Int(executions))
            let plan = try Archive(path: path, mode: .readOnly, steps: steps).prunePlan(before: nil)
            #expect(plan.proven.isEmpty && plan.damage.isEmpty)

            let writer = try Archive(path: path, mode: .readWrite, steps: steps)
            let remaking = try writer.makeOverdue(within: nil)
            #expect(remaking.made == Int(executions) && remaking.damaged.isEmpty && remaking.rest.isEmpty)
            #expect(try writer.overdue().isEmpty)
            // Word for word what it had said before.
            #expect(try ViewDump.lines(of: writer) == before)
            #expect(try writer.makeOverdue(within: nil) == Archive.Remaking())
            try writer.settle()
            let after = try Self.verify(path, steps)
            #expect(after.findings.isEmpty && after.overdue == 0)
        }
    }

    @Test func aRebuildMakesThemAsWell() throws {
        try Self.withOlder { path, steps, before in
            let archive = try Archive(path: path, mode: .readWrite, steps: steps)
            let summary = try archive.rebuild()
            #expect(summary.changed > 10 && summary.damaged.isEmpty)
            #expect(try archive.overdue().isEmpty)
            #expect(try ViewDump.lines(of: archive) == before)
            #expect(try archive.rebuild().changedNothing)
        }
    }

    /// What a process leaves that is killed between two transactions, and within one.
    @Test func whatWasCutOffGoesOn() throws {
        try Self.withOlder { path, steps, before in
            var open = 0
            do {
                let archive = try Archive(path: path, mode: .readWrite, steps: steps)
                // Leaves all to the next one, and stops at once when told to.
                #expect(try archive.makeOverdue(within: .zero).made == 0)
                #expect(try archive.makeOverdue(within: nil, isStopped: { true }).made == 0)
                open = try archive.overdue()[0].remaining
                // By hand, as one transaction has room for all of these.
                try archive.begin()
                for item in try archive.executionItems().prefix(7) { try archive.remakeExecution(item) }
                try archive.commit()
                try archive.begin()
                for item in try archive.executionItems().dropFirst(7).prefix(3) {
                    try archive.remakeExecution(item)
                }
                for ending in ["", "-wal"] {
                    try FileManager.default.copyItem(atPath: path + ending, toPath: path + ".killed" + ending)
                }
            }
            let archive = try Archive(path: path + ".killed", mode: .readWrite, steps: steps)
            #expect(try archive.overdue().map(\.remaining) == [open - 7])
            let counts = try Self.counts(archive)
            #expect(counts[1] > 0 && counts[1] < counts[0])
            #expect(try archive.makeOverdue(within: nil).made == open - 7)
            #expect(try archive.overdue().isEmpty)
            #expect(try ViewDump.lines(of: archive) == before)
        }
    }

    @Test func whatIsDamagedStaysAsItIsAndIsToldOnce() throws {
        let damaged = "(SELECT execution_id FROM attempt ORDER BY 1 LIMIT 1)"
        let harm = "UPDATE message SET sha256 = zeroblob(32) WHERE number = 1 AND execution_id = \(damaged)"
        try Self.withOlder(harm: harm) { path, steps, _ in
            do {
                let archive = try Archive(path: path, mode: .readWrite, steps: steps)
                let open = try archive.overdue()[0].remaining
                let remaking = try archive.makeOverdue(within: nil)
                #expect(remaking.made == open - 1)
                #expect(remaking.damaged.map(\.finding) == ["cannot be read"])
                #expect(remaking.rest.map(\.remaining) == [0] && remaking.rest.map(\.unreadable) == [1])
                #expect(remaking.rest.map(\.reason) == [Self.reason])
                // The next one does not try again.
                #expect(try archive.makeOverdue(within: nil).damaged.isEmpty)
                let lost = "SELECT count(*), count(pod) FROM attempt WHERE execution_id = \(damaged)"
                let counts = try Self.counts(archive, lost)
                #expect(counts[0] > 0 && counts[1] == 0)
                #expect(try Self.counts(archive, "SELECT count(*), count(pod) > 0 FROM attempt")[1] == 1)
                try archive.settle()
            }
            let found = try Self.verify(path, steps)
            #expect(found.findings.map(\.finding) == ["cannot be read"])
            let archive = try Archive(path: path, mode: .readWrite, steps: steps)
            #expect(try archive.rebuild().damaged.count == 1)
            #expect(try archive.overdue().map(\.unreadable) == [1])
        }
    }

    /// The fingerprint's rule, say: an archive tells by which its rows were made.
    @Test(arguments: DerivedPart.allCases) func rowsOfOtherRulesAreMadeAgain(part: DerivedPart) throws {
        let old =
            switch part {
            case .error: "UPDATE error SET fingerprint = '0:old'"
            case .definition: "UPDATE definition SET image = NULL, retries = NULL; DELETE FROM edge"
            case .execution: "UPDATE node SET kind = 'unknown'; DELETE FROM path_step"
            }
        let harm = "\(old); UPDATE derivation SET rules = 0 WHERE part = '\(part.rawValue)'"
        try Self.withOlder(harm: harm) { path, _, before in
            let reader = try Archive(path: path, mode: .readOnly)
            let due = try reader.overdue()
            #expect(due.map(\.part) == [part])
            #expect(
                due.map(\.reason) == ["they were made by rules 0; rules \(part.rules) bring \(part.gain)"]
            )
            #expect(try Self.verify(path).findings.isEmpty)
            let archive = try Archive(path: path, mode: .readWrite)
            #expect(try archive.overdue().map(\.remaining) == due.map(\.remaining))
            #expect(try archive.makeOverdue(within: nil).made == due[0].remaining)
            #expect(try archive.overdue().isEmpty)
            #expect(try ViewDump.lines(of: archive) == before)
            try archive.settle()
            #expect(try Self.verify(path).findings.isEmpty)
        }
    }

    /// A parent that is not overdue follows from a child that is made again.
    @Test func parentsFollowTheirChildren() throws {
        let children = "SELECT id FROM execution WHERE parent IS NOT NULL"
        let harm = """
            DELETE FROM path_step WHERE execution_id IN (\(children));
            INSERT INTO overdue (part, id) SELECT 'execution', id FROM execution WHERE id IN (\(children))
            """
        try Self.withOlder(harm: harm) { path, _, before in
            let archive = try Archive(path: path, mode: .readWrite)
            #expect(try archive.makeOverdue(within: nil).made > 0)
            #expect(try ViewDump.lines(of: archive) == before)
        }
    }

    /// Two steps that came at once are both told.
    @Test func reasonsAddUp() throws {
        try Self.withOlder { path, _, _ in
            try SQLiteFile.run(
                path,
                """
                UPDATE derivation SET reason = 'one' WHERE part = 'definition';
                UPDATE derivation SET reason = 'two' WHERE part = 'definition';
                """)
            #expect(try Archive(path: path, mode: .readOnly).overdue().map(\.reason) == ["one; two"])
        }
    }

    @Test func aNewArchiveOwesNothing() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/new.db", mode: .readWrite, steps: try Self.steps())
            #expect(try archive.overdue().isEmpty)
            #expect(try archive.query("SELECT part FROM derivation WHERE reason IS NOT NULL").rows.isEmpty)
        }
    }

    /// What is written or forgotten meanwhile is not made again.
    @Test func whatIsForgottenIsNoLongerOverdue() throws {
        try Self.withOlder { path, steps, _ in
            let archive = try Archive(path: path, mode: .readWrite, steps: steps)
            let item = try #require(try archive.executionItems().first)
            let open = try archive.overdue()[0].remaining
            _ = try archive.forget(
                .executions([ForgottenExecution(source: item.source.name, id: item.id)]), reason: nil,
                at: Timestamp(nanoseconds: 1))
            #expect(try archive.overdue().map(\.remaining) == [open - 1])
        }
    }
}
