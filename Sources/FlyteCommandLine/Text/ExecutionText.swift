import FlyteAnalysis
import FlyteModel
import FlyteReport
import Tables

/// An execution for the one who was woken by it: what became of it and why, what the next question needs, then its nodes,
/// those that failed first.
struct ExecutionText {
    let details: ExecutionDetails
    /// The archive as the command line named it, for the commands that come next.
    let archive: String
    /// The program, as a shell takes it, likewise.
    let tool: String
    /// Nothing is folded and nothing left out.
    let showsAll: Bool
    let clock: ZoneClock
    var lines: TextLines
    /// Messages that were told: what launched a failure repeats it at each level.
    var told: [String] = []
    /// Nodes that failed and were told in full.
    var failedInFull = 0
    /// Something was folded or left out.
    var leavesOut = false

    init(
        _ details: ExecutionDetails, archive: String, tool: String = "flightlog", showsAll: Bool = false,
        clock: ZoneClock = .utc, width: Int?, colors: TerminalColors
    ) {
        self.details = details
        self.archive = archive
        self.tool = tool
        self.showsAll = showsAll
        self.clock = clock
        lines = TextLines(width: width, colors: colors)
    }

    /// All of it.
    static func text(
        of details: ExecutionDetails, archive: String, tool: String = "flightlog", showsAll: Bool = false,
        clock: ZoneClock = .utc, width: Int?, colors: TerminalColors
    ) -> String {
        var text = ExecutionText(
            details, archive: archive, tool: tool, showsAll: showsAll, clock: clock, width: width,
            colors: colors)
        text.verdict()
        text.why()
        text.facts()
        text.tree()
        text.gaps()
        text.next()
        return text.lines.text
    }

    // MARK: Words

    func time(_ time: Timestamp?) -> String? {
        time.map { HumanText.time($0.microsecondText, in: clock) }
    }

    static func duration(_ seconds: Double?) -> String? { seconds.map { HumanText.shortDuration($0) } }

    /// The kind and code of an error, as far as there are any.
    static func title(_ error: ExecutionError) -> String {
        let code = error.code
        if code.isEmpty { return "\(error.kind.rawValue), without a code" }
        return error.code.utf8.starts(with: error.kind.rawValue.utf8)
            ? code : "\(code) (\(error.kind.rawValue))"
    }

    /// A message without the name of the pod that it is of: the next attempt says the same of another.
    func plain(_ message: String, pod: String?) -> String {
        guard let pod, !pod.isEmpty else { return message }
        return message.replacingBytes(of: pod, with: "\u{0}")
    }

    /// Whether it was told already: the engine puts its own words before a message that it repeats.
    func isTold(_ message: String, pod: String? = nil) -> Bool {
        let message = plain(message, pod: pod)
        return told.contains { !$0.isEmpty && message.utf8.suffix($0.utf8.count).elementsEqual($0.utf8) }
    }

    // MARK: The verdict

    private mutating func verdict() {
        let phase = details.phase
        var line = "\(details.id) at \(details.source): \(phase.rawValue)"
        let style: TerminalStyle
        if details.isOpen {
            if let age = Self.duration(details.times.age(at: details.observedAt)) { line += " for \(age)" }
            style = .attention
        } else {
            if let ran = Self.duration(details.times.seconds) {
                line += phase == .succeeded ? " in \(ran)" : " after \(ran)"
            }
            style = phase == .succeeded ? .good : phase == .aborted ? .attention : .bad
        }
        lines.add(line, style)
        let seen = time(details.observedAt) ?? ""
        lines.add(
            details.isOpen ? "as seen at \(seen); still open then" : "as seen at \(seen)", .quiet)
    }

    // MARK: Why

