import FlyteArchive
import FlyteModel
import Tables

/// The runs of a workflow in the order in which they ended, with the histories that they make.
struct RunHistory {
    /// A value of a series, and the run that it is of.
    struct Point {
        var at: Int64
        var value: Double
        var execution: Int64
    }

    private(set) var series: [ChangeSeriesName: [Point]] = [:]

    /// Older runs are left out.
    static let runLimit = 1_000

    init(of subject: ChangeSubject, in archive: Archive) throws {
        let cells: [String: Cell] = ["scope": .integer(subject.scope), "workflow": .text(subject.workflow)]
        // What ended last of each version, and of those together: an index leads to each.
        let runs = try archive.query(
            """
            SELECT e.id, e.ended_at, e.phase, e.duration_ns / 1e9 FROM execution e
            WHERE e.scope_id = :scope AND e.ended_at IS NOT NULL AND e.phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT')
                AND e.workflow_id IN (SELECT id FROM definition WHERE kind = 'workflow' AND name = :workflow)
            ORDER BY e.ended_at DESC, e.id DESC LIMIT \(Self.runLimit)
            """, cells
        ).rows.reversed()
        guard runs.count >= 2 * ChangePoints.margin else { return }
        let nodes = Dictionary(
            grouping: try archive.nodeOutcomes(of: runs.compactMap { $0[0].integer }), by: \.execution)
        for run in runs {
            guard let id = run[0].integer, let at = run[1].integer, let phase = run[2].text else { continue }
            add(ChangeSeriesName(path: "", measure: .failureRate), at, phase == "SUCCEEDED" ? 0 : 1, id)
            if phase == "SUCCEEDED", let seconds = run[3].real {
                add(ChangeSeriesName(path: "", measure: .duration), at, seconds, id)
            }
            for node in nodes[id] ?? [] {
                add(ChangeSeriesName(path: node.path, measure: .failureRate), at, node.hasFailed ? 1 : 0, id)
                if !node.hasFailed, let seconds = node.seconds {
                    add(ChangeSeriesName(path: node.path, measure: .duration), at, seconds, id)
                }
            }
        }
        // What never changes, or was seen too seldom, says nothing whatever chance does.
        series = series.filter { name, points in
            guard points.count >= 2 * ChangePoints.margin else { return false }
            guard name.measure == .failureRate else { return true }
            let failures = points.count { $0.value > 0 }
            return min(failures, points.count - failures) >= 3
        }
    }

    private mutating func add(_ name: ChangeSeriesName, _ at: Int64, _ value: Double, _ execution: Int64) {
        series[name, default: []].append(Point(at: at, value: value, execution: execution))
    }
}
