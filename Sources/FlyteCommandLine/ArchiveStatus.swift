import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// What is in an archive, how fresh it is, what is open and what failed.
struct ArchiveStatus {
    let archive: Archive
    let now: Timestamp

    /// - Parameter weeks: At most so many rows of the coverage by week; nil for all.
    func parts(weeks: Int64?) throws -> [TableText.Part] {
        [
            .init(name: "sources", title: "Sources", table: try sources()),
            .init(name: "freshness", title: "Complete up to", table: try freshness()),
            try part("coverage"),
            try part("coverage-by-week", weeks.map { ["limit": .integer($0)] } ?? [:]),
            try part("harvests"), try part("open-executions"), try part("problems"),
        ]
    }

    private func part(_ name: String, _ parameters: [String: Cell] = [:]) throws -> TableText.Part {
        guard let query = NamedQuery.named(name) else { preconditionFailure("no query is called '\(name)'") }
        return TableText.Part(
            name: String(name.map { $0 == "-" ? "_" : $0 }), title: query.title,
            table: try query.run(on: archive, parameters))
    }

    private func sources() throws -> Table {
        let executions = try archive.query("SELECT source, count(*) FROM v_execution GROUP BY source").rows
        let sources = try archive.sources().map(\.name)
        return Table(
            columns: [
                Column("source"), Column("executions", .integer), Column("problems", .integer),
                Column("last_success_at"), Column("archive"), Column("archive_bytes", .integer),
            ],
            rows: try sources.map { source in
                [
                    .text(source), executions.first { $0[0] == .text(source) }?[1] ?? .integer(0),
                    .integer(Int64(try archive.openProblems(of: source))),
                    try archive.lastSuccess(of: source).map { .text($0.microsecondText) } ?? .null,
                    .text(archive.path), .integer(archive.fileSize),
                ]
            })
    }

    private func freshness() throws -> Table {
        Table(
            columns: [
                Column("source"), Column("project"), Column("domain"), Column("complete_up_to"),
                Column("age_s", .integer),
            ],
            rows: try archive.watermarks().map { mark in
                [
                    .text(mark.source), .text(mark.project), .text(mark.domain),
                    .text(mark.time.microsecondText), .integer((now - mark.time) / 1_000_000_000),
                ]
            })
    }
}
