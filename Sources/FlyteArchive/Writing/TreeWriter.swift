import FlyteIDL
import FlyteModel
import FlyteTrace
import Tables

/// Writes the rows of one execution, within a transaction. What each row says is declared with its table, in `Rows/`.
struct TreeWriter {
    let archive: Archive
    let source: SourceID
    let scope: Int64
    let execution: PreparedExecution
    private let proof: RecordProof

    /// - Parameter execution: Tied to the archive's definitions.
    init(archive: Archive, source: SourceID, scope: Int64, execution: PreparedExecution) {
        (self.archive, self.source, self.scope, self.execution) = (archive, source, scope, execution)
        proof = RecordProof(of: execution.tree)
    }

    private var tree: ExecutionTree { execution.tree }
    private var derived: DerivedWriter {
        DerivedWriter(archive: archive, source: source, tree: tree, toldSpans: execution.toldSpans)
    }

    private func place(_ id: Int64) -> RowPlace { RowPlace(archive: archive, source: source, owner: id) }

    /// Writes all that belongs to an execution.
    ///
    /// - Parameter id: Of its row, from which everything was taken away; nil when it has none.
    ///
    /// - Returns: The row.
    func write(id known: Int64?, reread: Cell) throws -> Int64 {
        let row = try row(reread: reread)
        let id = try known ?? insert(row)
        if known != nil { try ArchiveTable.execution.update(id, row, at: place(id)) }
        try writeMessages(id)
        try writeGaps(id)
        try archive.writeRedactions(tree.capture.redactions, execution: id, source: source)
        try writeContent(id)
        return id
    }

    /// What follows from what was read: everything but the messages themselves, the gaps and the redactions.
    func writeRows(id: Int64, reread: Cell) throws {
        try ArchiveTable.execution.update(id, row(reread: reread), at: place(id))
        try writeContent(id)
    }

    private func row(reread: Cell) throws -> ExecutionRow {
        ExecutionRow(
            execution, scope: scope, reread: reread, cause: derived.cause, isComplete: proof.isComplete,
            parent: try named(tree.execution.parent?.execution, .followed),
            reference: try named(tree.execution.reference, .followed))
    }

    /// How rows of this execution write another one that its messages name.
    private func named(_ id: ExecutionID?, _ relation: Archive.Relation) throws -> String? {
        try id.map {
            Archive.reference(
                try archive.execution(meantBy: $0, as: relation, of: Archive.Namer(tree, source)),
                from: tree.capture.id)
        }
    }

    private func insert(_ row: ExecutionRow) throws -> Int64 {
        try ArchiveTable.newExecution.insert(row, at: place(0))
        let id = archive.database.insertedRow
        try archive.database.run(
            "INSERT INTO seal (part, id, number, content) VALUES ('execution', ?, 0, ?)",
            [.integer(id), Cell(tree.capture.observedAt)])
        return id
    }

    private func writeContent(_ id: Int64) throws {
        var maps = execution.maps.inOrder
        var unreadable = tree.unreadable
        var lineage = TreeLineage()
        func number(
            _ map: ExecutionTree.MapPlace?, _ place: CapturePlace, _ field: String
        ) throws -> Int64? { try self.number(of: map, &maps, id, place, field, &unreadable, &lineage) }
        func tell(_ texts: [String], _ place: CapturePlace, _ field: String) {
            for text in texts {
                unreadable.append(Unreadable(place: place, field: field, what: text, reason: .invalidUTF8))
            }
        }
        // Their numbers are in the execution's row already.
        lineage.add(
            .execution, inputs: try number(tree.inputs, .execution, "inputs"),
            outputs: try number(tree.outputs, .execution, "outputs"))
        tell(tree.execution.invalidTexts, .execution, "execution")
        let path = derived.path
        let networks = ExecutionNetworks(of: tree)
        let slacks = NodeSlack.all(in: networks)
        let onPath = path.map { tree.nodes(onPath: $0) }
        var attempts = 0
        for (index, node) in tree.nodes.enumerated() {
            let place = CapturePlace.node(node.id)
            let row = NodeRow(
                node: node, execution: node.execution, path: tree.path(of: index),
                inputs: try number(node.inputs, place, "inputs"),
                outputs: try number(node.outputs, place, "outputs"), child: try named(node.child, .launched),
                slack: slacks[index], isOnPath: onPath.map { $0.contains(index) })
            try ArchiveTable.node.insert(row, at: self.place(id).numbered(index + 1))
            lineage.add(TreeLineage.Place(node: index), inputs: row.inputs, outputs: row.outputs)
            lineage.add(cached: row.execution.cacheArtifact, ofNode: index)
            tell(row.execution.invalidTexts, place, "node")
            for (position, attempt) in node.attempts.enumerated() {
                attempts += 1
                let place = CapturePlace(nodeID: node.id, attempt: attempt.retryAttempt, task: attempt.task)
                let row = AttemptRow(
                    execution: attempt.execution, requests: attempt.requests(in: node),
                    replicas: attempt.replicas, isPhantom: node.isPhantom,
                    outcome: WorkOutcome(ofAttempt: position, of: index, in: tree),
                    inputs: try number(attempt.inputs, place, "inputs"),
                    outputs: try number(attempt.outputs, place, "outputs"))
                lineage.add(
                    TreeLineage.Place(node: index, attempt: position), inputs: row.inputs,
                    outputs: row.outputs)
                tell(row.execution.invalidTexts, place, "attempt")
                try write(row, at: self.place(id).numbered(attempts, in: Int64(index + 1)))
            }
        }
        for (index, row) in TagRow.all(of: tree.execution).enumerated() {
            try ArchiveTable.tag.insert(row, at: place(id).numbered(index + 1))
        }
        for (index, signal) in tree.signals.enumerated() {
            try ArchiveTable.signal.insert(
                SignalRow(signal: signal, observedAt: tree.capture.observedAt),
                at: place(id).numbered(index + 1))
        }
        try writeDynamicEdges(id)
        for (index, row) in lineage.rows(of: tree).enumerated() {
            try ArchiveTable.lineage.insert(row, at: place(id).numbered(index + 1))
        }
        for (index, row) in proof.lost.enumerated() {
            try ArchiveTable.lostRow.insert(row, at: place(id).numbered(index + 1))
        }
        for index in proof.neverWritten {
            try ArchiveTable.neverWritten.insert((), at: place(id).numbered(index + 1))
        }
        unreadable += try archive.unreadableDefinitions(of: tree, source)
        if tree.metrics != nil, execution.toldSpans == nil {
            unreadable.append(Unreadable(place: .execution, field: "metrics", reason: .tooDeep))
        }
        for (index, row) in unreadable.enumerated() {
            try ArchiveTable.unreadable.insert(row, at: place(id).numbered(index + 1))
        }
        try derived.writeSpans(id)
        try derived.writePath(path, networks, id)
    }

