import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// An execution's critical path for the terminal: a line for each node that it waited for, with a bar to scale.
struct PathText {
    private(set) var text = ""
    private let width: Int
    private let clock: ZoneClock

    /// A step, or what is shown as one.
    private struct Step {
        var node: String?
        /// As v_critical_path has it.
        var kind: String
        /// Seconds from the execution's creation.
        var start: Double
        var end: Double
    }

    /// The steps at one node.
    private struct Visit {
        var name: String
        /// How many nodes are told in this line.
        var nodes = 1
        var steps: [Step]
        var drag: Double?

        var start: Double { steps.first?.start ?? 0 }
        var end: Double { steps.last?.end ?? 0 }
        var length: Double { end - start }
    }

    /// More lines than this nobody reads: what is short is told together.
    private static let mostVisits = 40
    private static let nameWidth = 32

    /// - Parameter width: The columns there are.
    init(_ archive: Archive, _ found: ArchivedExecution, width: Int, clock: ZoneClock = .utc) throws {
        self.width = max(40, width)
        self.clock = clock
        let run = try archive.query(
            """
            SELECT phase, wall_s, created_at, workflow FROM v_execution
            WHERE source = :source AND project = :project AND domain = :domain AND name = :execution
            """, found.cells)
        let steps = try archive.query(
            """
            SELECT node_id, class, duration_s FROM v_critical_path WHERE \(ArchivedExecution.condition) ORDER BY step
            """, found.cells)
        guard let row = run.rows.first, !steps.rows.isEmpty else { return }
        let names = try Self.texts(
            archive, found, "node_id, coalesce(node_name, spec_node_id, node_id)", "v_node_execution")
        let drags = try archive.query(
            "SELECT node_id, drag_s FROM v_slack WHERE \(ArchivedExecution.condition)", found.cells)
        let drag = Dictionary(
            drags.rows.map { ($0[0].text ?? "", $0[1].real) }, uniquingKeysWith: { first, _ in first })
        var time = 0.0
        var visits: [Visit] = []
        for step in steps.rows {
            let length = step[2].real ?? 0
            let node = step[0].text
            let part = Step(
                node: node, kind: step[1].text ?? "", start: time,
                end: time + length)
            time += length
            if let last = visits.last, last.steps.last?.node == node {
                visits[visits.count - 1].steps.append(part)
            } else {
                visits.append(
                    Visit(
                        name: node.map { id in names[id].map { $0 == id ? id : "\($0) (\(id))" } ?? id }
                            ?? "engine",
                        steps: [part], drag: node.flatMap { drag[$0] ?? nil }))
            }
        }
        let wall = row[1].real ?? time
        add("\(found.id) of \(found.source): \(row[0].text ?? ""), \(HumanText.duration(wall))")
        add("what it waited for, from \(row[2].text.map { HumanText.time($0, in: clock) } ?? "")")
        add("")
        draw(Self.shortened(visits, wall), wall)
        try ledger(archive, found, wall)
        try whatIf(archive, found, wall)
    }

