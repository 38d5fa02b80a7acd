import FlyteArchive
import FlyteModel
import Tables

/// An execution for the terminal: its failure first, then its tree.
struct ExecutionText {
    private(set) var text = ""

    init(_ archive: Archive, _ found: FoundExecution) throws {
        let run = try archive.query(
            """
            SELECT * FROM v_execution
            WHERE source = :source AND project = :project AND domain = :domain AND name = :execution
            """, found.cells)
        let nodes = try archive.query(
            """
            SELECT node_id, parent_node_id, coalesce(node_name, spec_node_id, node_id) AS label, kind, phase, duration_s, wall_s,
                cache_status, child_execution, task, error_code
            FROM v_node_execution WHERE \(FoundExecution.condition) ORDER BY created_at, node_id
            """, found.cells)
        let attempts = try archive.query(
            """
            SELECT node_id, attempt, phase, duration_s, queue_s, error_code, pod
            FROM v_task_execution WHERE \(FoundExecution.condition) ORDER BY node_id, attempt
            """, found.cells)
        let logs = try archive.query(
            "SELECT node_id, attempt, name, uri FROM v_log WHERE \(FoundExecution.condition) ORDER BY node_id, attempt, name",
            found.cells)
        let gaps = try archive.query(
            "SELECT node_id, attempt, field, state, detail FROM v_capture WHERE \(FoundExecution.condition)",
            found.cells)
        guard let row = run.rows.first else { return }
        let fields = Dictionary(uniqueKeysWithValues: zip(run.columns.map(\.name), row))
        head(found, fields)
        failure(fields, logs)
        tree(nodes, attempts)
        for gap in gaps.rows {
            let place = [gap[0].text.map { "node \($0)" }, gap[1].integer.map { "attempt \($0)" }].compactMap
            { $0 }
            .joined(separator: ", ")
            add(
                "not in the archive: \(gap[2].text ?? "")\(place.isEmpty ? "" : " of \(place)") (\(gap[3].text ?? "")): \(gap[4].text ?? "")"
            )
        }
    }

    private mutating func add(_ line: String) { text += TerminalFormat.visible(line) + "\n" }

    private func seconds(_ cell: Cell?) -> String { cell?.real.map { "\(NumberText.fixed($0, 1)) s" } ?? "–" }

    private mutating func head(_ found: FoundExecution, _ fields: [String: Cell]) {
        func value(_ name: String) -> String { fields[name]?.text ?? "–" }
        add("\(found.id) of \(found.source): \(value("phase"))")
        add("  workflow   \(value("workflow")) \(value("workflow_version"))")
        add("  started by \(value("principal")) (\(value("mode")))")
        add("  created    \(value("created_at"))")
        add("  ended      \(value("ended_at"))")
        add("  wall time  \(seconds(fields["wall_s"])), queued \(seconds(fields["queue_s"]))")
        for (name, label) in [("parent_execution", "parent"), ("reference_execution", "repeats")] {
            if let other = fields[name]?.text { add("  \(label.padded(10)) \(other)") }
        }
        if let cause = fields["abort_cause"]?.text {
            add("  aborted by \(value("abort_principal")): \(cause)")
        }
        add("  console    \(value("console_url"))")
    }

    private mutating func failure(_ fields: [String: Cell], _ logs: Table) {
        guard let message = fields["cause_message"]?.text ?? fields["error_message"]?.text else { return }
        var place: [String] = []
        if let node = fields["cause_node_id"]?.text { place.append("node \(node)") }
        if let attempt = fields["cause_attempt"]?.integer { place.append("attempt \(attempt)") }
        if let other = fields["cause_execution"]?.text { place.append("execution \(other)") }
        let kind = fields["cause_kind"]?.text ?? fields["error_kind"]?.text ?? ""
        let code = fields["cause_code"]?.text ?? fields["error_code"]?.text ?? ""
        add("")
        add("It failed\(place.isEmpty ? "" : " at " + place.joined(separator: ", ")): \(kind) \(code)")
        for line in message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            add("  | \(line)")
        }
        for log in logs.rows
        where log[0] == fields["cause_node_id"]
            && (fields["cause_attempt"]?.isNull ?? true || log[1] == fields["cause_attempt"])
        {
            add("  log: \(log[2].text ?? "") \(log[3].text ?? "")")
        }
    }

    private mutating func tree(_ nodes: Table, _ attempts: Table) {
        add("")
        var children: [String?: [[Cell]]] = [:]
        for node in nodes.rows { children[node[1].text, default: []].append(node) }
        let attempts = Dictionary(grouping: attempts.rows) { $0[0].text }
        // Depth first, without recursion: trees may be deep.
        var open = (children[nil] ?? []).reversed().map { (node: $0, depth: 0) }
        while let (node, depth) = open.popLast() {
            let indent = String(repeating: "  ", count: min(depth, 40))
            var line =
                "\(indent)\(node[2].text ?? "") (\(node[3].text ?? ""), \(node[0].text ?? "")): \(node[4].text ?? "")"
            line += ", \(seconds(node[5].isNull ? node[6] : node[5]))"
            if node[7].text == "CACHE_HIT" { line += ", from the cache" }
            if let child = node[8].text { line += ", execution \(child)" }
            if let code = node[10].text { line += ", \(code)" }
            add(line)
            let own = attempts[node[0].text] ?? []
            if own.count > 1 || own.contains(where: { $0[2].text == "FAILED" }) {
                for attempt in own {
                    let error = attempt[5].text.map { ", \($0)" } ?? ""
                    add(
                        "\(indent)  attempt \(attempt[1].integer ?? 0): \(attempt[2].text ?? ""), ran \(seconds(attempt[3])), queued \(seconds(attempt[4]))\(error), pod \(attempt[6].text ?? "–")"
                    )
                }
            }
            open += (children[node[0].text] ?? []).reversed().map { ($0, depth + 1) }
        }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
