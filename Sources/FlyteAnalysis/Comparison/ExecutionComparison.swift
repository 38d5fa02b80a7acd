public import FlyteArchive
public import Tables

/// Two executions side by side: in what they differ, that first which most likely explains why the second one failed.
///
/// What is different between any two runs - ids, times, pods, addresses of what a run itself wrote - is no difference.
/// A node's duration is one where it differs by more than durations of that node usually do.
public struct ExecutionComparison: Sendable {
    public let before: ComparedExecution
    public let after: ComparedExecution
    public let differences: [ExecutionDifference]
    /// All nodes that work by themselves, those that differ first.
    public let nodes: [NodePair]

    /// A node in both.
    public struct NodePair: Hashable, Sendable {
        public var path: String
        public var name: String?
        /// How it ended; nil where it did not run.
        public var before: String?
        public var after: String?
        public var secondsBefore: Double?
        public var secondsAfter: Double?
        /// What 90 % of the last successful runs took, where there are enough of them.
        public var usualLow: Double?
        public var usualHigh: Double?
        /// Whether it differs in outcome or duration.
        public var differs: Bool
    }

    public init(_ before: ComparedExecution, _ after: ComparedExecution, in archive: Archive) throws {
        self.before = before
        self.after = after
        let comparer = try ExecutionComparer(before, after, in: archive)
        (differences, nodes) = (comparer.differences, comparer.nodes)
    }

    // MARK: As tables

    /// The parts of an answer, each with a name and a title: the two executions, what differs, and their nodes.
    public func tables() -> [(name: String, title: String, table: Table)] {
        var executions = Table(columns: [
            Column("side"), Column("execution"), Column("workflow"), Column("workflow_version"),
            Column("phase"),
            Column("created_at"), Column("wall_s", .real), Column("is_complete", .integer),
        ])
        for (side, execution) in [("before", before), ("after", after)] {
            executions.rows.append([
                .text(side), .text("\(execution.id)"), Cell(execution.workflow),
                Cell(execution.workflowVersion),
                .text(execution.phase), Cell(execution.createdAt),
                execution.wallSeconds.map { .real($0) } ?? .null,
                .integer(execution.isComplete ? 1 : 0),
            ])
        }
        var pairs = Table(columns: [
            Column("node_path"), Column("node_name"), Column("before"), Column("after"),
            Column("before_s", .real),
            Column("after_s", .real), Column("usual_low_s", .real), Column("usual_high_s", .real),
            Column("differs", .integer),
        ])
        for node in nodes {
            pairs.rows.append(
                [.text(node.path), Cell(node.name), Cell(node.before), Cell(node.after)]
                    + [node.secondsBefore, node.secondsAfter, node.usualLow, node.usualHigh].map {
                        $0.map { .real($0) } ?? .null
                    } + [.integer(node.differs ? 1 : 0)])
        }
        return [
            ("executions", "Compared", executions),
            ("differences", "Differences", ExecutionDifference.table(differences)),
            ("nodes", "Nodes", pairs),
        ]
    }
}

extension ExecutionDifference {
    /// A row a difference.
    static func table(_ differences: [ExecutionDifference]) -> Table {
        Table(
            columns: [
                Column("aspect"), Column("node_path"), Column("name"), Column("before"), Column("after"),
                Column("note"),
            ],
            rows: differences.map {
                [
                    .text($0.aspect.rawValue), Cell($0.nodePath), .text($0.name), Cell($0.before),
                    Cell($0.after), Cell($0.note.isEmpty ? nil : $0.note),
                ]
            })
    }
}
