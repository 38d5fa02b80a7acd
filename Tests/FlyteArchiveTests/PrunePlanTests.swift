import FlyteIDL
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteArchive

/// What an archive proves of executions, and each reason for which it proves nothing.
struct PrunePlanTests {
    private static let now: Int64 = 1_800_000_000_000_000_000

    /// An execution, the one that it launched, and one that has nothing to do with either.
    private struct Family {
        var parent: ExecutionCapture
        var child: ExecutionCapture
        var single: ExecutionCapture

        init() throws {
            let captures = try RecordedArchive.captures()
            let byID = Dictionary(uniqueKeysWithValues: captures.map { ($0.id, $0) })
            func isSucceeded(_ tree: ExecutionTree) -> Bool { tree.execution.phase.rawValue == "SUCCEEDED" }
            let trees = try captures.map { try ExecutionTree($0, definitions: .none) }.filter(isSucceeded)
            func children(_ tree: ExecutionTree) -> [ExecutionID] {
                tree.nodes.compactMap(\.execution.child)
            }
            let parent = try #require(
                trees.first { tree in
                    children(tree).count == 1 && tree.execution.parent == nil
                        && trees.contains { $0.execution.id == children(tree)[0] && children($0).isEmpty }
                })
            let single = try #require(
                trees.first { tree in
                    children(tree).isEmpty && tree.execution.parent == nil && tree.inputs != nil
                        && tree.nodes.contains { !$0.attempts.isEmpty }
                })
            self.parent = parent.capture
            child = try #require(byID[children(parent)[0]])
            self.single = single.capture
        }

        var captures: [ExecutionCapture] { [parent, child, single] }
    }

    private static func plan(
        _ captures: [ExecutionCapture], before: Timestamp? = nil, sql: String? = nil,
        change: (Archive) throws -> Void = { _ in }
    ) throws -> PrunePlan {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do {
                // Long after all of them ended.
                let archive = try RecordedArchive.make(path, captures, at: now)
                try change(archive)
                try archive.settle()
            }
            if let sql { try SQLiteFile.run(path, sql) }
            return try Archive(path: path, mode: .readOnly).prunePlan(before: before)
        }
    }

    private static func item(_ plan: PrunePlan, _ capture: ExecutionCapture) throws -> PrunePlan.Item {
        try #require(plan.items.first { $0.id == capture.id })
    }

    /// What is planned of an execution that was changed; the others stay proven.
    private static func reasons(
        _ change: (inout ExecutionCapture) throws -> Void = { _ in },
        sql: (ExecutionID) -> String? = { _ in nil },
        archive: (Archive, ExecutionID) throws -> Void = { _, _ in }
    ) throws -> [String] {
        var family = try Family()
        let id = family.single.id
        try change(&family.single)
        let plan = try plan(family.captures, sql: sql(id)) { try archive($0, id) }
        #expect(plan.damage.isEmpty, "\(plan.damage)")
        for other in [family.parent, family.child] {
            #expect(try item(plan, other).reasons == [])
        }
        return try item(plan, family.single).reasons
    }

    private static func row(_ id: ExecutionID) -> String {
        "(SELECT id FROM execution WHERE name = '\(id.name)')"
    }

    /// The execution's own message with its closure changed.
    private static func changeClosure(
        of capture: inout ExecutionCapture, _ change: (inout Message) -> Void
    ) throws {
        let index = try #require(capture.messages.firstIndex { $0.kind == .execution })
        var message = try Message(decoding: capture.messages[index].bytes, as: "admin.Execution")
        var closure = try #require(message.message("closure"))
        change(&closure)
        message["closure"] = .message(closure)
        capture.messages[index].bytes = message.encoded()
    }

    // MARK: Proven

    @Test func whatIsWholeIsProvenWithItsCountsAndDigest() throws {
        let family = try Family()
        let plan = try Self.plan(family.captures)
        #expect(plan.damage.isEmpty)
        #expect(plan.proven.count == 3 && plan.items.count == 3)
        for capture in family.captures {
            let item = try Self.item(plan, capture)
            #expect(item.reasons == [])
            let bytes = capture.messages.flatMap(\.bytes)
            #expect(item.digestText == SHA256.hex(SHA256.hash(bytes)))
            #expect(item.bytes == Int64(bytes.count) && item.messages == capture.messages.count)
            #expect(item.nodes == capture.messages.count { $0.kind == .node })
            #expect(item.attempts == capture.messages.count { $0.kind == .attempt })
            #expect(item.phase == "SUCCEEDED" && item.endedAt != nil)
        }
    }

    @Test func onlyWhatEndedBeforeIsListed() throws {
        let family = try Family()
        let all = try Self.plan(family.captures)
        let end = try #require(try Self.item(all, family.single).endedAt)
        let before = try Self.plan(family.captures, before: end)
        #expect(!before.items.contains { $0.id == family.single.id })
        let after = try Self.plan(family.captures, before: end + 1)
        #expect(after.items.contains { $0.id == family.single.id })
        #expect(try Self.plan(family.captures, before: Timestamp(nanoseconds: 0)).items.isEmpty)
    }

    // MARK: Refused

    @Test func whatWasOpenIsRefusedAndEndedBeforeNothing() throws {
        let reasons = try Self.reasons({ try Self.changeClosure(of: &$0) { $0["phase"] = "RUNNING" } })
        #expect(reasons == ["it had not ended when it was read"])
        var family = try Family()
        try Self.changeClosure(of: &family.single) { $0["phase"] = "RUNNING" }
        let plan = try Self.plan(family.captures, before: Timestamp(nanoseconds: .max))
        #expect(!plan.items.contains { $0.id == family.single.id } && plan.proven.count == 2)
    }

    @Test func whatEndedAtNoKnownTimeIsRefusedInEveryWindow() throws {
        var family = try Family()
        try Self.changeClosure(of: &family.single) {
            $0["updated_at"] = nil
            $0["duration"] = nil
        }
        for before in [nil, Timestamp(nanoseconds: 0)] {
            let item = try Self.item(try Self.plan(family.captures, before: before), family.single)
            #expect(item.reasons == ["nothing tells when it ended"])
        }
    }

    @Test func whatCannotBeReadIsRefusedInEveryWindow() throws {
        let family = try Family()
        let id = family.single.id
        for before in [nil, Timestamp(nanoseconds: 0)] {
            let plan = try Self.plan(
                family.captures, before: before,
                sql: "UPDATE message SET sha256 = x'00' WHERE execution_id = \(Self.row(id)) AND number = 2")
            let item = try Self.item(plan, family.single)
            #expect(item.reasons == ["verify: it cannot be read (message 2 of \(id) does not have its hash)"])
            #expect(item.endedAt == nil && item.phase.isEmpty)
            #expect(plan.proven.count == (before == nil ? 2 : 0))
        }
    }

    @Test func whatWasWithheldIsNamedWithItsPlace() throws {
        let reasons = try Self.reasons({ capture in
            capture.withheld = [
                Withheld(place: .execution, field: "inputs", state: .tooLarge, detail: ""),
                Withheld(place: .node("n0"), field: "outputs", state: .missing, detail: ""),
            ]
        })
        #expect(reasons == ["inputs: too_large", "outputs of n0: missing"])
    }

    /// They follow from the rest.
    @Test func spansThatWereWithheldAreNoReason() throws {
        let reasons = try Self.reasons({ capture in
            capture.messages.removeAll { $0.kind == .metrics }
            capture.withheld = [Withheld(place: .execution, field: "metrics", state: .failed, detail: "")]
        })
        #expect(reasons == [])
    }

    @Test func whatWasRedactedIsRefused() throws {
        let reasons = try Self.reasons({ capture in
            capture.redactions = [
                Redaction(
                    place: .execution, field: "inputs", name: "key", rule: "r", token: "[redacted:r:0]",
                    count: 1)
            ]
        })
        #expect(reasons == ["1 values were redacted"])
    }

    @Test func rowsThatDoNotFollowFromTheMessagesAreRefused() throws {
        let reasons = try Self.reasons(sql: {
            "UPDATE node SET phase = 'X' WHERE execution_id = \(Self.row($0)) AND number = 1"
        })
        #expect(reasons == ["verify: node 1 differs from the messages (phase)"])
    }

    @Test func whatIsInItsTimeOfGraceIsRefused() throws {
        let reasons = try Self.reasons(sql: {
            "UPDATE execution SET reread_at = 5 WHERE id = \(Self.row($0))"
        })
        #expect(reasons == ["it just ended when it was read, and is to be read again"])
    }

    /// Brought up to date by a schema step, as `reread_at` shows.
    @Test func ofWhatAnEarlierVersionDidNotAskForAllIsRefused() throws {
        let reasons = try Self.reasons(sql: {
            "UPDATE execution SET reread_at = 1 WHERE id = \(Self.row($0))"
        })
        #expect(reasons == ["an earlier version did not ask for all of it; the next harvest does"])
        try TemporaryFolder.with { folder in
            let path = folder + "/old.db"
            try Fixtures.unpackArchive(version: 4, to: path)
            let hits = try Archive(path: path, mode: .readOnly).query(
                "SELECT count(DISTINCT execution) FROM v_node_execution WHERE cache_status = 'CACHE_HIT'")
            let archive = try Archive(path: path, mode: .readWrite)
            let due = try archive.query("SELECT count(*) FROM execution WHERE reread_at = 1").rows[0][0]
            #expect(due.integer ?? 0 >= hits.rows[0][0].integer ?? 0 && due.integer ?? 0 > 0)
            let source = try archive.sources()[0]
            let open = try archive.query("SELECT count(*) FROM execution WHERE reread_at <= 1").rows[0][0]
            let places = try archive.places(source: source)
            let named = try places.flatMap {
                try archive.due(
                    source: source, project: $0, domain: $1, at: Timestamp(nanoseconds: Self.now))
            }
            #expect(named.count == Int(open.integer ?? 0))
        }
    }

    @Test func whatVanishedFromTheServerIsRefused() throws {
        let reasons = try Self.reasons(sql: {
            "INSERT INTO vanished VALUES (\(Self.row($0)), \(Self.now + 2))"
        })
        #expect(reasons == ["the server no longer has it"])
    }

    @Test func aProblemThatStandsIsAReason() throws {
        func record(_ archive: Archive, _ id: ExecutionID, _ name: String) throws {
            try archive.recordProblem(
                source: try archive.sources()[0], project: id.project, domain: id.domain, execution: name,
                route: "GET /", status: 500, message: "no", at: Timestamp(nanoseconds: Self.now))
        }
        let reasons = try Self.reasons(archive: { try record($0, $1, $1.name) })
        #expect(reasons == ["a problem stands against it"])
        // Of another execution, and one that was made good.
        #expect(try Self.reasons(archive: { try record($0, $1, "another") }) == [])
        let resolved = try Self.reasons(
            sql: { _ in "UPDATE problem SET resolved_at = last_seen_at" },
            archive: { try record($0, $1, $1.name) })
        #expect(resolved == [])
    }

    @Test func ofWhatSomethingWasErasedIsRefused() throws {
        let reasons = try Self.reasons(archive: { archive, id in
            let name = try #require(
                try archive.query(
                    """
                    SELECT name FROM v_literal
                    WHERE execution = :e AND node_id IS NULL AND direction = 'input' ORDER BY 1
                    """, ["e": .text(id.name)]
                ).rows.first?[0].text)
            _ = try archive.forget(
                .variable(name, of: ForgottenExecution(source: "s", id: id)), reason: nil,
                at: Timestamp(nanoseconds: Self.now + 2))
        })
        #expect(reasons.contains("something of it was erased here"), "\(reasons)")
    }

    @Test func aChildThatTheArchiveLacksIsAReasonAndSoIsAParent() throws {
        let family = try Family()
        let orphan = try Self.plan([family.child, family.single])
        #expect(
            try Self.item(orphan, family.child).reasons == [
                "\(family.parent.id) belongs to it, and is not in the archive"
            ])
        let childless = try Self.plan([family.parent, family.single])
        #expect(
            try Self.item(childless, family.parent).reasons == [
                "\(family.child.id) belongs to it, and is not in the archive"
            ])
        #expect(orphan.proven.count == 1 && childless.proven.count == 1)
    }

    /// Erased for good, so that nobody finds it in the plan.
    @Test func aForgottenChildIsAReason() throws {
        let family = try Family()
        let plan = try Self.plan(family.captures) { archive in
            _ = try archive.forget(
                .executions([ForgottenExecution(source: "s", id: family.child.id)]), reason: nil,
                at: Timestamp(nanoseconds: Self.now + 2))
        }
        #expect(plan.items.count == 2)
        #expect(
            try Self.item(plan, family.parent).reasons.last
                == "\(family.child.id) belongs to it, and is not in the archive")
    }

    @Test func whatIsNotProvenTakesItsKinAlong() throws {
        var family = try Family()
        family.child.withheld = [Withheld(place: .execution, field: "outputs", state: .missing, detail: "")]
        let plan = try Self.plan(family.captures)
        #expect(try Self.item(plan, family.child).reasons == ["outputs: missing"])
        #expect(
            try Self.item(plan, family.parent).reasons == [
                "\(family.child.id) belongs to it, and is not proven"
            ])
        #expect(plan.proven.map(\.id) == [family.single.id])
    }

    @Test func aDamagedArchiveProvesNothing() throws {
        let family = try Family()
        let plan = try Self.plan(
            family.captures, sql: "UPDATE text SET value = 'x' WHERE id = (SELECT max(id) FROM text)")
        #expect(plan.proven.isEmpty && plan.items.count == 3)
        #expect(plan.damage.first?.place.hasPrefix("text ") == true)
        for item in plan.items { #expect(item.reasons.last == "the archive itself is damaged") }
    }

    @Test func eachExecutionIsARowWithItsReasons() throws {
        var family = try Family()
        family.single.withheld = [
            Withheld(place: .execution, field: "inputs", state: .missing, detail: ""),
            Withheld(place: .execution, field: "outputs", state: .missing, detail: ""),
        ]
        let rows = try Self.plan(family.captures).items.map(\.cells)
        let name = try #require(PrunePlan.columns.firstIndex { $0.name == "name" })
        let proven = try #require(PrunePlan.columns.firstIndex { $0.name == "is_proven" })
        let reason = try #require(PrunePlan.columns.firstIndex { $0.name == "reason" })
        #expect(rows.allSatisfy { $0.count == PrunePlan.columns.count })
        let row = try #require(rows.first { $0[name] == .text(family.single.id.name) })
        #expect(row[proven] == .integer(0))
        #expect(row[reason] == .text("inputs: missing; outputs: missing"))
        #expect(rows.count { $0[proven] == .integer(1) && $0[reason] == .null } == 2)
    }
}