    private mutating func why() {
        if let abort = details.abort {
            lines.blank()
            let principal = abort.principal.flatMap { $0.isEmpty ? nil : $0 } ?? "somebody"
            let cause = abort.cause.flatMap { $0.isEmpty ? nil : $0 }
            lines.add("Aborted by \(principal)\(cause == nil ? "." : ":")", .heading)
            if let cause { lines.quote(cause, limit: showsAll ? nil : 12) }
        }
        if details.isOpen { return waiting() }
        guard let cause = details.cause else {
            if let error = details.error { failure(error, at: nil, isTimeout: false) }
            return
        }
        var place: [String] = []
        if let node = details.causeNode {
            place.append("node \(node.fullName)")
        } else if let node = cause.nodeID {
            place.append("node \(node)")
        }
        if let attempt = cause.attempt { place.append("attempt \(attempt)") }
        if cause.execution != details.id { place.append("execution \(details.name(cause.execution))") }
        failure(
            cause.error, at: place.isEmpty ? nil : place.joined(separator: ", "),
            isTimeout: cause.causeClass == "timeout")
        if let node = details.causeNode { causeFacts(node) }
    }

    private mutating func failure(_ error: ExecutionError, at place: String?, isTimeout: Bool) {
        lines.blank()
        lines.add("Failed\(place.map { " at \($0)" } ?? ""): \(Self.title(error))", .bad)
        lines.quote(error.message, limit: showsAll ? nil : 24)
        told += [error.message, plain(error.message, pod: details.causeAttempt?.pod)]
        guard isTimeout else { return }
        for (execution, node) in timedOutNodes.prefix(5) {
            var line = "ran into its time limit: node \(node.fullName)"
            if let ran = Self.duration(node.times.seconds) { line += ", after \(ran)" }
            if execution != details.id { line += ", execution \(details.name(execution))" }
            lines.add(line, indent: 2)
        }
    }

    private var timedOutNodes: [(ExecutionID, NodeDetails)] {
        ([details] + details.children.values.sorted { KeyBytes($0.id.name) < KeyBytes($1.id.name) }).flatMap {
            one in
            one.nodes.filter { $0.phase == .timedOut }.map { (one.id, $0) }
        }
    }

    /// What the next question needs.
    private mutating func causeFacts(_ node: NodeDetails) {
        if let task = node.task {
            lines.fact("task", "\(task.name) \(task.version)")
            if let image = task.image { lines.fact("image", image) }
        }
        let attempt = details.causeAttempt
        if let asked = HumanText.request(attempt?.request ?? node.task?.request ?? ResourceRequest()) {
            lines.fact("asked for", asked)
        }
        if let pod = attempt?.pod { lines.fact("pod", pod) }
        if let limit = node.task?.timeLimit {
            lines.fact("limit", "\(HumanText.shortDuration(limit)) for an attempt of the task")
        }
        inputs(details.causeInputs)
        for log in (attempt?.logs ?? []).prefix(showsAll ? .max : 5) {
            lines.fact("log", "\(log.name): \(log.uri)")
        }
    }

    private static let inputsAtMost = 8

    private mutating func inputs(_ variables: [ExecutionDetails.Variable]) {
        let shown = showsAll ? variables[...] : variables.prefix(Self.inputsAtMost)
        for (index, variable) in shown.enumerated() {
            var value = variable.json ?? "(\(variable.type) of \(HumanText.bytes(variable.bytes)))"
            if !showsAll, DisplayWidth.of(value) > 200 {
                value = ShortenedText.ends(of: value, width: 200)
                leavesOut = true
            }
            lines.fact(index == 0 ? "inputs" : "", "\(variable.name) = \(value)")
        }
        if shown.count < variables.count {
            lines.fact("", "… and \(variables.count - shown.count) more")
            leavesOut = true
        }
    }

