import FlyteModel
import Tables

/// A variable with what the view does not make by itself.
struct LiteralRow {
    let variable: LiteralVariable
    let json: String?
    let uri: String?

    init(_ variable: LiteralVariable) {
        self.variable = variable
        // The view makes JSON of a plain text or integer by itself.
        var isImplied = false
        if let text = variable.text {
            isImplied = variable.json == "\"\(text)\""
        } else if case .integer(let value) = variable.number {
            isImplied =
                variable.json
                == (variable.type == "boolean" ? (value != 0 ? "true" : "false") : String(value))
        }
        json = isImplied ? nil : variable.json
        let showsURI =
            variable.json != nil
            && ["file", "directory", "schema", "structured_dataset", "offloaded"].contains(variable.type)
        uri = showsURI ? nil : variable.uri
    }

    var number: Cell {
        switch variable.number {
        case .integer(let value): .integer(value)
        case .real(let value): .real(value)
        case nil: .null
        }
    }
}

extension ArchiveTable {
    static let literalMap = RowTable<ExecutionTree.MapPlace>(
        "literal_map",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "message": { _, map in Cell(map.message + 1) },
            "offset": { _, map in Cell(map.range.lowerBound) },
            "length": { _, map in Cell(map.range.count) },
        ])

    /// A row's parent is its map.
    static let literal = RowTable<LiteralRow>(
        "literal",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "map": { place, _ in .integer(place.parent) },
            "name_id": { place, row in try place.name(row.variable.name) },
            "type_id": { place, row in try place.name(row.variable.type) },
            "number": { _, row in row.number },
            "text": { _, row in Cell(row.variable.text) },
            "json": { _, row in Cell(row.json) },
            "uri": { _, row in Cell(row.uri) },
            "size_bytes": { _, row in .integer(row.variable.sizeBytes) },
        ])
}