    private static func texts(
        _ archive: Archive, _ found: ArchivedExecution, _ columns: String, _ view: String
    ) throws -> [String: String] {
        let table = try archive.query(
            "SELECT \(columns) FROM \(view) WHERE \(ArchivedExecution.condition)", found.cells)
        return Dictionary(
            table.rows.map { ($0[0].text ?? "", $0[1].text ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    private mutating func add(_ line: String) {
        text += ShortenedText.beginning(of: TerminalFormat.visible(line), width: width) + "\n"
    }

    /// The longest ones by themselves; those between them together.
    private static func shortened(_ visits: [Visit], _ wall: Double) -> [Visit] {
        guard visits.count > mostVisits else { return visits }
        let least = visits.map(\.length).sorted(by: >)[mostVisits / 2 - 1]
        var shown: [Visit] = []
        var longest = 0
        for visit in visits {
            // Of many that are equally long the first are told.
            if visit.length >= least, longest < mostVisits / 2 {
                longest += 1
                shown.append(visit)
            } else if let last = shown.last, last.name.isEmpty {
                shown[shown.count - 1].steps += visit.steps
                shown[shown.count - 1].nodes += 1
            } else {
                shown.append(Visit(name: "", steps: visit.steps, drag: nil))
            }
        }
        return shown.map { visit in
            var visit = visit
            if visit.name.isEmpty {
                visit.name = "… \(HumanText.count(visit.nodes, "shorter stretch", "shorter stretches"))"
            }
            return visit
        }
    }

    // MARK: Bars

    private mutating func draw(_ visits: [Visit], _ wall: Double) {
        let names = visits.map { TerminalFormat.visible($0.name) }
        let times = visits.map { HumanText.shortDuration($0.length) }
        let drags = visits.map { $0.drag.map { HumanText.shortDuration($0) } ?? "" }
        func widest(_ texts: [String], _ title: String) -> Int {
            (texts + [title]).map { DisplayWidth.of($0) }.max() ?? 0
        }
        let (timeWidth, dragWidth) = (widest(times, "took"), widest(drags, "drag"))
        let nameWidth = min(widest(names, "node"), min(Self.nameWidth, max(12, width / 3)))
        let bar = max(10, width - nameWidth - timeWidth - dragWidth - 6)
        func line(_ name: String, _ time: String, _ drag: String, _ bar: String) {
            let name = ShortenedText.ends(of: name, width: nameWidth)
            let text =
                name + Self.blanks(nameWidth - DisplayWidth.of(name) + 2 + timeWidth - DisplayWidth.of(time))
                + time
                + Self.blanks(2 + dragWidth - DisplayWidth.of(drag)) + drag + "  " + bar
            // Blanks at the end of a line are in the way of whoever copies it.
            self.text += String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        let total = HumanText.shortDuration(wall)
        line("node", "took", "drag", "0" + Self.blanks(bar - 1 - DisplayWidth.of(total)) + total)
        for (index, visit) in visits.enumerated() {
            line(names[index], times[index], drags[index], Self.bar(visit.steps, wall, bar))
        }
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    /// Each column shows what most of its time went to; what took any time is seen.
    private static func bar(_ steps: [Step], _ wall: Double, _ width: Int) -> String {
        guard wall > 0, let first = steps.first, let last = steps.last else { return "" }
        let scale = Double(width) / wall
        let begin = min(width - 1, max(0, Int(first.start * scale)))
        let end = min(width, max(begin + 1, Int((last.end * scale).rounded())))
        var text = blanks(begin)
        var next = 0
        for column in begin..<end {
            let (from, to) = (Double(column) / scale, Double(column + 1) / scale)
            while next < steps.count - 1, steps[next].end <= from { next += 1 }
            var best: (kind: String, length: Double)?
            var number = next
            while number < steps.count, steps[number].start < to || best == nil {
                let length = min(to, steps[number].end) - max(from, steps[number].start)
                if best.map({ length > $0.length }) ?? true { best = (steps[number].kind, length) }
                number += 1
            }
            text += best.map { marks[$0.kind] ?? "?" } ?? " "
        }
        return text
    }

    /// Each one column wide.
    private static let marks = [
        "user_code": "█", "queue": "░", "retry": "▓", "flyte_overhead": "─", "human_wait": "~", "cache": "=",
        "child": "▒",
    ]
    private static let names = [
        "user_code": "run", "queue": "queue", "retry": "retries", "flyte_overhead": "engine",
        "human_wait": "people", "cache": "cache", "child": "a child that is not here",
    ]

    // MARK: Sums

    private mutating func ledger(_ archive: Archive, _ found: ArchivedExecution, _ wall: Double) throws {
        let sums = try archive.query(
            "SELECT class, duration_s, share FROM v_wall_time WHERE \(ArchivedExecution.condition) ORDER BY duration_s DESC, class",
            found.cells)
        guard !sums.rows.isEmpty else { return }
        let parts = sums.rows.map { row in
            let kind = row[0].text ?? ""
            return
                "\(Self.marks[kind] ?? "?") \(Self.names[kind] ?? kind) \(HumanText.shortDuration(row[1].real ?? 0)), \(HumanText.shortPercent(row[2].real ?? 0))"
        }
        add("")
        // As many in a line as there is room for.
        var line = ""
        for part in parts {
            if !line.isEmpty, DisplayWidth.of(line) + 4 + DisplayWidth.of(part) > width {
                add(line)
                line = ""
            }
            line += (line.isEmpty ? "" : "    ") + part
        }
        add(line)
    }

    private mutating func whatIf(_ archive: Archive, _ found: ArchivedExecution, _ wall: Double) throws {
        let answers = try archive.query(
            """
            SELECT scenario, wall_low_s, wall_high_s FROM v_what_if WHERE \(ArchivedExecution.condition)
            ORDER BY wall_high_s, scenario
            """, found.cells)
        guard !answers.rows.isEmpty else { return }
        let names = [
            "no_retries": "without retries", "warm_cache": "with a warm cache", "no_queue": "without queues",
        ]
        add("")
        for row in answers.rows {
            let (low, high) = (row[1].real ?? wall, row[2].real ?? wall)
            let texts = [low, high].map { HumanText.shortDuration($0) }
            let time = texts[0] == texts[1] ? texts[0] : "\(texts[0]) to \(texts[1])"
            let saved = wall > 0 ? (wall - high) / wall : 0
            let scenario = row[0].text ?? ""
            add(
                "\(names[scenario] ?? scenario) it would have taken \(time) (at least \(HumanText.shortPercent(saved)) less)"
            )
        }
        add("drag: how much less it would have taken, had the node taken no time")
    }
}
