import FlyteArchive
import FlyteModel
import Tables

/// What else changed where a series did: of the runs right before and right after, what nearly all of the ones have and
/// hardly any of the others.
struct ChangeContext {
    private let archive: Archive

    /// Runs that are looked at on each side.
    static let runs = 20
    /// Further back an input is asked for whether it is always another one, such as the day of a run.
    private static let history = 100
    /// One that had more values there says nothing by having another one.
    private static let fewValues = 2
    /// Of the ones so many have it, and of the others no more than the rest.
    private static let share = 0.8

    init(_ archive: Archive) { self.archive = archive }

    /// A JSON object: by what changed, what it was and what it is.
    ///
    /// - Parameters:
    ///   - before: Rows of executions, those next to the change last.
    ///   - after: Those next to it first.
    ///   - path: The node whose series it is; empty for the workflow's own, and then all nodes count.
    func withWhat(before: [Int64], after: [Int64], path: String) throws(ArchiveError) -> String {
        let (old, new) = (
            try values(of: Array(before.suffix(Self.runs)), path),
            try values(of: Array(after.prefix(Self.runs)), path)
        )
        let restless = try restlessInputs(of: Array(before.suffix(Self.history)))
        var changes: [(name: String, before: String, after: String)] = []
        for name in Set(old.keys).intersection(new.keys).sortedByBytes() where !restless.contains(name) {
            guard let earlier = old[name], let later = new[name], let was = Self.usual(earlier),
                let has = Self.usual(later), was != has, Self.share(of: has, earlier) <= 1 - Self.share,
                Self.share(of: was, later) <= 1 - Self.share
            else { continue }
            changes.append((name, was, has))
        }
        return try json(changes)
    }

    /// The value of most runs, where it is that of nearly all.
    private static func usual(_ values: [String]) -> String? {
        let counts = Dictionary(grouping: values, by: { $0 }).mapValues(\.count)
        guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            Double(most.value) >= share * Double(values.count)
        else { return nil }
        return most.key
    }

    private static func share(of value: String, _ values: [String]) -> Double {
        Double(values.count { $0 == value }) / Double(max(1, values.count))
    }

    private func json(_ changes: [(name: String, before: String, after: String)]) throws(ArchiveError)
        -> String
    {
        var cells: [String: Cell] = [:]
        var entries: [String] = []
        for (index, change) in changes.enumerated() {
            cells["n\(index)"] = .text(change.name)
            cells["b\(index)"] = .text(ValueLeaves.shown(change.before) ?? "")
            cells["a\(index)"] = .text(ValueLeaves.shown(change.after) ?? "")
            entries.append(":n\(index), json_array(:b\(index), :a\(index))")
        }
        let row = try archive.query("SELECT json_object(\(entries.joined(separator: ", ")))", cells).rows
            .first
        return row?[0].text ?? "{}"
    }

    /// By what it is the value of, that of each run that has one.
    private func values(of runs: [Int64], _ path: String) throws(ArchiveError) -> [String: [String]] {
        let list = runs.map(String.init).joined(separator: ", ")
        var found: [String: [String]] = [:]
        let settings = try archive.query(
            """
            SELECT l.version AS launch_plan_version, w.version AS workflow_version, e.mode AS mode,
                (SELECT value FROM name WHERE id = e.principal_id) AS principal,
                (SELECT value FROM name WHERE id = e.cluster_id) AS cluster
            FROM execution e LEFT JOIN definition l ON l.id = e.launch_plan_id
            LEFT JOIN definition w ON w.id = e.workflow_id WHERE e.id IN (\(list))
            """)
        for row in settings.rows {
            for (column, cell) in zip(settings.columns, row) {
                if let text = cell.text { found[column.name, default: []].append(text) }
            }
        }
        // Of a task that ran several times in a run, its last attempt.
        let tasks = try archive.query(
            """
            SELECT d.name, max(d.version), max(d.image), max(coalesce(a.cpu_request, d.cpu_request)),
                max(coalesce(a.memory_request_bytes, d.memory_request_bytes)),
                max(coalesce(a.gpu_request, d.gpu_request))
            FROM node n JOIN definition d ON d.id = n.task_id LEFT JOIN name p ON p.id = n.path_id
            LEFT JOIN attempt a ON a.execution_id = n.execution_id AND a.node = n.number
            WHERE n.execution_id IN (\(list)) AND (:path = '' OR p.value = :path)
            GROUP BY n.execution_id, d.id
            """, ["path": .text(path)])
        for row in tasks.rows {
            guard let task = row[0].text else { continue }
            for (what, cell) in zip(["task_version", "image", "cpu", "memory_bytes", "gpu"], row[1...]) {
                let value =
                    cell.text ?? cell.integer.map(String.init) ?? cell.real.map { NumberText.plain($0) }
                if let value { found["\(what) \(task)", default: []].append(value) }
            }
        }
        for row in try archive.query(Self.inputs(of: runs)).rows {
            if let name = row[0].text, let value = row[1].text { found[name, default: []].append(value) }
        }
        return found
    }

    /// The inputs that had several values in these runs.
    private func restlessInputs(of runs: [Int64]) throws(ArchiveError) -> Set<KeyBytes> {
        let rows = try archive.query(
            """
            SELECT name FROM (\(Self.inputs(of: runs))) GROUP BY name
            HAVING count(DISTINCT value) > \(Self.fewValues)
            """
        ).rows
        return Set(rows.compactMap { $0[0].text.map { KeyBytes($0) } })
    }

    private static func inputs(of runs: [Int64]) -> String {
        """
        SELECT 'input ' || v.value AS name, coalesce(l.text, l.json, CAST(l.number AS TEXT), l.uri) AS value
        FROM execution e
        JOIN literal l ON l.execution_id = e.id AND l.map = e.input_map JOIN name v ON v.id = l.name_id
        WHERE e.id IN (\(runs.map(String.init).joined(separator: ", ")))
        """
    }
}