    /// What an open execution waited for when it was seen.
    private mutating func waiting() {
        let open = details.nodes.filter {
            !$0.isMarker && !$0.phase.isTerminal && !$0.hasFailed && $0.children.isEmpty
        }
        guard !open.isEmpty else { return }
        lines.blank()
        lines.add("Waited then for", .heading)
        for node in open.prefix(showsAll ? .max : 10) {
            var line = "\(node.fullName): \(node.phase.rawValue)"
            if let age = Self.duration(node.times.age(at: details.observedAt)) { line += " for \(age)" }
            if let child = node.child { line += ", execution \(details.name(child))" }
            if let reason = node.attempts.last?.reasons.last(where: { !$0.text.isEmpty }) {
                line += "; told last: \(ShortenedText.beginning(of: reason.text, width: 300))"
            }
            lines.add(line, indent: 2)
        }
        if open.count > 10, !showsAll {
            lines.add("… and \(HumanText.grouped(Int64(open.count - 10))) more", indent: 2, .quiet)
            leavesOut = true
        }
    }

    // MARK: What it was

    private mutating func facts() {
        lines.blank()
        func version(_ it: ExecutionDetails.NamedVersion) -> String { "\(it.name) \(it.version)" }
        if let workflow = details.workflow { lines.fact("workflow", version(workflow)) }
        if let plan = details.launchPlan, plan != details.workflow { lines.fact("launched", version(plan)) }
        // An installation without log-in knows no principals.
        let principal = details.principal.flatMap { $0.isEmpty ? nil : $0 }
        var start = [principal, details.mode].compactMap { $0 }.filter { !$0.isEmpty }
        if let meant = time(details.scheduledAt) { start.append("meant for \(meant)") }
        if !start.isEmpty {
            lines.fact(principal == nil ? "started" : "started by", start.joined(separator: ", "))
        }
        if let created = time(details.times.createdAt) {
            let queued = Self.duration(details.times.queueSeconds).map { ", waited \($0)" } ?? ""
            lines.fact("created", created + queued)
        }
        if let ended = time(details.times.endedAt), !details.isOpen { lines.fact("ended", ended) }
        if let parent = details.parent {
            lines.fact(
                "parent", "\(details.name(parent))\(details.parentNodeID.map { ", node \($0)" } ?? "")")
        }
        if let reference = details.reference { lines.fact("repeats", details.name(reference)) }
        if let cluster = details.cluster { lines.fact("cluster", cluster) }
        inputs(details.inputs)
        if let url = details.consoleURL { lines.fact("console", url) }
    }

    // MARK: What is missing, and what comes next

    private mutating func gaps() {
        guard !details.gaps.isEmpty else { return }
        lines.blank()
        lines.add("Not in the archive", .heading)
        for gap in details.gaps.prefix(showsAll ? .max : 8) {
            var line = gap.field
            if let node = gap.nodeID { line += " of node \(node)" }
            if let attempt = gap.attempt { line += ", attempt \(attempt)" }
            line += ": \(gap.state)"
            if let detail = gap.detail, !detail.isEmpty {
                line += " (\(ShortenedText.ends(of: detail, width: 300)))"
            }
            lines.add(line, indent: 2)
        }
        if details.gaps.count > 8, !showsAll {
            lines.add("… and \(HumanText.grouped(Int64(details.gaps.count - 8))) more", indent: 2, .quiet)
            leavesOut = true
        }
    }

    private mutating func next() {
        lines.blank()
        lines.add("Next", .heading)
        func command(_ name: String, _ words: [String]) {
            lines.command([tool, name, ShellText.quoted(archive)] + words.map(ShellText.quoted))
        }
        let id = details.id.description
        if leavesOut { command("show", [id, "--all"]) }
        if let cause = details.cause, cause.execution != details.id {
            command("show", [cause.execution.description])
        }
        if let cause = details.cause, let node = cause.nodeID, details.causeNode != nil {
            command("literals", [cause.execution.description, node])
        } else {
            command("literals", [id])
        }
        if details.isOpen {
            command("harvest", ["--execution", id])
        } else {
            command("path", [id])
        }
        if let task = details.causeNode?.task {
            command("query", ["top-errors", "--param", "task=\(task.name)"])
        }
    }
}
