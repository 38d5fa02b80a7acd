import FlyteAnalysis
import FlyteModel
import Tables

/// What a reader in a hurry should know of an execution, in words.
struct ExecutionSentences {
    private let page: ExecutionReport

    init(_ page: ExecutionReport) { self.page = page }

    private var details: ExecutionDetails { page.details }

    /// `etl.load failed after 4 min 05 s`.
    var title: String {
        let name = details.workflow?.name ?? details.launchPlan?.name ?? details.id.name
        return "\(name) \(outcome)"
    }

    var subtitle: String {
        "\(details.id) at \(details.source), read from the server \(page.said(details.observedAt))"
    }

    private var outcome: String {
        let took = page.wallSeconds.map { HumanText.duration($0) }
        func after(_ word: String) -> String { took.map { "\(word) after \($0)" } ?? word }
        switch details.phase {
        case .succeeded: return took.map { "succeeded in \($0)" } ?? "succeeded"
        case .failed: return after("failed")
        case .timedOut: return after("timed out")
        case .aborted: return after("was aborted")
        default:
            let phase = details.phase.rawValue
            if phase == "UNDEFINED" || phase.isEmpty { return "is in an unknown phase (\(phase))" }
            let age = details.times.age(at: details.observedAt).map { " for \(HumanText.duration($0))" } ?? ""
            return "was \(phase)\(age) when it was read"
        }
    }

    var lead: [ProseBlock.Sentence] {
        [cause].compactMap { $0 } + waiting + [usual, time, drag, work, missing].compactMap { $0 }
    }

    // MARK: What became of it

    private var cause: ProseBlock.Sentence? {
        if let abort = details.abort { return ProseBlock.Sentence(aborted(abort)) }
        if details.isOpen { return nil }
        if details.phase == .succeeded { return succeeded }
        guard let cause = details.cause else {
            if let error = details.error {
                return ProseBlock.Sentence("\(ExecutionReport.title(error)): \(line(error.message))", .bad)
            }
            return ProseBlock.Sentence("The server told no error.", .bad)
        }
        var place = "the execution itself"
        if let node = details.causeNode {
            place = "node \(node.fullName)"
        } else if let node = cause.nodeID {
            place = "node \(node)"
        }
        if let attempt = cause.attempt { place += ", attempt \(attempt)" }
        if cause.execution != details.id {
            place += ", of execution \(page.details.name(cause.execution)), which it launched"
        }
        let who =
            switch cause.causeClass {
            case "user": "The user's code failed"
            case "system": "The platform failed"
            case "timeout": "A time limit ended it"
            case "rejected": "The cluster refused to run it"
            default: "It failed"
            }
        return ProseBlock.Sentence(
            "\(who) at \(place): \(ExecutionReport.title(cause.error)): \(line(cause.error.message))", .bad)
    }

    private var succeeded: ProseBlock.Sentence {
        guard details.retryCount > 0 else {
            return ProseBlock.Sentence("It succeeded, and nothing had to be tried again.", .good)
        }
        var text =
            "It succeeded, after \(HumanText.count(details.retryCount, "attempt was", "attempts were")) tried again"
        if let retries = page.account.wallTime.first(where: { $0.kind == "retry" }) {
            text += ", which made it \(HumanText.duration(retries.seconds)) longer"
        }
        return ProseBlock.Sentence(text + ".", .good)
    }

    private func aborted(_ abort: ExecutionDetails.Abort) -> String {
        let who: String
        if let name = abort.principal, !name.isEmpty {
            if page.scope.namesPrincipals {
                who = name
            } else {
                who =
                    details.principal.map { KeyBytes($0) } == KeyBytes(name)
                    ? "the one who started it" : "another than who started it"
            }
        } else {
            who = "somebody whom the server does not name"
        }
        guard let why = abort.cause, !why.isEmpty else {
            return "It was aborted by \(who), without a reason."
        }
        return "It was aborted by \(who): \(line(why))"
    }

