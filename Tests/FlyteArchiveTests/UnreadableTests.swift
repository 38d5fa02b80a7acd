import FlyteArchive
import FlyteIDL
import FlyteModel
import Tables
import TestSupport
import Testing

/// What our own reader cannot take is kept as it came and told; it takes nothing else with it.
struct UnreadableTests {
    private static let id = ExecutionID(project: "p", domain: "d", name: "x")
    private static let now = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.field(number, bytes)
        return writer.bytes
    }

    /// A message in a message in a message, by these fields' numbers.
    private static func nested(_ numbers: [Int], _ depth: Int, around inner: [UInt8]) -> [UInt8] {
        (0..<depth).reduce(inner) { bytes, _ in numbers.reduce(bytes) { field($1, $0) } }
    }

    private static let seven = field(1, field(1, [0x08, 0x07]))

    /// Literals that a reader may not like, by the names of variables.
    private static let values: [String: [UInt8]] = [
        "list110": nested([1, 2], 110, around: seven),
        "list5000": nested([1, 2], 5000, around: seven),
        // Struct{a: Struct{a: …}}, and unions of unions.
        "struct120": field(1, field(7, field(1, field(1, [0x61]) + field(2, structure(120))))),
        "union3000": nested([1, 9, 1], 3000, around: seven),
        "text": field(1, field(4, field(1, Array("s3://b/".utf8) + [0xFF, 0xFE]))),
        "pack5000": field(
            1, field(3, field(1, Array(repeating: 0x91, count: 5000) + [1]) + field(2, Array("msgpack".utf8)))
        ),
        // No message, though a literal.
        "broken": [0x0A, 0x7F],
        // A member that a later Flyte may add, and a group in groups.
        "tomorrow": field(99, [1, 2, 3]),
        "groups": Array(repeating: 0x5B, count: 3000) + Array(repeating: 0x5C, count: 3000) + seven,
        "next": seven,
    ]

    private static func structure(_ depth: Int) -> [UInt8] {
        (0..<depth).reduce(field(3, Array("leaf".utf8))) { value, _ in
            field(5, field(1, field(1, [0x61]) + field(2, value)))
        }
    }

    private static let map = values.sorted { $0.key < $1.key }.reduce(into: [UInt8]()) { map, entry in
        map += field(1, field(1, Array(entry.key.utf8)) + field(2, entry.value))
    }

    private static func capture(_ messages: [CapturedMessage]) -> ExecutionCapture {
        let execution = Message(
            "admin.Execution",
            [
                "id": ["project": "p", "domain": "d", "name": "x"],
                "closure": [
                    "phase": "FAILED", "created_at": ["seconds": 1], "updated_at": ["seconds": 9],
                    "error": ["code": "C", "message": "zz"],
                ],
                "spec": ["labels": ["values": ["k": "yy"]]],
            ])
        var bytes = execution.encoded()
        for text in ["zz", "yy"] {
            if let place = bytes.indices.last(where: { Array(bytes[$0...].prefix(2)) == Array(text.utf8) }) {
                bytes[place] = 0xC3
            }
        }
        return ExecutionCapture(
            id: id, observedAt: now,
            messages: CapturedMessages([CapturedMessage(kind: .execution, bytes: bytes)] + messages))
    }

    @Test func nothingGoesWithIt() throws {
        let metrics = Self.field(1, Self.nested([7], 1000, around: []))
        // The workflow's interface has a variable of a list of lists.
        let type = Self.nested([3], 2000, around: [0x08, 1])
        let variable = Self.field(1, Self.field(1, [0x78]) + Self.field(2, Self.field(1, type)))
        let closure = Self.field(
            1, Self.field(1, Self.field(1, Self.field(3, Self.field(1, variable)))))
        let signal = Self.field(3, Self.nested([1, 2], 2000, around: Self.seven))
        let node = Message(
            "admin.NodeExecution",
            [
                "id": [
                    "node_id": "n0", "execution_id": ["project": "p", "domain": "d", "name": "x"],
                ], "closure": ["phase": "FAILED"],
            ]
        ).encoded()
        let capture = Self.capture([
            CapturedMessage(kind: .data, bytes: Self.field(3, Self.map)),
            CapturedMessage(kind: .metrics, bytes: metrics),
            CapturedMessage(kind: .signal, bytes: signal),
            CapturedMessage(kind: .node, place: .node("n0"), bytes: node),
            CapturedMessage(kind: .dynamicWorkflow, place: .node("n0"), bytes: closure),
            CapturedMessage(kind: .data, place: .node("n0"), bytes: [0x1A, 0x7F]),
        ])
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            #expect(
                try archive.write(capture, definitions: [], source: source, grace: 0, at: Self.now) == .new)
            #expect(try archive.capture(of: Self.id, source: source)?.messages == capture.messages)
            let told = try archive.query(
                "SELECT field, coalesce(node_id, '-'), state, detail FROM v_capture ORDER BY 1, 2, 4"
            ).rows.map { row in row.map { $0.text ?? "" } }
            #expect(told.allSatisfy { $0[2] == "unreadable" })
            #expect(
                told.map { "\($0[0]) \($0[1]) \(($0[3].split(separator: ":").first ?? "").prefix(40))" } == [
                    "data n0 the bytes end inside a field; it is kept",
                    "dynamic_workflow n0 messages are nested too deeply; it is ke",
                    "dynamic_workflow n0 the bytes end inside a field; it is kept",
                    "execution - closure.error.message", "execution - spec.labels.values",
                    "inputs - broken", "inputs - list5000", "inputs - text", "inputs - union3000",
                    "metrics - messages are nested too deeply; it is ke",
                    "signals - messages are nested too deeply; it is ke",
                ])
            let literals = try archive.query(
                "SELECT name, value_json FROM v_literal WHERE value_json IS NOT NULL ORDER BY 1"
            ).rows.map { ($0[0].text ?? "", $0[1].text ?? "") }
            #expect(
                literals.map(\.0) == [
                    "groups", "list110", "next", "pack5000", "struct120", "text", "tomorrow",
                ])
            #expect(literals.first { $0.0 == "next" }?.1 == "7" && literals[0].1 == "7")
            #expect(literals.first { $0.0 == "list110" }?.1.hasPrefix("[[[[[[") == true)
            #expect(literals.first { $0.0 == "text" }?.1.contains("s3://b/\u{FFFD}\u{FFFD}") == true)
            #expect(
                try archive.query("SELECT error_message, is_complete FROM v_execution").rows
                    == [[.text("\u{FFFD}z"), .integer(1)]])
            // Questions over all.
            let maps = try archive.query(
                "SELECT literals_json(input_map_id) ->> 'next', json_valid(literals_json(input_map_id)) FROM v_execution"
            )
            #expect(maps.rows == [[.integer(7), .integer(1)]])
            let messages = try archive.query(
                """
                SELECT count(*), sum(json_valid(raw_json(e.key * 1048576 + m.number)))
                FROM message m JOIN execution e ON e.id = m.execution_id
                """)
            #expect(messages.rows == [[.integer(7), .integer(7)]])
            var found: [Finding] = []
            _ = try archive.verify { found.append($0) }
            #expect(found == [])
            #expect(try archive.rebuild().changedNothing)
        }
    }

    /// Definitions deeper than our reader goes: the executions stand, and it is said.
    @Test func aDefinitionThatIsTooDeepKeepsNoExecutionOut() throws {
        let task = DefinitionID(kind: .task, project: "p", domain: "d", name: "t", version: "v")
        let identifier: Value = [
            "resource_type": "TASK", "project": "p", "domain": "d", "name": "t", "version": "v",
        ]
        // Task{closure{compiled_task{template{interface{inputs{variables{x: Variable{type{collection_type …
        let type = Self.nested([3], 1000, around: [0x08, 1])
        let variable = Self.field(1, Self.field(1, [0x78]) + Self.field(2, Self.field(1, type)))
        let bytes = Self.field(2, Self.field(1, Self.field(1, Self.field(4, Self.field(1, variable)))))
        let attempt = Message(
            "admin.TaskExecution",
            [
                "id": [
                    "task_id": identifier,
                    "node_execution_id": [
                        "node_id": "n0", "execution_id": ["project": "p", "domain": "d", "name": "x"],
                    ],
                ], "closure": ["phase": "SUCCEEDED"],
            ]
        ).encoded()
        let node = Message(
            "admin.NodeExecution", ["id": ["node_id": "n0"], "closure": ["phase": "SUCCEEDED"]]
        ).encoded()
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            let capture = Self.capture([
                CapturedMessage(kind: .node, place: .node("n0"), bytes: node),
                CapturedMessage(
                    kind: .attempt, place: CapturePlace(nodeID: "n0", attempt: 0, task: task), bytes: attempt),
            ])
            _ = try archive.write(
                capture, definitions: [CapturedDefinition(id: task, bytes: bytes)], source: source, grace: 0,
                at: Self.now)
            #expect(try archive.definition(task, source: source) == bytes)
            #expect(
                try archive.query("SELECT substr(detail, 1, 4) FROM v_capture WHERE field = 'task'").rows
                    == [[.text("t@v:")]])
            var found: [Finding] = []
            _ = try archive.verify { found.append($0) }
            #expect(found == [])
            #expect(try archive.rebuild().changedNothing)
        }
    }

    /// Nobody is above itself, whatever messages say; and one execution never stops the rest.
    @Test func executionsThatLaunchEachOtherStopNothing() throws {
        func capture(_ name: String, launched child: String, by parent: String) -> ExecutionCapture {
            func id(_ name: String) -> Value { ["project": "p", "domain": "d", "name": .string(name)] }
            let execution = Message(
                "admin.Execution",
                [
                    "id": id(name),
                    "spec": [
                        "metadata": ["parent_node_execution": ["node_id": "n0", "execution_id": id(parent)]]
                    ],
                    "closure": [
                        "phase": "FAILED", "created_at": ["seconds": 1], "started_at": ["seconds": 2],
                        "updated_at": ["seconds": 9],
                    ],
                ])
            let node = Message(
                "admin.NodeExecution",
                [
                    "id": ["node_id": "n0", "execution_id": id(name)],
                    "closure": [
                        "phase": "FAILED", "created_at": ["seconds": 2], "started_at": ["seconds": 3],
                        "updated_at": ["seconds": 8], "workflow_node_metadata": ["executionId": id(child)],
                    ],
                ])
            return ExecutionCapture(
                id: ExecutionID(project: "p", domain: "d", name: name), observedAt: Self.now,
                messages: [
                    CapturedMessage(kind: .execution, bytes: execution.encoded()),
                    CapturedMessage(kind: .node, place: .node("n0"), bytes: node.encoded()),
                ])
        }
        let captures = [
            capture("self", launched: "self", by: "self"), capture("a", launched: "b", by: "c"),
            capture("b", launched: "c", by: "a"), capture("c", launched: "a", by: "b"),
        ]
        try TemporaryFolder.with { folder in
            for (number, order) in [captures, captures.reversed()].enumerated() {
                let archive = try Archive(path: folder + "/\(number).db", mode: .readWrite)
                let source = try archive.source(named: "s", endpoint: "http://s")
                for capture in order {
                    _ = try archive.write(
                        capture, definitions: [], source: source, grace: 0, at: Self.now)
                }
                var found: [Finding] = []
                let result = try archive.verify { found.append($0) }
                #expect(found == [] && result.executions == 4)
                let rebuilt = try archive.rebuild()
                #expect(rebuilt.changedNothing && rebuilt.damaged.isEmpty)
                _ = try archive.prunePlan(before: nil)
            }
        }
    }

    /// A server that lies names a task without a name: what is stored is what was seen.
    @Test func anAttemptOfATaskWithoutANameIsStoredAsItWasSeen() throws {
        let execution: Value = ["project": "p", "domain": "d", "name": "x"]
        let node: Value = ["node_id": "n0", "execution_id": execution]
        func attempt(_ name: String, _ number: UInt32) throws -> CapturedMessage {
            let bytes = Message(
                "admin.TaskExecution",
                [
                    "id": [
                        "task_id": [
                            "resource_type": "TASK", "project": "p", "domain": "d", "name": .string(name),
                            "version": "1",
                        ], "node_execution_id": node, "retry_attempt": .uint32(number),
                    ]
                ]
            ).encoded()
            let row = try TaskExecution(decoding: bytes)
            return CapturedMessage(
                kind: .attempt,
                place: CapturePlace(nodeID: "n0", attempt: row.retryAttempt, task: row.task), bytes: bytes)
        }
        let capture = Self.capture([
            CapturedMessage(
                kind: .node, place: .node("n0"), bytes: Message("admin.NodeExecution", ["id": node]).encoded()
            ),
            try attempt("t", 0), try attempt("", 1),
        ])
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            _ = try archive.write(capture, definitions: [], source: source, grace: 0, at: Self.now)
            let attempts = try archive.query("SELECT attempt, task FROM v_task_execution ORDER BY 1").rows
            #expect(attempts == [[.integer(0), .text("t")], [.integer(1), .text("")]])
            var findings: [Finding] = []
            _ = try archive.verify { if !$0.isOddity { findings.append($0) } }
            #expect(findings == [])
        }
    }
}
