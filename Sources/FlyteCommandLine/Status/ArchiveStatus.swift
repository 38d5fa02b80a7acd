import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// What is in an archive, how fresh it is, what is open and what failed.
struct ArchiveStatus {
    let archive: Archive
    let now: Timestamp
    /// Nanoseconds after which an archive is stale.
    var maxAge = ArchiveVerdict.usualAge

    /// How it stands, in few words.
    func verdict() throws -> ArchiveVerdict { try ArchiveVerdict(of: archive, at: now, maxAge: maxAge) }

    /// Writes the parts of an answer, from the archive as it is at one moment.
    ///
    /// - Parameters:
    ///   - weeks: At most so many rows of the coverage by week; nil for all.
    ///   - hasVerdict: Whether the first part is the verdict.
    ///   - zone: Whose weeks they are.
    func write(
        weeks: Int64?, hasVerdict: Bool = true, in zone: TimeZoneRules = .utc, to answer: AnswerWriter
    ) throws {
        try archive.reading {
            if hasVerdict {
                try answer.write(try verdict().table, name: "verdict", title: "Verdict")
            }
            try answer.write(try sources(), name: "sources", title: "Sources")
            try answer.write(try freshness(), name: "freshness", title: "Complete up to")
            try ask("coverage", to: answer)
            try ask("coverage-by-week", weeks.map { ["limit": "\($0)"] } ?? [:], in: zone, to: answer)
            for name in ["harvests", "open-executions", "zombies", "problems"] { try ask(name, to: answer) }
            try answer.write(
                try overdue(), name: "rebuild_due", title: "Due to be made again from the messages")
        }
    }

    private func ask(
        _ name: String, _ parameters: [String: String] = [:], in zone: TimeZoneRules = .utc,
        to answer: AnswerWriter
    ) throws {
        guard let query = NamedQuery.named(name) else { preconditionFailure("no query is called '\(name)'") }
        let cells = try query.cells(for: parameters.map { ($0.key, $0.value) }, now: now, in: zone)
        try query.run(on: archive, cells, into: answer)
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

    /// Why columns may be NULL, or as an older version made them, and rows may be missing that it never asked for.
    private func overdue() throws -> Table {
        let unasked = try archive.executionsNotAskedFor()
        return Table(
            columns: [
                Column("rows_of"), Column("remaining", .integer), Column("unreadable", .integer),
                Column("reason"),
            ],
            rows: try archive.overdue().map { rows in
                [
                    .text(rows.part.rawValue), .integer(Int64(rows.remaining)),
                    .integer(Int64(rows.unreadable)), .text(rows.reason),
                ]
            }
                + (unasked == 0
                    ? []
                    : [
                        [
                            .text("execution"), .integer(Int64(unasked)), .integer(0),
                            .text(
                                "an older version never asked for all of them; the next harvest reads them once more"
                            ),
                        ]
                    ]))
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
                    mark.time.map { .text($0.microsecondText) } ?? .null,
                    mark.time.map { .integer((now - $0) / 1_000_000_000) } ?? .null,
                ]
            })
    }
}