    /// What an open execution waited for when it was read.
    private var waiting: [ProseBlock.Sentence] {
        guard details.isOpen else { return [] }
        let open = details.nodes.filter {
            !$0.isMarker && !$0.phase.isTerminal && !$0.hasFailed && $0.children.isEmpty
        }
        var sentences = [
            ProseBlock.Sentence(
                "It had not ended when it was read: harvest it again, with --execution, to see what became of it."
            )
        ]
        for node in open.prefix(3) {
            var text = "It waited for \(node.fullName): \(node.phase.rawValue)"
            if let age = node.times.age(at: details.observedAt) { text += " for \(HumanText.duration(age))" }
            if let reason = node.attempts.last?.reasons.last(where: { !$0.text.isEmpty }) {
                text += "; the engine said last: \(line(reason.text))"
            }
            sentences.append(ProseBlock.Sentence(text + "."))
        }
        if open.count > 3 {
            sentences.append(
                ProseBlock.Sentence("And for \(HumanText.count(open.count - 3, "other node"))."))
        }
        return sentences
    }

    /// A text as a part of a sentence.
    private func line(_ text: String) -> String {
        let line = WeeklyReport.firstLine(text)
        return line.isEmpty ? "without a message" : line
    }

    // MARK: Time

    private var usual: ProseBlock.Sentence? {
        guard let usual = page.account.usual, usual.median > 0 else { return nil }
        let range = "\(HumanText.duration(usual.low)) to \(HumanText.duration(usual.high))"
        let median = HumanText.duration(usual.median)
        guard details.phase == .succeeded, let wall = page.wallSeconds else {
            return ProseBlock.Sentence(
                "A run that succeeds usually takes \(median) (90 % of the \(usual.runs) before it: \(range))."
            )
        }
        if wall > usual.high {
            return ProseBlock.Sentence(
                "That is longer than usual: \(median) is typical, and 90 % of the \(usual.runs) successes before it took \(range).",
                .bad)
        }
        if wall < usual.low {
            return ProseBlock.Sentence(
                "That is shorter than usual: \(median) is typical, and 90 % of the \(usual.runs) successes before it took \(range)."
            )
        }
        return ProseBlock.Sentence(
            "That is as usual: \(median) is typical of the \(usual.runs) successes before it, and 90 % took \(range)."
        )
    }

    private var time: ProseBlock.Sentence? {
        let parts = page.account.wallTime.filter { $0.share >= 0.05 }.prefix(3)
        guard !parts.isEmpty else { return nil }
        let text = parts.map { "\(ExecutionReport.timeClass($0.kind)) \(HumanText.shortPercent($0.share))" }
        return ProseBlock.Sentence("Its time went to: \(text.joined(separator: ", ")).")
    }

    /// The node that decided most about how long it took.
    private var drag: ProseBlock.Sentence? {
        guard let wall = page.wallSeconds, wall > 0 else { return nil }
        let longest = details.nodes.filter { $0.children.isEmpty }
            .compactMap { node in page.account.slack[KeyBytes(node.id)]?.drag.map { (node, $0) } }
            .max { ($0.1, $1.0.id) < ($1.1, $0.0.id) }
        guard let (node, drag) = longest, drag >= 0.1 * wall,
            details.nodes.count(where: { !$0.isMarker && $0.children.isEmpty }) > 1
        else { return nil }
        return ProseBlock.Sentence(
            "\(node.fullName) decided most: without it the execution would have taken \(HumanText.duration(drag)) less (\(HumanText.shortPercent(drag / wall)))."
        )
    }

    private var work: ProseBlock.Sentence? {
        let work = page.account.work
        let hours = work.reduce(0) { $0 + ($1.coreHours ?? 0) }
        guard hours > 0 else { return nil }
        let low = work.reduce(0) { $0 + ($1.coreHoursLow ?? 0) }
        let lost = work.filter { $0.outcome != "useful" && $0.outcome != "cached" }.reduce(0) {
            $0 + ($1.coreHours ?? 0)
        }
        // Hundredths of hours say nothing of what took a minute.
        let amount =
            hours < 0.1
            ? "\(HumanText.bounds(low * 60, hours * 60, 2)) core-minutes"
            : "\(HumanText.bounds(low, hours, 2)) core-hours"
        var text = "It asked for \(amount)"
        if lost > 0 {
            text +=
                ", \(HumanText.shortPercent(lost / hours)) of them for attempts that failed, were retried or aborted"
        }
        if details.isOpen { text += " so far" }
        return ProseBlock.Sentence(text + ".")
    }

    private var missing: ProseBlock.Sentence? {
        let secrets = page.account.redactions.reduce(0) { $0 + $1.count }
        guard !details.isOpen || secrets > 0 || details.unexpandedCount > 0,
            !details.isComplete || secrets > 0
        else {
            return nil
        }
        return ProseBlock.Sentence(page.completeness(secrets))
    }
}
