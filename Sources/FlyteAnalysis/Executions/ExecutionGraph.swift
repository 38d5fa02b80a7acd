public import FlyteArchive
import FlyteModel
import Tables

/// The graph of an execution's workflow, or of one that a dynamic node made: what waits for what, and what became of it.
public struct ExecutionGraph: Sendable {
    public struct Node: Sendable {
        /// Its id in the workflow's template.
        public var specID: String
        /// Its place among the execution's nodes; nil when the engine never came to it.
        public var place: Int?
    }

    /// The dynamic node that made it; nil for the execution's own.
    public var dynamicNodeID: String?
    /// In the order of their ids' first mention, without the markers of start and end.
    public var nodes: [Node]
    /// By places in ``nodes``: the second waits for the first.
    public var edges: [(from: Int, to: Int)]
    public var receipt: Receipt

    /// Those of an execution: its workflow's, then those of its dynamic nodes.
    public static func all(of details: ExecutionDetails, in archive: Archive) throws(ArchiveError)
        -> [ExecutionGraph]
    {
        let execution = ArchivedExecution(source: details.source, id: details.id)
        let questions = ExecutionQuestions(archive: archive, execution: execution)
        var graphs: [ExecutionGraph] = []
        if let workflow = details.workflow {
            // A workflow may be registered elsewhere than where it is launched.
            let scope = try archive.query(
                """
                SELECT v.project, v.domain FROM v_definition v
                WHERE v.source = :source AND v.kind = 'workflow' AND v.name = :workflow AND v.version = :version
                ORDER BY v.project = :project AND v.domain = :domain DESC, v.project, v.domain LIMIT 1
                """,
                execution.cells.filter { $0.key != "execution" }.merging(
                    ["workflow": .text(workflow.name), "version": .text(workflow.version)]) { $1 }
            ).rows.first
            let (rows, receipt) = try questions.rows(
                """
                SELECT upstream, downstream FROM v_edge
                WHERE source = :source AND project = :project AND domain = :domain AND workflow = :workflow
                    AND workflow_version = :version AND execution IS NULL
                ORDER BY upstream, downstream
                """,
                [
                    "workflow": workflow.name, "version": workflow.version,
                    "project": scope?[0].text ?? details.id.project,
                    "domain": scope?[1].text ?? details.id.domain,
                ])
            graphs.append(
                ExecutionGraph(
                    rows.map { ($0.text("upstream") ?? "", $0.text("downstream") ?? "") },
                    among: details.roots,
                    of: details, dynamicNodeID: nil, receipt: receipt))
        }
        let (rows, receipt) = try questions.rows(
            """
            SELECT node_id, upstream, downstream FROM v_edge
            WHERE \(ArchivedExecution.condition) ORDER BY node_id, upstream, downstream
            """)
        var edges: [KeyBytes: [(String, String)]] = [:]
        for row in rows {
            edges[KeyBytes(row.text("node_id") ?? ""), default: []].append(
                (row.text("upstream") ?? "", row.text("downstream") ?? ""))
        }
        let places = Dictionary(
            details.nodes.enumerated().map { (KeyBytes($1.id), $0) }, uniquingKeysWith: { first, _ in first })
        for (id, ofNode) in edges.sorted(by: { $0.key < $1.key }) {
            graphs.append(
                ExecutionGraph(
                    ofNode, among: places[id].map { details.nodes[$0].children } ?? [], of: details,
                    dynamicNodeID: id.text, receipt: receipt))
        }
        return graphs.filter { !$0.nodes.isEmpty }
    }

    private init(
        _ pairs: [(String, String)], among places: [Int], of details: ExecutionDetails,
        dynamicNodeID: String?,
        receipt: Receipt
    ) {
        var known: [KeyBytes: Int] = [:]
        for place in places {
            // Of several generations the last stands for the node.
            known[KeyBytes(details.nodes[place].specID ?? details.nodes[place].id)] = place
        }
        var numbers: [KeyBytes: Int] = [:]
        nodes = []
        edges = []
        for id in pairs.flatMap({ [$0.0, $0.1] }) where id != "start-node" && id != "end-node" {
            guard numbers[KeyBytes(id)] == nil else { continue }
            numbers[KeyBytes(id)] = nodes.count
            nodes.append(Node(specID: id, place: known[KeyBytes(id)]))
        }
        for (upstream, downstream) in pairs {
            guard let from = numbers[KeyBytes(upstream)], let to = numbers[KeyBytes(downstream)] else {
                continue
            }
            edges.append((from, to))
        }
        self.dynamicNodeID = dynamicNodeID
        self.receipt = receipt
    }
}
