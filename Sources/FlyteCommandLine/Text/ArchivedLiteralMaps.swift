import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// The literal maps of an execution, a node or an attempt in an archive.
struct ArchivedLiteralMaps {
    /// In words.
    let place: String
    private let archive: Archive
    private let ids: [String: Int64]

    init(_ archive: Archive, _ found: ArchivedExecution, node: String?, attempt: Int64?) throws {
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
                    WHERE \(ArchivedExecution.condition) AND node_id = :node AND attempt = :attempt
                    """, cells)
            } else {
                table = try archive.query(
                    """
                    SELECT input_map_id, output_map_id FROM v_node_execution
                    WHERE \(ArchivedExecution.condition) AND node_id = :node
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

    /// Hands a `core.LiteralMap` over piece by piece; false when the archive has none.
    func pieces(_ direction: String, _ take: (ArraySlice<UInt8>) throws -> Void) throws -> Bool {
        guard let id = ids[direction] else { return false }
        var failure: (any Error)?
        let isThere = try archive.literalMap(id) { piece in
            guard failure == nil else { return }
            do { try take(piece) } catch { failure = error }
        }
        if let failure { throw failure }
        return isThere
    }

    /// Values are shown from maps up to this size; larger ones leave by `--raw`.
    private static let sizeLimit: Int64 = 64 << 20

    /// A `core.LiteralMap`; nil when the archive has none.
    private func bytes(_ direction: String) throws -> [UInt8]? {
        guard let id = ids[direction] else { return nil }
        if let size = try archive.literalMapSize(id), size > Self.sizeLimit {
            throw Failure(
                "The \(direction)s of \(place) have \(size >> 20) MiB, too much to be shown; take them as they are with --direction \(direction) --raw."
            )
        }
        return try archive.literalMap(id)
    }

    /// A value in full, however large; nil when the map has no such variable.
    func json(_ name: String, _ direction: String) throws -> String? {
        let variable = try variables(direction, limit: .max).first { $0.name == name }
        if variable?.json == nil, let reason = variable?.failure {
            throw ModelError(message: "core.Literal", reason: reason)
        }
        return variable?.json
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
                    Cell(variable.json),
                    Cell(variable.uri), .integer(variable.sizeBytes),
                ])
            }
        }
        return table
    }
}
