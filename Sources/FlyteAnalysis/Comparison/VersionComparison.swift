public import FlyteArchive
import FlyteModel
public import Tables

/// Two versions of a workflow side by side: what changed in their definitions, and whether runs of the one fail more often
/// or take longer than those of the other.
///
/// Rates are compared by Fisher's test and Newcombe's interval, durations by Mann-Whitney, or log-rank where some were cut
/// off, over the workflow and all of its nodes with the false discovery rate of ``Statistics``.
public struct VersionComparison: Sendable {
    /// What is compared.
    public struct Request: Hashable, Sendable {
        public var workflow: String
        public var before: String
        public var after: String
        public var project: String?
        public var domain: String?

        public init(
            workflow: String, before: String, after: String, project: String? = nil, domain: String? = nil
        ) {
            self.workflow = workflow
            self.before = before
            self.after = after
            self.project = project
            self.domain = domain
        }
    }

    /// Why two versions cannot be compared, in a sentence.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    public let request: Request
    public private(set) var before: ComparedVersion
    public private(set) var after: ComparedVersion
    public private(set) var differences: [ExecutionDifference] = []
    /// The workflow's own figures first, under an empty path, then those of its nodes.
    public private(set) var figures: [FigurePair] = []

    /// Runs of one place under both versions.
    public struct FigurePair: Hashable, Sendable {
        public var path: String
        public var runsBefore: Int
        public var runsAfter: Int
        public var failureRate: RateChange
        public var duration: DurationChange
        public var medianBefore: Double?
        public var medianAfter: Double?
    }

    private struct Sample {
        var failed = 0
        var ended = 0
        var durations: [Statistics.Duration] = []

        var rate: Proportion? { Proportion(failed, of: ended) }
        var median: Double? {
            Statistics.quantile(0.5, of: durations.filter { !$0.isCensored }.map(\.seconds))
        }
    }

    public init(_ request: Request, in archive: Archive) throws {
        self.request = request
        let place = try Self.place(request, archive)
        (before, after) = (
            try Self.version(request.before, place, archive), try Self.version(request.after, place, archive)
        )
        var changes = DefinitionChanges(archive)
        let (old, new) = (
            try Self.representative(request.before, place, archive),
            try Self.representative(request.after, place, archive)
        )
        if let new, let old {
            try changes.addGraph(of: request.workflow, in: new, from: request.before, to: request.after)
            let earlier = Dictionary(
                try ComparedNode.all(of: old, in: archive).map { ($0.path, $0) },
                uniquingKeysWith: { first, _ in first })
            for node in try ComparedNode.all(of: new, in: archive) {
                guard let other = earlier[node.path], let row = node.taskRow, let otherRow = other.taskRow,
                    row != otherRow
                else { continue }
                if node.task != other.task {
                    differences.append(
                        ExecutionDifference(.version, at: node.path, "task", other.task, node.task))
                } else {
                    try changes.addTask(from: otherRow, to: row, at: [node.path])
                }
                for name in ["cpu", "memory", "gpu"] where node.requests[name] != other.requests[name] {
                    differences.append(
                        ExecutionDifference(
                            .resources, at: node.path, name, other.requests[name], node.requests[name]))
                }
            }
        }
        differences += changes.merged(cause: nil)
        try compareFigures(place, archive)
    }

    // MARK: Reading

    private typealias Place = [String: Cell]

    private static let runs = """
        FROM execution e JOIN definition w ON w.id = e.workflow_id JOIN scope c ON c.id = w.scope_id
        JOIN source s ON s.id = c.source_id
        WHERE w.kind = 'workflow' AND w.name = :workflow AND w.version = :version AND s.name = :source
            AND c.project = :project AND c.domain = :domain
        """

    /// The one place that has the workflow.
    private static func place(_ request: Request, _ archive: Archive) throws -> Place {
        let places = try archive.query(
            """
            SELECT DISTINCT s.name, c.project, c.domain FROM definition d JOIN scope c ON c.id = d.scope_id
            JOIN source s ON s.id = c.source_id
            WHERE d.kind = 'workflow' AND d.name = :workflow AND (:project IS NULL OR c.project = :project)
                AND (:domain IS NULL OR c.domain = :domain)
            ORDER BY 1, 2, 3
            """,
            [
                "workflow": .text(request.workflow), "project": Cell(request.project),
                "domain": Cell(request.domain),
            ]
        ).rows
        guard let place = places.first else {
            throw Failure(description: "The archive has no workflow '\(request.workflow)'.")
        }
        guard places.count == 1 else {
            let names = places.map { "\($0[1].text ?? "")/\($0[2].text ?? "") of \($0[0].text ?? "")" }
            throw Failure(
                description:
                    "'\(request.workflow)' is a workflow of \(places.count) places: \(names.joined(separator: ", ")). Say which with --project and --domain."
            )
        }
        return [
            "workflow": .text(request.workflow), "source": place[0], "project": place[1], "domain": place[2],
        ]
    }

