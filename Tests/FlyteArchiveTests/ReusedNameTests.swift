import FlyteArchive
import FlyteIDL
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// Flyte gives a name out again once its database was pruned: an execution is its name and when it was created.
struct ReusedNameTests {
    private static let now = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    private static func identity(_ name: String) -> Value {
        ["project": "p", "domain": "d", "name": .string(name)]
    }

    /// An execution that failed with a message of its own, made in the generation's second.
    ///
    /// - Parameters:
    ///   - child: What its node launched.
    ///   - parent: What launched it.
    private static func capture(
        _ name: String, _ generation: Int64, seconds: Int64 = 0, child: String? = nil, parent: String? = nil,
        original: String? = nil
    ) -> ExecutionCapture {
        func time(_ more: Int64) -> Value { ["seconds": .int64(generation * 1000 + seconds + more)] }
        var metadata: [String: Value] = ["mode": "MANUAL"]
        if let parent {
            metadata["parent_node_execution"] = ["node_id": "n0", "execution_id": identity(parent)]
        }
        if let original { metadata["reference_execution"] = identity(original) }
        let execution = Message(
            "admin.Execution",
            [
                "id": identity(name),
                "spec": [
                    "metadata": .map(ValueMap(metadata.map { (key: $0, value: $1) })),
                    "labels": ["values": ["generation": .string("\(generation)")]],
                ],
                "closure": [
                    "phase": "FAILED", "created_at": time(0), "started_at": time(1), "updated_at": time(9),
                    "error": ["code": "USER:E", "message": .string("generation \(generation) of \(name)")],
                ],
            ])
        var node: [String: Value] = [
            "phase": "FAILED", "created_at": time(1), "started_at": time(2), "updated_at": time(8),
        ]
        if let child { node["workflow_node_metadata"] = ["executionId": identity(child)] }
        let row = Message(
            "admin.NodeExecution",
            [
                "id": ["node_id": "n0", "execution_id": identity(name)],
                "metadata": ["spec_node_id": "n0"],
                "closure": .map(ValueMap(node.map { (key: $0, value: $1) })),
            ])
        let data = Message(
            "admin.WorkflowExecutionGetDataResponse",
            ["full_inputs": ["literals": ["n": ["scalar": ["primitive": ["integer": .int64(generation)]]]]]])
        return ExecutionCapture(
            id: ExecutionID(project: "p", domain: "d", name: name),
            observedAt: Timestamp(nanoseconds: (generation * 1000 + 500) * 1_000_000_000),
            messages: [
                CapturedMessage(kind: .execution, bytes: execution.encoded()),
                CapturedMessage(kind: .data, bytes: data.encoded()),
                CapturedMessage(kind: .node, place: .node("n0"), bytes: row.encoded()),
            ],
            withheld: [
                Withheld(place: .execution, field: "outputs", state: .missing, detail: "of \(generation)")
            ])
    }

    private static func archive(_ path: String, _ captures: [ExecutionCapture]) throws -> Archive {
        let archive = try Archive(path: path, mode: .readWrite)
        let source = try archive.source(named: "s", endpoint: "http://s")
        for capture in captures {
            _ = try archive.write(
                capture, definitions: [], source: source, grace: 0, at: capture.observedAt)
        }
        return archive
    }

    private static func texts(_ archive: Archive, _ sql: String) throws -> [String] {
        try archive.query(sql).rows.map { row in
            row.map { $0.text ?? $0.integer.map(String.init) ?? "-" }.joined(separator: " ")
        }
    }

    /// Nothing of what follows from its messages is other than `rebuild` and `verify` make it.
    private static func expectSound(_ archive: Archive) throws {
        var found: [Finding] = []
        _ = try archive.verify { found.append($0) }
        #expect(found == [])
        #expect(try archive.rebuild().changedNothing)
    }

    private static let everything = """
        SELECT e.name, e.error_message, t.value, l.value_json, v.seen_at, c.detail, n.node_id, e.console_url
        FROM v_execution e LEFT JOIN v_execution_tag t ON t.execution = e.name
        LEFT JOIN v_literal l ON l.execution = e.name LEFT JOIN v_vanished v ON v.execution = e.name
        LEFT JOIN v_capture c ON c.execution = e.name AND c.state = 'missing' LEFT JOIN v_node_execution n ON n.execution = e.name ORDER BY 1
        """

    private static let threeGenerations = [
        "x generation 3 of x 3 3 - of 3 n0 http://s/console/projects/p/domains/d/executions/x",
        "x~1 generation 1 of x 1 1 1970-01-01T00:41:40.000000Z of 1 n0 -",
        "x~2 generation 2 of x 2 2 1970-01-01T00:58:20.000000Z of 2 n0 -",
    ]

