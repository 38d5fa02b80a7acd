import FlyteModel
import Tables

/// Writes the rows of one execution, within a transaction.
struct TreeWriter {
    let archive: Archive
    let source: SourceID
    let scope: Int64
    /// Tied to the archive's definitions.
    let execution: PreparedExecution

    private var tree: ExecutionTree { execution.tree }
    private var database: Database { archive.database }
    private var derived: DerivedWriter {
        DerivedWriter(archive: archive, source: source, tree: tree, toldSpans: execution.toldSpans)
    }

    /// Writes all that belongs to an execution.
    ///
    /// - Parameter id: Of its row, from which everything was taken away; nil when it has none.
    func write(id known: Int64?, reread: Cell) throws {
        let values = try executionValues(reread: reread)
        let id = try known ?? insert(values)
        if known != nil { try update(id, values) }
        try writeMessages(id)
        try writeGaps(id)
        try archive.writeRedactions(tree.capture.redactions, execution: id)
        try writeContent(id)
    }

    /// What follows from what was read: everything but the messages themselves, the gaps and the redactions.
    func writeRows(id: Int64, reread: Cell) throws {
        try update(id, executionValues(reread: reread))
        try writeContent(id)
    }

    private func writeContent(_ id: Int64) throws {
        var maps = execution.maps.inOrder
        // Their numbers are in the execution's row already.
        for place in [tree.inputs, tree.outputs] { _ = try map(place, &maps, id) }
        var attempts = 0
        for (index, node) in tree.nodes.enumerated() {
            try writeNode(node, number: index + 1, &maps, id)
            for attempt in node.attempts {
                attempts += 1
                try writeAttempt(attempt, of: node, number: attempts, place: index + 1, &maps, id)
            }
        }
        try writeTags(id)
        try writeSignals(id)
        try writeDynamicEdges(id)
        try derived.writeSpans(id)
        try derived.writePath(id)
    }

    // MARK: The execution's own row

    private static let columns =
        [
            "launch_plan_id", "workflow_id", "phase", "mode", "principal_id", "cluster_id", "nesting",
            "created_at", "started_at", "duration_ns", "updated_at", "ended_at", "scheduled_at", "error_id",
            "abort_cause_id", "abort_principal_id", "parent", "parent_node_id", "reference", "is_archived",
            "node_count", "attempt_count", "retry_count", "input_map", "output_map", "is_complete",
            "observed_at", "reread_at", "digest",
        ] + DerivedWriter.causeColumns
    private static let insertion = """
        INSERT INTO execution (key, scope_id, name, \(columns.joined(separator: ", ")))
        VALUES (?, ?, ?\(String(repeating: ", ?", count: columns.count)))
        """
    private static let update = update(of: columns)

    static func update(of columns: [String]) -> String {
        "UPDATE execution SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?"
    }

    private func insert(_ values: [Cell]) throws -> Int64 {
        let id = tree.capture.id
        let identity: [Cell] = [
            .integer(try archive.freeKey(id, source)), .integer(scope), .text(id.name),
        ]
        let row = try database.insert(Self.insertion, identity + values)
        try database.run(
            "INSERT INTO seal (part, id, number, content) VALUES ('execution', ?, 0, ?)",
            [.integer(row), .integer(tree.capture.observedAt.nanoseconds)])
        return row
    }

    private func update(_ id: Int64, _ values: [Cell]) throws {
        try database.run(Self.update, values + [.integer(id)])
    }