    private static func version(_ version: String, _ place: Place, _ archive: Archive) throws
        -> ComparedVersion
    {
        let cells = place.merging(["version": .text(version)]) { $1 }
        let row = try archive.query(
            """
            SELECT
                count(*) AS runs, sum(e.phase = 'SUCCEEDED') AS succeeded,
                sum(e.phase IN ('FAILED', 'TIMED_OUT')) AS failed, sum(e.phase = 'ABORTED') AS aborted,
                strftime('%Y-%m-%dT%H:%M:%SZ', min(e.ended_at) / 1000000000, 'unixepoch') AS first_at,
                strftime('%Y-%m-%dT%H:%M:%SZ', max(e.ended_at) / 1000000000, 'unixepoch') AS last_at
            \(runs) AND e.phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
            """, cells
        ).namedRows.first
        guard let row, row.count("runs") > 0 else {
            let known = try archive.query(
                """
                SELECT w.version FROM execution e JOIN definition w ON w.id = e.workflow_id JOIN scope c ON c.id = w.scope_id
                JOIN source s ON s.id = c.source_id
                WHERE w.kind = 'workflow' AND w.name = :workflow AND s.name = :source AND c.project = :project
                    AND c.domain = :domain
                GROUP BY 1 ORDER BY max(e.created_at) DESC LIMIT 5
                """, place
            ).rows.compactMap { $0[0].text }
            throw Failure(
                description:
                    "The archive has no run of version '\(version)' of '\(place["workflow"]?.text ?? "")' that ended; the newest versions that ran are \(known.joined(separator: ", "))."
            )
        }
        return ComparedVersion(
            version: version, runs: row.count("runs"), succeeded: row.count("succeeded"),
            failed: row.count("failed"),
            aborted: row.count("aborted"), medianSeconds: nil, firstEndedAt: row.text("first_at"),
            lastEndedAt: row.text("last_at"))
    }

    /// A run whose nodes stand for those of the version: the last that succeeded, else the last.
    private static func representative(
        _ version: String, _ place: Place, _ archive: Archive
    ) throws -> ComparedExecution? {
        let cells = place.merging(["version": .text(version)]) { $1 }
        let row = try archive.query(
            """
            SELECT e.name, x.project, x.domain
            \(runs.replacing("WHERE", with: "JOIN scope x ON x.id = e.scope_id WHERE"))
            ORDER BY e.phase = 'SUCCEEDED' DESC, e.created_at DESC LIMIT 1
            """, cells
        ).rows.first
        guard let row else { return nil }
        return try ComparedExecution(
            ExecutionID(project: row[1].text ?? "", domain: row[2].text ?? "", name: row[0].text ?? ""),
            source: place["source"]?.text ?? "", in: archive)
    }

    // MARK: Figures

    /// Runs beyond this are left out, the oldest first: more tell nothing new.
    private static let runLimit = 2_000

    private static func samples(
        _ version: String, _ place: Place, _ archive: Archive
    ) throws -> [KeyBytes: Sample] {
        let cells = place.merging(["version": .text(version)]) { $1 }
        var samples: [KeyBytes: Sample] = [:]
        func take(_ path: String, _ phase: String?, _ seconds: Double?) {
            guard let phase, ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"].contains(phase) else { return }
            if phase != "ABORTED" {
                samples[KeyBytes(path), default: Sample()].ended += 1
                if phase != "SUCCEEDED" { samples[KeyBytes(path), default: Sample()].failed += 1 }
            }
            guard let seconds, seconds >= 0 else { return }
            samples[KeyBytes(path), default: Sample()].durations.append(
                Statistics.Duration(seconds: seconds, isCensored: phase != "SUCCEEDED"))
        }
        let chosen = "SELECT e.id \(runs) ORDER BY e.ended_at DESC LIMIT \(runLimit)"
        try archive.rows(
            "SELECT e.phase, e.duration_ns / 1e9 FROM execution e WHERE e.id IN (\(chosen))", cells,
            start: { _ in }
        ) { take("", $0[0].text, $0[1].real) }
        try archive.rows(
            """
            SELECT coalesce(p.value, sp.value, ''), n.phase, n.duration_ns / 1e9 FROM node n
            LEFT JOIN name p ON p.id = n.path_id LEFT JOIN name sp ON sp.id = n.spec_node_id
            WHERE n.execution_id IN (\(chosen)) AND n.kind IN ('task', 'array', 'launch_plan')
                -- What was found in a cache, recovered, or ended by others says nothing of itself.
                AND (n.attempt_count > 0 OR n.child IS NOT NULL)
            """, cells, start: { _ in }
        ) { take($0[0].text ?? "", $0[1].text, $0[2].real) }
        return samples
    }