    @Test func earlierExecutionsOfANameStayWithAllThatTheyAre() throws {
        try TemporaryFolder.with { folder in
            let archive = try Self.archive(folder + "/a.db", [Self.capture("x", 1)])
            let source = try archive.sources()[0]
            let first = try archive.query("SELECT input_map_id FROM v_execution").rows
            try archive.recordProblem(
                source: source, project: "p", domain: "d", execution: "x", route: "GET /", status: 500,
                message: "no", at: Timestamp(nanoseconds: 1_600_000_000_000))
            #expect(
                try archive.write(
                    Self.capture("x", 2), definitions: [], source: source, grace: 0, at: Self.now)
                    == .nameReused(earlier: ExecutionID(project: "p", domain: "d", name: "x~1")))
            #expect(
                try archive.write(
                    Self.capture("x", 3), definitions: [], source: source, grace: 0, at: Self.now)
                    == .nameReused(earlier: ExecutionID(project: "p", domain: "d", name: "x~2")))
            #expect(try Self.texts(archive, Self.everything) == Self.threeGenerations)
            // What people have written down goes on to mean the same.
            #expect(
                try archive.query("SELECT input_map_id FROM v_execution WHERE name = 'x~1'").rows == first)
            #expect(
                try Self.texts(archive, "SELECT execution, resolved_at IS NOT NULL FROM v_problem") == [
                    "x~1 1"
                ])
            // Again is no other one; neither is one of the earlier ones, on a server that was set back.
            for generation in [3, 1, 3] as [Int64] {
                #expect(
                    try archive.write(
                        Self.capture("x", generation), definitions: [], source: source, grace: 0, at: Self.now
                    )
                        == .unchanged)
            }
            #expect(try Self.texts(archive, "SELECT execution FROM v_vanished ORDER BY 1") == ["x~1", "x~2"])
            // A list that shows another one of the name shows something new.
            let listed = try [3, 4].map { try Execution(decoding: Self.capture("x", $0).messages[0].bytes) }
            #expect(try archive.known([listed[0]], source: source).count == 1)
            #expect(try archive.known([listed[1]], source: source).isEmpty)
            try Self.expectSound(archive)
        }
    }

    /// Three archives, of which each knows another one as `x`; merged in every order, and twice.
    @Test func mergedArchivesKeepAllExecutionsOfAName() throws {
        try TemporaryFolder.with { folder in
            var parts: [Archive] = []
            for generation in 1...3 as ClosedRange<Int64> {
                parts.append(try Self.archive(folder + "/\(generation).db", [Self.capture("x", generation)]))
            }
            // One that has seen it happen.
            parts.append(try Self.archive(folder + "/4.db", [1, 2].map { Self.capture("x", $0) }))
            let orders = [
                [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0], [3, 2], [2, 3],
            ]
            for (number, order) in orders.enumerated() {
                let merged = try Archive(path: folder + "/merged\(number).db", mode: .readWrite)
                for part in order { _ = try merged.merge(parts[part], at: Self.now) }
                #expect(try Self.texts(merged, Self.everything) == Self.threeGenerations, "\(order)")
                for part in parts { #expect(try merged.merge(part, at: Self.now).changedNothing, "\(order)") }
                try Self.expectSound(merged)
            }
        }
    }

    private static let relations = """
        SELECT e.name, coalesce(e.parent_execution, '-'), coalesce(e.reference_execution, '-'), n.child_execution,
            e.cause_execution, e.cause_message
        FROM v_execution e JOIN v_node_execution n ON n.execution = e.name ORDER BY 1
        """

    /// Names of children follow from their parents': they are given out again together.
    @Test func namesMeanTheExecutionOfTheirTime() throws {
        try TemporaryFolder.with { folder in
            var parts: [Archive] = []
            for generation in 1...2 as ClosedRange<Int64> {
                parts.append(
                    try Self.archive(
                        folder + "/\(generation).db",
                        [
                            Self.capture("top", generation, child: "mid"),
                            Self.capture("mid", generation, seconds: 2, child: "low", parent: "top"),
                            Self.capture("low", generation, seconds: 4, parent: "mid", original: "top"),
                        ]))
            }
            let expected = [
                "low mid top - low generation 2 of low", "low~1 mid~1 top~1 - low~1 generation 1 of low",
                "mid top - low low generation 2 of low", "mid~1 top~1 - low~1 low~1 generation 1 of low",
                "top - - mid low generation 2 of low", "top~1 - - mid~1 low~1 generation 1 of low",
            ]
            for order in [[0, 1], [1, 0]] {
                let merged = try Archive(path: folder + "/merged\(order[0]).db", mode: .readWrite)
                for part in order { _ = try merged.merge(parts[part], at: Self.now) }
                #expect(try Self.texts(merged, Self.relations) == expected)
                try Self.expectSound(merged)
                // An extract takes the children of that time along, under the names that they have here.
                let chosen = ExtractChoice.Named(
                    source: "s", id: ExecutionID(project: "p", domain: "d", name: "top~1"))
                let path = folder + "/extract\(order[0]).db"
                _ = try merged.extract(.named([chosen]), withChildren: true, to: path, at: Self.now)
                let extract = try Archive(path: path, mode: .readWrite)
                #expect(
                    try Self.texts(extract, Self.relations) == [expected[1], expected[3], expected[5]])
                try Self.expectSound(extract)
            }
        }
    }

    /// An earlier execution whose child the archive does not have has none of the later ones.
    @Test func aNameOfAnotherTimeIsNoneOfTheArchives() throws {
        try TemporaryFolder.with { folder in
            let archive = try Self.archive(
                folder + "/a.db",
                [
                    Self.capture("top", 1, child: "low"), Self.capture("top", 2, child: "low"),
                    Self.capture("low", 2, seconds: 4, parent: "top"),
                ])
            #expect(
                try Self.texts(archive, Self.relations) == [
                    "low top - - low generation 2 of low", "top - - low low generation 2 of low",
                    "top~1 - - low~0 top~1 generation 1 of top",
                ])
            try Self.expectSound(archive)
            // And when it comes, it has it.
            let other = try Self.archive(
                folder + "/b.db", [Self.capture("low", 1, seconds: 4, parent: "top")])
            _ = try archive.merge(other, at: Self.now)
            #expect(
                try Self.texts(archive, Self.relations) == [
                    "low top - - low generation 2 of low", "low~1 top~1 - - low~1 generation 1 of low",
                    "top - - low low generation 2 of low", "top~1 - - low~1 low~1 generation 1 of low",
                ])
            try Self.expectSound(archive)
        }
    }

    @Test func whatIsForgottenIsOneExecution() throws {
        try TemporaryFolder.with { folder in
            let old = try Self.archive(folder + "/old.db", [Self.capture("x", 1)])
            let archive = try Self.archive(folder + "/a.db", [1, 2].map { Self.capture("x", $0) })
            let source = try archive.sources()[0]
            func forget(_ name: String) throws {
                let id = ExecutionID(project: "p", domain: "d", name: name)
                _ = try archive.forget(
                    .executions([ForgottenExecution(source: "s", id: id)]), reason: nil, at: Self.now)
            }
            func names() throws -> [String] {
                try Self.texts(archive, "SELECT name FROM v_execution ORDER BY 1")
            }
            try forget("x~1")
            #expect(try names() == ["x"])
            #expect(try archive.merge(old, at: Self.now).forgotten == 1)
            _ = try archive.write(
                Self.capture("x", 2), definitions: [], source: source, grace: 0, at: Self.now)
            #expect(try names() == ["x"])
            try Self.expectSound(archive)
            try forget("x")
            #expect(try names() == [])
            // Neither comes back, whoever brings it; a later one of the name may.
            for generation in [1, 2] as [Int64] {
                _ = try archive.write(
                    Self.capture("x", generation), definitions: [], source: source, grace: 0, at: Self.now)
            }
            #expect(try names() == [])
            _ = try archive.write(
                Self.capture("x", 1_900_000), definitions: [], source: source, grace: 0, at: Self.now)
            #expect(try names() == ["x"])
        }
    }

    /// The server may have another one under the name by now: only the newest can be proven, and only as what it is.
    @Test func aPlanNeverTakesOneForAnother() throws {
        try TemporaryFolder.with { folder in
            func whole(_ generation: Int64) -> ExecutionCapture {
                var capture = Self.capture("x", generation)
                capture.withheld = []
                return capture
            }
            let archive = try Self.archive(folder + "/a.db", [1, 2].map(whole))
            let plan = try archive.prunePlan(before: nil)
            #expect(plan.items.map(\.id.name) == ["x", "x~1"])
            #expect(plan.proven.map(\.id.name) == ["x"])
            #expect(plan.proven.map(\.createdAt) == [Timestamp(nanoseconds: 2_000_000_000_000)])
            #expect(
                plan.items.last?.reasons.contains("the server gave its name to another execution") == true)
        }
    }

    /// What was noted of one execution says nothing of another that had its name.
    @Test func anAuditKnowsExecutionsByTheirCreation() throws {
        try TemporaryFolder.with { folder in
            let archive = try Self.archive(folder + "/a.db", [Self.capture("x", 1)])
            let source = try archive.sources()[0]
            let id = ExecutionID(project: "p", domain: "d", name: "x")
            #expect(try archive.markVanished(id, source: source, at: Self.now))
            try archive.beginAudit()
            try archive.note([try Execution(decoding: Self.capture("x", 2).messages[0].bytes)])
            #expect(try archive.unmarkNoted(source: source, project: "p", domain: "d") == 0)
            try archive.note([try Execution(decoding: Self.capture("x", 1).messages[0].bytes)])
            #expect(try archive.unmarkNoted(source: source, project: "p", domain: "d") == 1)
        }
    }
}
