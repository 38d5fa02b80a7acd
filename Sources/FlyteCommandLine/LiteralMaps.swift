import FlyteArchive
import FlyteModel
import Tables

/// The literal maps of an execution, a node or an attempt in an archive.
struct LiteralMaps {
    /// In words.
    let place: String
    private let archive: Archive
    private let ids: [String: Int64]

    init(_ archive: Archive, _ found: FoundExecution, node: String?, attempt: Int64?) throws {
        self.archive = archive
        var cells = found.cells
        var words = "\(found.id)"
        let table: Table
        if let node {
            cells["node"] = .text(node)
            words = "node '\(node)' of \(words)"
            if let attempt {
                cells["attempt"] = .integer(attempt)
                words = "attempt \(attempt) of \(words)"
                table = try archive.query(
                    """
                    SELECT input_map_id, output_map_id FROM v_task_execution
                    WHERE \(FoundExecution.condition) AND node_id = :node AND attempt = :attempt
                    """, cells)
            } else {
                table = try archive.query(
                    """
                    SELECT input_map_id, output_map_id FROM v_node_execution
                    WHERE \(FoundExecution.condition) AND node_id = :node
                    """, cells)
            }
        } else {
            table = try archive.query(
                """
                SELECT input_map_id, output_map_id FROM v_execution
                WHERE source = :source AND project = :project AND domain = :domain AND name = :execution
                """, cells)
        }
        guard let row = table.rows.first else {
            throw Failure(
                "There is no \(words) in the archive; 'flightlog show' lists the nodes and attempts.")
        }
        place = words
        var ids: [String: Int64] = [:]
        ids["input"] = row[0].integer
        ids["output"] = row[1].integer
        self.ids = ids
    }

    /// A `core.LiteralMap`; nil when the archive has none.
    func bytes(_ direction: String) throws -> [UInt8]? {
        try ids[direction].flatMap { try archive.literalMap($0) }
    }

    /// A value in full, however large; nil when the map has no such variable.
    func json(_ name: String, _ direction: String) throws -> String? {
        try variables(direction, limit: .max).first { $0.name == name }?.json
    }

    private func variables(_ direction: String, limit: Int) throws -> [LiteralVariable] {
        guard let bytes = try bytes(direction) else { return [] }
        return try LiteralMap(decoding: bytes, valueLimit: limit).variables.sorted { $0.name < $1.name }
    }

    /// A row a variable; values over 64 KiB are left out.
    func table(_ directions: [String]) throws -> Table {
        var table = Table(columns: [
            Column("direction"), Column("name"), Column("type"), Column("value_json"), Column("uri"),
            Column("size_bytes", .integer),
        ])
        for direction in directions {
            for variable in try variables(direction, limit: LiteralMap.valueLimit) {
                table.rows.append([
                    .text(direction), .text(variable.name), .text(variable.type),
                    variable.json.map { .text($0) } ?? .null,
                    variable.uri.map { .text($0) } ?? .null, .integer(variable.sizeBytes),
                ])
            }
        }
        return table
    }
}