    /// In the order of the columns.
    private func executionValues(reread: Cell) throws -> [Cell] {
        let execution = tree.execution
        let times = execution.lifetime
        let own = tree.capture.id
        let attempts = tree.nodes.lazy.map(\.attempts.count).reduce(0, +)
        let retries = tree.nodes.lazy.map { $0.attempts.count { $0.retryAttempt > 0 } }.reduce(0, +)
        var maps = self.execution.maps.inOrder
        return try [
            archive.definitionCell(execution.launchPlan, source: source),
            archive.definitionCell(execution.workflow, source: source),
            .text(execution.phase.rawValue),
            .text(execution.mode.rawValue), archive.nameCell(execution.principal),
            archive.nameCell(execution.cluster), .integer(Int64(execution.nesting)),
            Archive.cell(times.createdAt),
            Archive.cell(times.startedAt), Archive.cell(times.duration), Archive.cell(times.updatedAt),
            Archive.cell(times.endedAt), Archive.cell(execution.scheduledAt),
            archive.errorCell(execution.error),
            archive.textCell(execution.abort?.cause),
            archive.nameCell(execution.abort?.principal),
            execution.parent.map { .text(Archive.reference($0.execution, from: own)) } ?? .null,
            archive.nameCell(execution.parent?.nodeID),
            execution.reference.map { .text(Archive.reference($0, from: own)) } ?? .null,
            .integer(execution.isArchived ? 1 : 0), .integer(Int64(tree.nodes.count)),
            .integer(Int64(attempts)),
            .integer(Int64(retries)), Archive.cell(maps.next()?.number),
            Archive.cell(maps.next()?.number), .integer(isComplete ? 1 : 0),
            .integer(tree.capture.observedAt.nanoseconds), reread, .blob(self.execution.digest),
        ] + derived.causeValues
    }

    /// Whether the server held nothing back that cannot be made again: spans are recomputed anyway. What the
    /// archive's owner did not want in it is not missing.
    private var isComplete: Bool {
        tree.capture.withheld.allSatisfy {
            $0.state == .notRequested || $0.state == .redacted || $0.field == "metrics"
        }
    }

    // MARK: Messages and maps

