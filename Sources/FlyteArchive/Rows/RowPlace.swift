import FlyteModel
import Tables

/// Where a row belongs, with what its values may refer to.
struct RowPlace {
    let archive: Archive
    let source: SourceID
    /// The row of the execution, or of the definition, that it belongs to.
    let owner: Int64
    /// 1, 2, … among the rows of its kind.
    var number: Int64 = 0
    /// The number of the row within the owner that it belongs to: of an attempt the node, of a reason the attempt.
    var parent: Int64 = 0

    var database: Database { archive.database }

    func numbered(_ number: Int, in parent: Int64 = 0) -> RowPlace {
        RowPlace(
            archive: archive, source: source, owner: owner, number: Int64(number), parent: parent)
    }

    // MARK: What other tables hold

    func name(_ text: String) throws -> Cell { .integer(try archive.nameID(text)) }

    /// NULL for nil; an empty name is one, too.
    func name(_ text: String?) throws -> Cell { try text.map { try name($0) } ?? .null }

    /// NULL for an empty one as well.
    func filledName(_ text: String?) throws -> Cell { try archive.nameCell(text) }

    func text(_ text: String) throws -> Cell { .integer(try archive.textID(text)) }

    /// NULL for an empty one as well.
    func filledText(_ text: String?) throws -> Cell { try archive.textCell(text) }

    func error(_ error: ExecutionError?) throws -> Cell { try archive.errorCell(error) }

    /// NULL for one without a name as well.
    func definition(_ id: DefinitionID?) throws -> Cell { try archive.definitionCell(id, source: source) }
}
