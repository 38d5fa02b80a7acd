import FlyteArchive
import FlyteModel
import Glibc
import Tables

/// How long nodes of a workflow took in its last successful runs: what tells whether two durations differ by more than
/// durations of that node do.
struct UsualDurations {
    /// Of one node.
    struct Spread: Hashable {
        var runs: Int
        /// 5 % and 95 % of the runs took no longer.
        var low: Double
        var high: Double
        /// Of the logarithms: the larger of their standard deviation and its robust estimate.
        var deviation: Double
    }

    private var spreads: [KeyBytes: Spread] = [:]

    private static let runLimit = 40
    private static let nodeLimit: Int64 = 40_000
    static let minimumRuns = 10
    /// A difference of two that is by chance so far out happens once in about 16,000 nodes.
    private static let deviations = 4.0
    /// No clock of an engine says less than this about a node.
    private static let leastSeconds = 2.0

    /// The name under which the execution's own time stands.
    static let whole = ""

    /// - Parameter executions: Those that are compared, and so are no yardstick.
    init(
        of workflow: String?, before time: String?, but executions: [ComparedExecution], in archive: Archive
    ) throws(ArchiveError) {
        guard let workflow, let execution = executions.last else { return }
        let runs = try archive.query(
            """
            SELECT e.id, e.node_count, (e.ended_at - e.created_at) / 1e9 FROM execution e
            WHERE e.workflow_id IN (
                    SELECT d.id FROM definition d JOIN scope c ON c.id = d.scope_id JOIN source s ON s.id = c.source_id
                    WHERE s.name = :source AND c.project = :project AND c.domain = :domain AND d.kind = 'workflow'
                        AND d.name = :workflow)
                AND e.phase = 'SUCCEEDED' AND e.id NOT IN (:a, :b)
                AND e.created_at < (SELECT max(created_at) FROM execution WHERE id IN (:a, :b))
            ORDER BY e.ended_at DESC LIMIT \(Self.runLimit)
            """,
            [
                "source": .text(execution.source), "project": .text(execution.id.project),
                "domain": .text(execution.id.domain), "workflow": .text(workflow),
                "a": .integer(executions.first?.row ?? 0), "b": .integer(execution.row),
            ]
        ).rows
        var values: [KeyBytes: [Double]] = [:]
        var rest = Self.nodeLimit
        for run in runs {
            guard let id = run[0].integer else { continue }
            if let seconds = run[2].real { values[KeyBytes(Self.whole), default: []].append(seconds) }
            rest -= run[1].integer ?? 0
            guard rest >= 0 else { continue }
            let nodes = try archive.query(
                """
                SELECT coalesce(p.value, sp.value), sum(n.ended_at - n.created_at) / 1e9 FROM node n
                LEFT JOIN name p ON p.id = n.path_id LEFT JOIN name sp ON sp.id = n.spec_node_id
                WHERE n.execution_id = :id AND n.phase = 'SUCCEEDED' AND n.ended_at IS NOT NULL
                    AND n.attempt_count > 0
                GROUP BY 1
                """, ["id": .integer(id)])
            for node in nodes.rows {
                if let path = node[0].text, let seconds = node[1].real {
                    values[KeyBytes(path), default: []].append(seconds)
                }
            }
        }
        spreads = values.compactMapValues(Self.spread)
    }

    private static func spread(_ values: [Double]) -> Spread? {
        let values = values.filter { $0 > 0 }
        guard values.count >= minimumRuns, let low = Statistics.quantile(0.05, of: values),
            let high = Statistics.quantile(0.95, of: values)
        else { return nil }
        let logs = values.map { log($0) }
        let mean = logs.reduce(0, +) / Double(logs.count)
        let variance = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count - 1)
        let median = Statistics.quantile(0.5, of: logs) ?? mean
        // Of a normal distribution 1.4826 of these are a standard deviation.
        let robust = 1.4826 * (Statistics.quantile(0.5, of: logs.map { abs($0 - median) }) ?? 0)
        return Spread(
            runs: values.count, low: low, high: high, deviation: max(0.05, variance.squareRoot(), robust))
    }

    /// What is usual at a place; nil when too few runs tell.
    func spread(at path: String) -> Spread? { spreads[path] }

    /// Whether two durations differ by more than two runs of the same do.
    func differ(_ before: Double, _ after: Double, at path: String) -> Bool {
        guard abs(after - before) > Self.leastSeconds, before > 0, after > 0 else { return false }
        guard let spread = spreads[path] else {
            // Nobody knows what is usual: five times as long, which few tasks do of themselves, and by more than what an
            // engine adds.
            return max(before, after) >= 5 * min(before, after) && abs(after - before) >= 30
        }
        return abs(log(after / before)) > Self.deviations * 2.0.squareRoot() * spread.deviation
    }

    /// What is usual, in words; empty when nobody knows.
    func note(at path: String) -> String {
        guard let spread = spreads[path] else { return "too few runs tell what is usual" }
        return
            "usual: \(Self.seconds(spread.low)) to \(Self.seconds(spread.high)) (90 % of \(spread.runs) runs)"
    }

    static func seconds(_ value: Double) -> String { "\(NumberText.fixed(value, value < 10 ? 2 : 1)) s" }
}