    private func writeMessages(_ id: Int64) throws {
        try archive.packer.store(tree.capture.messages, ready: execution.frames) { index, message, place in
            try database.run(
                """
                INSERT INTO message (execution_id, number, kind_id, node_id, attempt, task_id, parent_id, direction, uri,
                    pack_id, offset, length, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(id), .integer(Int64(index + 1)),
                    .integer(try archive.nameID(message.kind.rawValue)),
                    try message.place.nodeID.map { .integer(try archive.nameID($0)) } ?? .null,
                    message.place.attempt.map { .integer(Int64($0)) } ?? .null,
                    try archive.definitionCell(message.place.task, source: source),
                    try message.parentNodeID.map { .integer(try archive.nameID($0)) } ?? .null,
                    message.direction.map { .text($0.rawValue) } ?? .null,
                    message.uri.map { .text($0) } ?? .null,
                    .integer(place.pack), .integer(Int64(place.offset)),
                    .integer(Int64(message.content.count)),
                    .blob(try execution.hashes.hash(at: index)),
                ])
        }
    }

    /// The number of the map at the next place, with its rows written when it is new.
    private func map(
        _ place: ExecutionTree.MapPlace?, _ maps: inout TreeLiteralMaps.Numbers, _ id: Int64
    ) throws -> Cell {
        guard let (number, isNew) = maps.next(), let place else { return .null }
        guard isNew else { return .integer(number) }
        try database.run(
            "INSERT INTO literal_map (execution_id, number, message, offset, length) VALUES (?, ?, ?, ?, ?)",
            [
                .integer(id), .integer(number), .integer(Int64(place.message + 1)),
                .integer(Int64(place.range.lowerBound)), .integer(Int64(place.range.count)),
            ])
        for variable in execution.maps.variables(at: place, number: number, in: tree) {
            try writeLiteral(variable, map: number, id)
        }
        return .integer(number)
    }

    private func writeLiteral(_ variable: LiteralVariable, map: Int64, _ id: Int64) throws {
        let number: Cell =
            switch variable.number {
            case .integer(let value): .integer(value)
            case .real(let value): .real(value)
            case nil: .null
            }
        // The view makes JSON of a plain text or integer by itself.
        var isImplied = false
        if let text = variable.text {
            isImplied = variable.json == "\"\(text)\""
        } else if case .integer(let value) = variable.number {
            isImplied =
                variable.json
                == (variable.type == "boolean" ? (value != 0 ? "true" : "false") : String(value))
        }
        let showsURI =
            variable.json != nil
            && ["file", "directory", "schema", "structured_dataset", "offloaded"].contains(variable.type)
        try database.run(
            """
            INSERT INTO literal (execution_id, map, name_id, type_id, number, text, json, uri, size_bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .integer(map), .integer(try archive.nameID(variable.name)),
                .integer(try archive.nameID(variable.type)), number, variable.text.map { .text($0) } ?? .null,
                isImplied ? .null : variable.json.map { .text($0) } ?? .null,
                showsURI ? .null : variable.uri.map { .text($0) } ?? .null, .integer(variable.sizeBytes),
            ])
    }

    // MARK: Nodes and attempts

    private func writeNode(
        _ node: ExecutionTree.Node, number: Int, _ maps: inout TreeLiteralMaps.Numbers, _ id: Int64
    ) throws {
        let row = node.execution
        let times = row.lifetime
        try database.run(
            """
            INSERT INTO node (execution_id, number, node_id, spec_node_id, name_id, parent, depth, kind, retry_group, phase,
                task_id, task_type_id, cache_status_id, created_at, started_at, duration_ns, updated_at, ended_at,
                attempt_count, error_id, child, input_map, output_map, deck_uri)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .integer(Int64(number)), .integer(try archive.nameID(node.id)),
                try archive.nameCell(row.specNodeID), try archive.nameCell(node.spec?.name),
                node.parent.map { .integer(Int64($0 + 1)) } ?? .null, .integer(Int64(node.depth)),
                .text(node.kind.rawValue),
                row.retryGroup.isEmpty ? .null : .text(row.retryGroup), .text(row.phase.rawValue),
                try archive.definitionCell(node.task, source: source), try archive.nameCell(node.taskType),
                try archive.nameCell(row.cacheStatus.rawValue), Archive.cell(times.createdAt),
                Archive.cell(times.startedAt),
                Archive.cell(times.duration), Archive.cell(times.updatedAt), Archive.cell(times.endedAt),
                .integer(Int64(node.attempts.count)), try archive.errorCell(row.error),
                row.child.map { .text(Archive.reference($0, from: tree.capture.id)) } ?? .null,
                try map(node.inputs, &maps, id), try map(node.outputs, &maps, id),
                row.deckURI.isEmpty ? .null : .text(row.deckURI),
            ])
    }

    private func writeAttempt(
        _ attempt: ExecutionTree.Attempt, of node: ExecutionTree.Node, number: Int, place nodeNumber: Int,
        _ maps: inout TreeLiteralMaps.Numbers, _ id: Int64
    ) throws {
        let row = attempt.execution
        let times = row.lifetime
        let requests = attempt.requests(in: node)
        try database.run(
            """
            INSERT INTO attempt (execution_id, number, node, attempt, task_id, task_type_id, phase, created_at, started_at,
                duration_ns, updated_at, ended_at, error_id, reason_id, cpu_request, memory_request_bytes, gpu_request, pod,
                input_map, output_map) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .integer(Int64(number)), .integer(Int64(nodeNumber)),
                .integer(Int64(row.retryAttempt)),
                .integer(try archive.definitionID(row.task, source: source)),
                try archive.nameCell(row.taskType),
                .text(row.phase.rawValue), Archive.cell(times.createdAt), Archive.cell(times.startedAt),
                Archive.cell(times.duration), Archive.cell(times.updatedAt), Archive.cell(times.endedAt),
                try archive.errorCell(row.error), try archive.textCell(row.reason),
                Archive.cell(requests?.cpu),
                Archive.cell(requests?.memoryBytes), Archive.cell(requests?.gpu),
                row.generatedName.isEmpty ? .null : .text(row.generatedName),
                try map(attempt.inputs, &maps, id), try map(attempt.outputs, &maps, id),
            ])
        let place: [Cell] = [.integer(id), .integer(Int64(number))]
        var logs = row.logs
        for (index, resource) in row.externalResources.enumerated() {
            logs += resource.logs
            try database.run(
                """
                INSERT INTO subtask (execution_id, attempt, number, element, retry, phase, cache_status_id, external_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                place + [
                    .integer(Int64(index + 1)), .integer(Int64(resource.index)),
                    .integer(Int64(resource.retryAttempt)),
                    .text(resource.phase.rawValue), try archive.nameCell(resource.cacheStatus.rawValue),
                    resource.externalID.isEmpty ? .null : .text(resource.externalID),
                ])
        }
        for (index, reason) in row.reasons.enumerated() {
            try database.run(
                "INSERT INTO reason (execution_id, attempt, number, at, text_id) VALUES (?, ?, ?, ?, ?)",
                place + [
                    .integer(Int64(index + 1)), Archive.cell(reason.at),
                    .integer(try archive.textID(reason.message)),
                ])
        }
        for (index, log) in logs.enumerated() {
            try database.run(
                "INSERT INTO log (execution_id, attempt, number, name_id, uri) VALUES (?, ?, ?, ?, ?)",
                place + [.integer(Int64(index + 1)), .integer(try archive.nameID(log.name)), .text(log.uri)])
        }
    }

    // MARK: The rest

    private func writeTags(_ id: Int64) throws {
        let execution = tree.execution
        var number: Int64 = 0
        func write(_ kind: String, _ key: String, _ value: String?) throws {
            number += 1
            try database.run(
                "INSERT INTO execution_tag (execution_id, number, kind, key_id, value_id) VALUES (?, ?, ?, ?, ?)",
                [
                    .integer(id), .integer(number), .text(kind), .integer(try archive.nameID(key)),
                    try value.map { .integer(try archive.textID($0)) } ?? .null,
                ])
        }
        // Maps come in any order on the wire; their keys give one.
        for (kind, entries) in [("label", execution.labels), ("annotation", execution.annotations)] {
            for entry in entries.sorted(by: { $0.key < $1.key }) { try write(kind, entry.key, entry.value) }
        }
        for tag in execution.tags { try write("tag", tag, nil) }
        for entry in execution.environment { try write("env", entry.key, entry.value) }
    }

    private func writeSignals(_ id: Int64) throws {
        for (index, signal) in tree.signals.enumerated() {
            try database.run(
                "INSERT INTO signal (execution_id, number, signal_id, type_id, value_json, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .integer(id), .integer(Int64(index + 1)), .integer(try archive.nameID(signal.id)),
                    .integer(try archive.nameID(signal.type)), signal.valueJSON.map { .text($0) } ?? .null,
                    .integer(tree.capture.observedAt.nanoseconds),
                ])
        }
    }

    private func writeGaps(_ id: Int64) throws {
        for (index, gap) in tree.capture.withheld.enumerated() {
            try database.run(
                """
                INSERT INTO capture (execution_id, number, node_id, attempt, task_id, field, state, detail_id, seen_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(id), .integer(Int64(index + 1)),
                    try gap.place.nodeID.map { .integer(try archive.nameID($0)) } ?? .null,
                    gap.place.attempt.map { .integer(Int64($0)) } ?? .null,
                    try archive.definitionCell(gap.place.task, source: source), .text(gap.field),
                    .text(gap.state.rawValue),
                    .integer(try archive.textID(gap.detail)), .integer(tree.capture.observedAt.nanoseconds),
                ])
        }
    }

    private func writeDynamicEdges(_ id: Int64) throws {
        for (nodeID, closure) in tree.dynamicClosures.sorted(by: { $0.key < $1.key }) {
            guard let node = tree.node(nodeID) else { continue }
            for workflow in closure.workflows where !workflow.id.name.isEmpty {
                let definition = try archive.definitionID(workflow.id, source: source)
                for edge in workflow.edges {
                    try database.run(
                        """
                        INSERT OR IGNORE INTO dynamic_edge (execution_id, node, definition_id, upstream_id, downstream_id)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                        [
                            .integer(id), .integer(Int64(node + 1)), .integer(definition),
                            .integer(try archive.nameID(edge.upstream)),
                            .integer(try archive.nameID(edge.downstream)),
                        ])
                }
            }
        }
    }
}
