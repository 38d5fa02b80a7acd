import FlyteArchive
import FlyteIDL
import FlyteModel
import Tables

/// What changed between versions of tasks and workflows: their images, resources, environments, all else that they say,
/// and the graph.
struct DefinitionChanges {
    private let archive: Archive
    private var found: [(difference: ExecutionDifference, paths: [String])] = []

    init(_ archive: Archive) { self.archive = archive }

    // MARK: Tasks

    /// - Parameters:
    ///   - old: The ids of the rows of two versions of a task.
    ///   - paths: The nodes that run it.
    mutating func addTask(from old: Int64, to new: Int64, at paths: [String]) throws {
        guard let before = try leaves(of: old), let after = try leaves(of: new) else {
            add(.definition, "definition", nil, nil, paths, note: "the archive does not have both versions")
            return
        }
        for change in ValueLeaves.differences(before, after) {
            guard let (aspect, name) = Self.meaning(of: change.path, before, after) else { continue }
            let isText = aspect == .image || aspect == .environment || aspect == .resources
            add(
                aspect, name, isText ? Self.bare(change.before) : change.before,
                isText ? Self.bare(change.after) : change.after, paths)
        }
    }

    private func leaves(of row: Int64) throws -> ValueLeaves? {
        guard let json = try archive.definitionJSON(row: row) else { return nil }
        return try ValueLeaves(json: json, in: archive)
    }

    /// What a field is about; nil for what differs between any two versions, and for what nodes say of their own.
    private static func meaning(
        of path: String, _ before: ValueLeaves, _ after: ValueLeaves
    ) -> (ExecutionDifference.Aspect, String)? {
        let name = path.replacing("closure.compiled_task.template.", with: "")
        if name.beginsWithBytes(of: "id.") || name.beginsWithBytes(of: "closure.created_at")
            || name.beginsWithBytes(of: "short_description")
        {
            return nil
        }
        if name.beginsWithBytes(of: "closure.compiled_task") || name.contains("template.id.") { return nil }
        if name == "container.image" || name.endsWithBytes(of: ".image") { return (.image, "image") }
        // Those of attempts are compared as they were in force.
        if name.beginsWithBytes(of: "container.resources.requests") { return nil }
        if name.beginsWithBytes(of: "container.resources.limits["), name.endsWithBytes(of: "].value") {
            let entry = String(name.dropLast("value".count)) + "name"
            let key =
                after.values["closure.compiled_task.template." + entry]
                ?? before.values["closure.compiled_task.template." + entry]
            return (.resources, "limit \(bare(key) ?? entry)")
        }
        if name.beginsWithBytes(of: "container.env["), name.endsWithBytes(of: "].value") {
            let entry = "closure.compiled_task.template." + String(name.dropLast("value".count)) + "key"
            return (.environment, bare(after.values[entry] ?? before.values[entry]) ?? name)
        }
        if name.beginsWithBytes(of: "container.env[") { return nil }
        return (.definition, name)
    }

    private static func bare(_ json: String?) -> String? {
        json.map { $0.beginsWithBytes(of: "\"") ? String($0.dropFirst().dropLast()) : $0 }
    }

    // MARK: Graphs

    mutating func addGraph(
        of workflow: String, in execution: ComparedExecution, from old: String, to new: String
    ) throws(ArchiveError) {
        let (before, after) = (
            try edges(of: workflow, old, execution), try edges(of: workflow, new, execution)
        )
        guard let before, let after else {
            add(.dag, "graph", nil, nil, [], note: "the archive does not have both versions")
            return
        }
        func nodes(_ edges: Set<[KeyBytes]>) -> Set<KeyBytes> { Set(edges.flatMap { $0 }) }
        let (oldNodes, newNodes) = (nodes(before), nodes(after))
        for node in oldNodes.union(newNodes).sorted()
        where oldNodes.contains(node) != newNodes.contains(node) {
            add(
                .dag, "node \(node)", oldNodes.contains(node) ? "there" : nil,
                newNodes.contains(node) ? "there" : nil,
                [node.text])
        }
        let common = oldNodes.intersection(newNodes)
        for edge in before.symmetricDifference(after).sorted(by: { $0.lexicographicallyPrecedes($1) })
        where edge.allSatisfy({ common.contains($0) }) {
            add(
                .dag, "edge \(edge[0]) → \(edge[1])", before.contains(edge) ? "there" : nil,
                after.contains(edge) ? "there" : nil, [edge[1].text])
        }
    }

    private func edges(
        of workflow: String, _ version: String, _ execution: ComparedExecution
    ) throws(ArchiveError) -> Set<[KeyBytes]>? {
        let rows = try archive.query(
            """
            SELECT u.value, w.value FROM definition d
            JOIN scope c ON c.id = d.scope_id JOIN source s ON s.id = c.source_id
            LEFT JOIN edge g ON g.definition_id = d.id LEFT JOIN name u ON u.id = g.upstream_id
            LEFT JOIN name w ON w.id = g.downstream_id
            WHERE s.name = :source AND c.project = :project AND c.domain = :domain AND d.kind = 'workflow'
                AND d.name = :workflow AND d.version = :version AND d.pack_id IS NOT NULL
            """,
            [
                "source": .text(execution.source), "project": .text(execution.id.project),
                "domain": .text(execution.id.domain), "workflow": .text(workflow), "version": .text(version),
            ]
        ).rows
        guard !rows.isEmpty else { return nil }
        return Set(
            rows.compactMap { row in
                row[0].text.flatMap { u in row[1].text.map { [KeyBytes(u), KeyBytes($0)] } }
            })
    }

    // MARK: Together

    private mutating func add(
        _ aspect: ExecutionDifference.Aspect, _ name: String, _ before: String?, _ after: String?,
        _ paths: [String],
        note: String = ""
    ) {
        guard before.map({ KeyBytes($0) }) != after.map({ KeyBytes($0) }) || !note.isEmpty else { return }
        found.append(
            (
                ExecutionDifference(
                    aspect, name, ValueLeaves.shown(before), ValueLeaves.shown(after),
                    note: note.isEmpty ? ValueLeaves.note(before, after) : note), paths
            ))
    }

    /// What changed in the same way at several nodes is one difference.
    func merged(cause: String?) -> [ExecutionDifference] {
        var merged: [ExecutionDifference] = []
        var paths: [[String]] = []
        var places: [ExecutionDifference: Int] = [:]
        for (difference, own) in found {
            if let place = places[difference] {
                paths[place] += own
            } else {
                places[difference] = merged.count
                merged.append(difference)
                paths.append(own)
            }
        }
        for index in merged.indices where !paths[index].isEmpty {
            var seen: Set<KeyBytes> = []
            let own = paths[index].filter { seen.insert(KeyBytes($0)).inserted }
            merged[index].nodePath =
                own.prefix(6).joined(separator: ", ") + (own.count > 6 ? " and \(own.count - 6) more" : "")
            merged[index].isAtCause = cause.map(own.contains) ?? false
        }
        return merged
    }
}