    // MARK: Messages and maps

    private func writeMessages(_ id: Int64) throws {
        let place = place(id)
        try archive.packer.store(tree.capture.messages, ready: execution.frames) { index, message, packed in
            let row = MessageRow(
                message: message, place: packed, sha256: try execution.hashes.hash(at: index))
            try ArchiveTable.message.insert(row, at: place.numbered(index + 1))
        }
    }

    private func writeGaps(_ id: Int64) throws {
        for (index, withheld) in tree.capture.withheld.enumerated() {
            try ArchiveTable.capture.insert(
                CaptureRow(withheld: withheld, observedAt: tree.capture.observedAt),
                at: place(id).numbered(index + 1))
        }
    }

    /// The number of the map at the next place, with its rows written when it is new.
    ///
    /// - Parameters:
    ///   - owner: What it is of, and which side.
    ///   - unreadable: Gets those of its variables that cannot be shown as they are.
    ///   - lineage: Gets the addresses in it.
    private func number(
        of map: ExecutionTree.MapPlace?, _ maps: inout TreeLiteralMaps.Numbers, _ id: Int64,
        _ owner: CapturePlace, _ field: String, _ unreadable: inout [Unreadable], _ lineage: inout TreeLineage
    ) throws -> Int64? {
        guard let (number, isNew) = maps.next(), let map else { return nil }
        guard isNew else { return number }
        let place = place(id).numbered(Int(number), in: number)
        try ArchiveTable.literalMap.insert(map, at: place)
        let variables = execution.maps.variables(at: map, number: number, in: tree)
        lineage.add(variables, ofMap: number)
        for variable in variables {
            try ArchiveTable.literal.insert(LiteralRow(variable), at: place)
            guard let reason = variable.failure else { continue }
            unreadable.append(Unreadable(place: owner, field: field, what: variable.name, reason: reason))
        }
        // An empty map has no bytes.
        if variables.isEmpty, !map.range.isEmpty {
            unreadable.append(Unreadable(place: owner, field: field, reason: .truncated))
        }
        return number
    }

    // MARK: Attempts and edges

    private func write(_ row: AttemptRow, at place: RowPlace) throws {
        try ArchiveTable.attempt.insert(row, at: place)
        var logs = row.execution.logs
        for (index, resource) in row.execution.externalResources.enumerated() {
            logs += resource.logs
            try ArchiveTable.subtask.insert(resource, at: place.numbered(index + 1, in: place.number))
        }
        for (index, reason) in row.execution.reasons.enumerated() {
            try ArchiveTable.reason.insert(reason, at: place.numbered(index + 1, in: place.number))
        }
        for (index, log) in logs.enumerated() {
            try ArchiveTable.log.insert(log, at: place.numbered(index + 1, in: place.number))
        }
    }

    private func writeDynamicEdges(_ id: Int64) throws {
        for (nodeID, closure) in tree.dynamicClosures.sorted(by: { $0.key < $1.key }) {
            guard let node = tree.node(nodeID.text) else { continue }
            let place = place(id).numbered(0, in: Int64(node + 1))
            for workflow in closure.workflows where !workflow.id.name.isEmpty {
                let definition = try archive.definitionID(workflow.id, source: source)
                for edge in workflow.edges {
                    try ArchiveTable.dynamicEdge.insert(
                        EdgeRow(
                            definition: definition, upstream: edge.upstream, downstream: edge.downstream),
                        at: place)
                }
            }
        }
    }
}
