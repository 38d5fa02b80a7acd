public import FlyteModel
import Tables

extension Archive {
    /// The bytes of a definition; nil when the archive does not have them.
    public func definition(_ id: DefinitionID, source: SourceID) throws -> [UInt8]? {
        try definitionPack(id, source: source).map { try packer.content($0) }
    }

    /// Where the bytes of a definition lie; nil when the archive does not have them.
    func definitionPack(_ id: DefinitionID, source: SourceID) throws(ArchiveError) -> Int64? {
        try database.integer(
            """
            SELECT d.pack_id FROM definition d JOIN scope c ON c.id = d.scope_id
            WHERE c.source_id = ? AND c.project = ? AND c.domain = ? AND d.kind = ? AND d.name = ? AND d.version = ?
            """,
            [
                .integer(source.id), .text(id.project), .text(id.domain), .text(id.kind.rawValue),
                .text(id.name), .text(id.version),
            ])
    }

    /// What a tree of this source can look up.
    func lookup(_ source: SourceID) -> ExecutionTree.Definitions {
        ExecutionTree.Definitions(
            workflow: { [unowned self] id in
                let key = DefinitionCache.Key(source: source.id, id: id)
                if let known = definitions.workflows[key] { return known }
                let bytes = (try? definition(id, source: source)).flatMap { $0 }
                let closure = bytes.flatMap { try? WorkflowClosure(workflow: $0) }
                definitions.workflows.keep(closure, for: key, bytes: 500 + (bytes?.count ?? 0))
                return closure
            },
            task: { [unowned self] id in
                let key = DefinitionCache.Key(source: source.id, id: id)
                if let known = definitions.tasks[key] { return known }
                let bytes = (try? definition(id, source: source)).flatMap { $0 }
                let template = bytes.flatMap { try? TaskTemplate(decoding: $0) }
                definitions.tasks.keep(template, for: key, bytes: 500 + (bytes?.count ?? 0))
                return template
            })
    }

    /// Stores definitions that the archive does not have yet.
    ///
    /// - Returns: Those that were new.
    func store(
        _ understood: [(CapturedDefinition, DefinitionContent)], source: SourceID
    ) throws -> [DefinitionID] {
        var stored: [DefinitionID] = []
        for (definition, content) in understood {
            let row = try definitionID(definition.id, source: source)
            guard
                try database.row("SELECT pack_id FROM definition WHERE id = ?", [.integer(row)])?.first?
                    .isNull == true
            else { continue }
            let pack = try packer.store(definition.bytes)
            try database.run(
                "UPDATE definition SET pack_id = ?, sha256 = ? WHERE id = ?",
                [.integer(pack), .blob(SHA256.hash(definition.bytes)), .integer(row)])
            try writeRedactions(definition.redactions, definition: row)
            try fillColumns(of: content, row: row, source: source)
            let key = DefinitionCache.Key(source: source.id, id: definition.id)
            definitions.workflows.remove(key)
            definitions.tasks.remove(key)
            stored.append(definition.id)
        }
        return stored
    }

    /// The columns and edges that follow from a definition's message.
    func fillColumns(of content: DefinitionContent, row: Int64, source: SourceID) throws {
        switch content {
        case .task(let task): try fill(task, row)
        case .launchPlan(let plan):
            try database.run(
                "UPDATE definition SET created_at = ?, schedule = ? WHERE id = ?",
                [Self.cell(plan.createdAt), plan.schedule.map { .text($0) } ?? .null, .integer(row)])
        case .workflow(let closure):
            try database.run(
                "UPDATE definition SET created_at = ? WHERE id = ?",
                [Self.cell(closure.createdAt), .integer(row)])
            for workflow in closure.workflows where !workflow.id.name.isEmpty {
                let id =
                    workflow.id == closure.primary.id ? row : try definitionID(workflow.id, source: source)
                for edge in workflow.edges {
                    try database.run(
                        "INSERT OR IGNORE INTO edge (definition_id, upstream_id, downstream_id) VALUES (?, ?, ?)",
                        [
                            .integer(id), .integer(try nameID(edge.upstream)),
                            .integer(try nameID(edge.downstream)),
                        ])
                }
            }
        }
    }

    private func fill(_ task: TaskTemplate, _ row: Int64) throws {
        try database.run(
            """
            UPDATE definition SET created_at = ?, task_type = ?, image = ?, is_cacheable = ?, cache_version = ?,
                retries = ?, timeout_ns = ?, cpu_request = ?, memory_request_bytes = ?, gpu_request = ? WHERE id = ?
            """,
            [
                Self.cell(task.createdAt), .text(task.type), task.image.map { .text($0) } ?? .null,
                .integer(task.isCacheable ? 1 : 0), task.cacheVersion.map { .text($0) } ?? .null,
                .integer(task.retries),
                Self.cell(task.timeout), Self.cell(task.requests.cpu), Self.cell(task.requests.memoryBytes),
                Self.cell(task.requests.gpu), .integer(row),
            ])
    }

    static func cell(_ time: Timestamp?) -> Cell { time.map { .integer($0.nanoseconds) } ?? .null }
    static func cell(_ value: Int64?) -> Cell { value.map { .integer($0) } ?? .null }
    static func cell(_ value: Double?) -> Cell { value.map { .real($0) } ?? .null }
}
