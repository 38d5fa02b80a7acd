import FlyteIDL
public import FlyteModel
import Tables

extension Archive {
    /// The bytes of a definition; nil when the archive does not have them.
    public func definition(_ id: DefinitionID, source: SourceID) throws -> [UInt8]? {
        try definitionPack(id, source: source).map { try packer.content($0) }
    }

    /// A definition's message as JSON, by Flyte's own names.
    ///
    /// - Parameter row: The id of its row.
    /// - Returns: nil when the archive does not have the message, and when JSON cannot tell it.
    public func definitionJSON(row: Int64) throws(ArchiveError) -> String? {
        guard
            let row = try database.row("SELECT kind, pack_id FROM definition WHERE id = ?", [.integer(row)]),
            let kind = row[0].text.flatMap(DefinitionID.Kind.init), let pack = row[1].integer
        else { return nil }
        let type =
            switch kind {
            case .task: "admin.Task"
            case .workflow: "admin.Workflow"
            case .launchPlan: "admin.LaunchPlan"
            }
        let content = try packer.content(pack)
        return (try? Message(decoding: content, as: type)).flatMap { try? $0.json(.snakeCase) }
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

    /// Definitions of a tree that the archive has, and that our reader cannot take.
    func unreadableDefinitions(of tree: ExecutionTree, _ source: SourceID) throws -> [Unreadable] {
        let known = lookup(source)
        var missing: [DefinitionID] = []
        if let workflow = tree.execution.workflow, known.workflow(workflow) == nil {
            missing.append(workflow)
        }
        missing += tree.attemptTasks.filter { known.task($0) == nil }
        return try missing.filter { try definitionPack($0, source: source) != nil }.map {
            Unreadable(
                place: .execution, field: $0.kind.rawValue, what: "\($0.name)@\($0.version)", reason: .tooDeep
            )
        }
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
                "UPDATE definition SET pack_id = ? WHERE id = ?", [.integer(pack), .integer(row)])
            try writeRedactions(definition.redactions, definition: row, source: source)
            try fillColumns(
                of: content, sha256: SHA256.hash(definition.bytes), row: row, source: source)
            let key = DefinitionCache.Key(source: source.id, id: definition.id)
            definitions.workflows.remove(key)
            definitions.tasks.remove(key)
            stored.append(definition.id)
        }
        return stored
    }

    /// The columns and edges that follow from a definition's message.
    func fillColumns(
        of content: DefinitionContent, sha256: [UInt8], row: Int64, source: SourceID
    ) throws {
        let place = RowPlace(archive: self, source: source, owner: row)
        try ArchiveTable.definition.update(row, DefinitionRow(content, sha256: sha256), at: place)
        guard case .workflow(let closure) = content else { return }
        for workflow in closure.workflows where !workflow.id.name.isEmpty {
            let id = workflow.id == closure.primary.id ? row : try definitionID(workflow.id, source: source)
            for edge in workflow.edges {
                try ArchiveTable.edge.insert(
                    EdgeRow(definition: id, upstream: edge.upstream, downstream: edge.downstream), at: place)
            }
        }
    }
}
