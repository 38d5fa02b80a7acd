public import FlyteArchive
import FlyteModel
import Tables

/// The last execution of the same thing that succeeded before another one was created: what a failure is compared with.
public struct LastSuccess: Hashable, Sendable {
    public var execution: ComparedExecution
    /// Why it is this one, in a sentence.
    public var reason: String

    /// nil when the archive has none, and `whyNot` says so.
    public init?(before other: ComparedExecution, in archive: Archive) throws(ArchiveError) {
        // Of its launch plan, and where that never succeeded of its workflow: both under any version.
        for column in ["launch_plan", "workflow"] {
            guard let name = column == "workflow" ? other.workflow : other.launchPlan,
                let found = try Self.find(column, name, other, archive),
                let execution = try ComparedExecution(found, source: other.source, in: archive)
            else { continue }
            self.execution = execution
            let what = column == "workflow" ? "workflow '\(name)'" : "launch plan '\(name)'"
            reason =
                "\(found) is the last execution of \(what) that succeeded before \(other.id) was created (\(other.createdAt.map { HumanText.time($0) } ?? "at an unknown time"))."
            return
        }
        return nil
    }

    private static func find(
        _ column: String, _ name: String, _ other: ComparedExecution, _ archive: Archive
    ) throws(ArchiveError) -> ExecutionID? {
        // The index on workflows leads to those of one launch plan, too.
        let rows = try archive.query(
            """
            SELECT e.name FROM execution e
            WHERE e.workflow_id IN (
                    SELECT DISTINCT w.id FROM definition w JOIN scope c ON c.id = w.scope_id
                    JOIN source s ON s.id = c.source_id
                    WHERE s.name = :source AND w.kind = 'workflow' AND (:workflow IS NULL OR w.name = :workflow))
                AND e.scope_id = (SELECT scope_id FROM execution WHERE id = :id)
                AND e.phase = 'SUCCEEDED' AND e.id <> :id
                AND e.created_at < (SELECT created_at FROM execution WHERE id = :id)
                AND (:plan IS NULL OR e.launch_plan_id IN (
                    SELECT id FROM definition WHERE kind IN ('launch_plan', 'task') AND name = :plan))
            ORDER BY e.created_at DESC, e.id DESC LIMIT 1
            """,
            [
                "source": .text(other.source), "id": .integer(other.row), "workflow": Cell(other.workflow),
                "plan": column == "launch_plan" ? .text(name) : .null,
            ]
        ).rows
        guard let found = rows.first?[0].text else { return nil }
        return ExecutionID(project: other.id.project, domain: other.id.domain, name: found)
    }

    /// Why there is none, in a sentence.
    public static func whyNot(before other: ComparedExecution, in archive: Archive) throws(ArchiveError)
        -> String
    {
        let reach = try archive.query(
            """
            SELECT min(created_at) FROM v_execution
            WHERE source = :source AND project = :project AND domain = :domain
            """,
            [
                "source": .text(other.source), "project": .text(other.id.project),
                "domain": .text(other.id.domain),
            ])
        let since = reach.rows.first?[0].text.map { ", which reaches back to \($0)," } ?? ""
        return
            "No execution of \(other.kind) in \(other.id.project)/\(other.id.domain) succeeded before \(other.id) was created: the archive\(since) has none to compare it with."
    }
}