    private mutating func compareFigures(_ place: Place, _ archive: Archive) throws {
        let (old, new) = (
            try Self.samples(request.before, place, archive), try Self.samples(request.after, place, archive)
        )
        before.medianSeconds = old[""]?.median
        after.medianSeconds = new[""]?.median
        let paths = Set(old.keys).union(new.keys).sorted()
        let pairs = paths.map { (old[$0] ?? Sample(), new[$0] ?? Sample()) }
        let rates = WindowComparison.rateChanges(pairs.map { .init(now: $1.rate, before: $0.rate) })
        let durations = WindowComparison.durationChanges(
            pairs.map { .init(now: $1.durations, before: $0.durations) })
        for (index, path) in paths.enumerated() {
            let (earlier, later) = pairs[index]
            figures.append(
                FigurePair(
                    path: path.text, runsBefore: earlier.durations.count, runsAfter: later.durations.count,
                    failureRate: rates[index], duration: durations[index], medianBefore: earlier.median,
                    medianAfter: later.median))
            let node = path.text.isEmpty ? nil : path.text
            if let rate = rates[index].measured, rate.verdict != .unchanged, let a = earlier.rate,
                let b = later.rate
            {
                differences.append(
                    ExecutionDifference(
                        .failureRate, at: node, "failed of those that ended", "\(a.successes) of \(a.total)",
                        "\(b.successes) of \(b.total)",
                        note: "\(rate.verdict.rawValue), p = \(Self.p(rate.adjustedPValue))"))
            }
            if let change = durations[index].measured, change.verdict != .unchanged {
                differences.append(
                    ExecutionDifference(
                        .duration, at: node, "median", earlier.median.map(UsualDurations.seconds),
                        later.median.map(UsualDurations.seconds),
                        note: "\(change.verdict.rawValue), p = \(Self.p(change.adjustedPValue))"))
            }
        }
    }

    private static func p(_ value: Double) -> String {
        value < 0.0001 ? "under 0.0001" : NumberText.fixed(value, 4)
    }

    // MARK: As tables

    /// The parts of an answer, each with a name and a title.
    public func tables() -> [(name: String, title: String, table: Table)] {
        var versions = Table(columns: [
            Column("side"), Column("version"), Column("runs", .integer), Column("succeeded", .integer),
            Column("failed", .integer), Column("aborted", .integer), Column("failure_rate", .real),
            Column("rate_low", .real), Column("rate_high", .real), Column("median_s", .real),
            Column("first_ended_at"), Column("last_ended_at"),
        ])
        for (side, version) in [("before", before), ("after", after)] {
            let interval = version.failures?.wilsonInterval()
            let rates = [version.failures?.estimate, interval?.low, interval?.high, version.medianSeconds]
            versions.rows.append(
                [
                    .text(side), .text(version.version), .integer(Int64(version.runs)),
                    .integer(Int64(version.succeeded)), .integer(Int64(version.failed)),
                    .integer(Int64(version.aborted)),
                ] + rates.map { $0.map { .real($0) } ?? .null }
                    + [Cell(version.firstEndedAt), Cell(version.lastEndedAt)])
        }
        var places = Table(columns: [
            Column("node_path"), Column("runs_before", .integer), Column("runs_after", .integer),
            Column("median_before_s", .real), Column("median_after_s", .real), Column("duration"),
            Column("duration_p", .real), Column("failure_rate"), Column("failure_rate_p", .real),
        ])
        for figure in figures {
            places.rows.append([
                Cell(figure.path.isEmpty ? nil : figure.path), .integer(Int64(figure.runsBefore)),
                .integer(Int64(figure.runsAfter)), figure.medianBefore.map { .real($0) } ?? .null,
                figure.medianAfter.map { .real($0) } ?? .null,
                .text(figure.duration.measured?.verdict.rawValue ?? "not_enough_data"),
                figure.duration.measured.map { .real($0.adjustedPValue) } ?? .null,
                .text(figure.failureRate.measured?.verdict.rawValue ?? "not_enough_data"),
                figure.failureRate.measured.map { .real($0.adjustedPValue) } ?? .null,
            ])
        }
        return [
            ("versions", "Versions of \(request.workflow)", versions),
            ("differences", "Differences", ExecutionDifference.table(differences)),
            ("figures", "Runs and nodes", places),
        ]
    }
}
