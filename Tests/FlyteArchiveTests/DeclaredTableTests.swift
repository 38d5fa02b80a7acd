import Tables
import TestSupport
import Testing

@testable import FlyteArchive

/// What the code fills and what the schema has are the same, in both directions.
struct DeclaredTableTests {
    private static func withArchive(_ body: (Archive) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            try body(try Archive(path: folder + "/a.db", mode: .readWrite))
        }
    }

    private static func columns(of table: String, in archive: Archive) throws -> [String] {
        try archive.query("SELECT name FROM pragma_table_info(:table)", ["table": .text(table)]).rows
            .compactMap { $0[0].text }
    }

    @Test func eachDeclaredColumnIsOneOfTheSchemaAndTheOtherWayRound() throws {
        try Self.withArchive { archive in
            #expect(Set(ArchiveTable.all.map(\.name)).count == ArchiveTable.all.count)
            for table in ArchiveTable.all {
                let declared = table.columnNames + table.others
                #expect(Set(declared).count == declared.count, "\(table.name) has a column twice")
                let columns = try Self.columns(of: table.name, in: archive)
                #expect(Set(declared) == Set(columns), "\(table.name)")
            }
        }
    }

    @Test func eachTableThatBelongsToAnExecutionOrADefinitionIsDeclared() throws {
        try Self.withArchive { archive in
            let declared = Set(ArchiveTable.all.map(\.name))
            var written: Set = ["execution", "definition"]
            for owner in ["execution", "definition"] {
                let owned = try OwnedTables(of: owner, in: archive.database)
                #expect(!owned.read.isEmpty && !owned.derived.isEmpty)
                written.formUnion((owned.read + owned.derived).map(\.name))
            }
            #expect(written == declared)
        }
    }

    /// A table that names an execution without a foreign key would be kept when the execution is forgotten.
    @Test func whatNamesAnExecutionBelongsToIt() throws {
        try Self.withArchive { archive in
            let naming = try archive.query(
                """
                SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                WHERE t.type = 'table' AND c.name = 'execution_id'
                """
            ).rows.compactMap { $0[0].text }
            let owned = try archive.owned.get()
            let all = (owned.read + owned.marks + owned.derived).map(\.name)
            #expect(Set(all).count == all.count)
            #expect(Set(naming) == Set(all))
            #expect(owned.marks.map(\.name).sorted() == ["erasure", "vanished"])
        }
    }

    /// Each reference to a definition, in a row that comes along with an execution, brings the definition along.
    @Test func referencesToDefinitionsAreFound() throws {
        try Self.withArchive { archive in
            let owned = try archive.owned.get()
            let own = OwnedTables.Owned(name: "execution", column: "id")
            let found = try OwnedTables.references(
                to: "definition", from: [own] + owned.derived + owned.read, in: archive.database
            ).map { "\($0.owned.name).\($0.column)" }
            #expect(
                Set(found) == [
                    "execution.launch_plan_id", "execution.workflow_id", "node.task_id", "attempt.task_id",
                    "message.task_id", "capture.task_id", "dynamic_edge.definition_id",
                ])
        }
    }
}
