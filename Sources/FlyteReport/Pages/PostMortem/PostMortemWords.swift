import FlyteAnalysis
import FlyteModel
import Tables

/// What a post-mortem says in sentences, and how it speaks of times and people.
struct PostMortemWords {
    let one: PostMortem
    let scope: ExecutionReportScope

    init(_ one: PostMortem, _ scope: ExecutionReportScope) {
        self.one = one
        self.scope = scope
    }

    private var details: ExecutionDetails { one.details }

    // MARK: Times and people

    /// To the second, in the page's zone.
    func time(_ time: Timestamp?) -> Figure { .time(time, in: scope.zone) }

    /// Of a time as the archive's views write it.
    func time(_ text: String?) -> Figure {
        guard let text else { return .none }
        return Timestamp(text).map { time($0) } ?? .text(text)
    }

    func said(_ time: Timestamp) -> String { scope.zone.text(time) }

    func said(_ text: String?) -> String { text.map { Timestamp($0).map(said) ?? $0 } ?? "an unknown time" }

    /// Who did something: their name where it was asked for, else the part they had in it.
    func principal(_ name: String?, _ part: String) -> String {
        guard let name, !name.isEmpty else { return "nobody that the server names" }
        return scope.namesPrincipals ? name : part
    }

    // MARK: Sentences

    var subtitle: String {
        let workflow = details.workflow.map { "\($0.name) \($0.version)" } ?? "An unknown workflow"
        var text = "\(workflow) in \(details.id.project)/\(details.id.domain) at \(details.source), "
        text += details.isOpen ? "still \(details.phase.rawValue)" : details.phase.rawValue
        if let ended = details.times.endedAt, !details.isOpen { text += " \(said(ended))" }
        return text + ". As read from the server \(said(details.observedAt))."
    }

    /// - Parameter others: Further executions that the page is about.
    func lead(beside others: [PostMortem]) -> [ProseBlock.Sentence] {
        [verdict].compactMap { $0 } + same(others)
            + [blame, likely, missing, habit, alike, after, cost].compactMap { $0 }
    }

    private var verdict: ProseBlock.Sentence? {
        let name = details.workflow?.name ?? details.id.name
        if details.isOpen {
            return ProseBlock.Sentence(
                "\(name) had not ended when it was read: what follows is as far as it went.")
        }
        let ran = details.times.seconds.map { " after \(HumanText.duration($0))" } ?? ""
        switch details.phase {
        case .succeeded:
            let retries =
                details.retryCount > 0
                ? ", with \(HumanText.count(details.retryCount, "retry", "retries"))" : ""
            return ProseBlock.Sentence(
                "\(name) succeeded\(ran)\(retries): there is no failure to explain.", .good)
        case .aborted:
            let who = principal(details.abort?.principal, "somebody who may")
            let why = details.abort?.cause.flatMap { $0.isEmpty ? nil : $0 }
            return ProseBlock.Sentence(
                "\(name) was aborted\(ran) by \(who)\(why.map { ": \(Self.line($0))" } ?? ", without a reason").",
                .bad)
        default:
            let how = details.phase == .timedOut ? "timed out" : "failed"
            guard let label = one.compared.label else {
                return ProseBlock.Sentence("\(name) \(how)\(ran); the server told no error.", .bad)
            }
            return ProseBlock.Sentence("\(name) \(how)\(ran): \(label)", .bad)
        }
    }

    private func same(_ others: [PostMortem]) -> [ProseBlock.Sentence] {
        guard !others.isEmpty, let own = one.compared.fingerprint else { return [] }
        let count = others.filter { $0.compared.fingerprint == own }.count
        return [
            ProseBlock.Sentence(
                count == others.count
                    ? "The \(HumanText.count(others.count, "other")) failed alike."
                    : "\(count) of the \(HumanText.count(others.count, "other")) failed alike; the rest did not."
            )
        ]
    }

    private var blame: ProseBlock.Sentence? {
        guard let cause = details.cause else { return nil }
        var text = "It began "
        if let node = details.causeNode {
            text += "at node \(node.label)"
        } else if let node = cause.nodeID {
            text += "at node \(node)"
        } else {
            text += "at the execution itself"
        }
        if let attempt = cause.attempt { text += ", attempt \(attempt)" }
        if cause.execution != details.id {
            text += ", in execution \(cause.execution), which this one launched"
        }
        let who: String? =
            switch cause.causeClass {
            case "user": "the user's code raised it"
            case "system": "the platform raised it, not the user's code"
            case "timeout": "a time limit ended it"
            case "rejected": "the cluster refused to run it"
            default: nil
            }
        return ProseBlock.Sentence(text + (who.map { "; \($0)." } ?? "."))
    }

    private var likely: ProseBlock.Sentence? {
        guard details.phase != .succeeded else { return nil }
        guard one.change.comparison != nil else { return ProseBlock.Sentence(one.change.reason) }
        guard let first = one.explanations.first else {
            let others = (one.change.comparison?.differences ?? []).contains {
                [.input, .launch, .principal, .label].contains($0.aspect)
            }
            return ProseBlock.Sentence(
                "Nothing that usually explains a failure was different from the last success: the same versions, settings and resources\(others ? "; what differed is below" : ", and the same inputs")."
            )
        }
        let more =
            one.explanations.count > 1
            ? " \(HumanText.count(one.explanations.count - 1, "more difference")) below." : ""
        return ProseBlock.Sentence(
            "What most likely explains it: \(short(first)), since the last success.\(more)", .bad)
    }

    private var missing: ProseBlock.Sentence? {
        details.isComplete
            ? nil
            : ProseBlock.Sentence(
                "Something of it is missing in the archive (see Evidence): a cause that nobody kept cannot be told."
            )
    }

    private var habit: ProseBlock.Sentence? {
        let base = one.baseline
        guard base.runs > 0 else { return nil }
        var text: String
        if base.runs == 1 {
            text = "The one run before it had \(base.failures == 0 ? "succeeded" : "failed as well")"
        } else if base.failures == 0 {
            text = "None of the \(base.runs) runs before it had failed"
        } else {
            let rate = HumanText.percent(Double(base.failures) / Double(base.runs))
            text = "\(base.failures) of the \(base.runs) runs before it had failed (\(rate))"
        }
        if let median = base.median {
            text += "; a run that succeeds takes \(HumanText.duration(median))"
            if let low = base.low, let high = base.high, base.runs - base.failures >= Statistics.minimumRuns {
                text += ", mostly \(HumanText.duration(low)) to \(HumanText.duration(high))"
            }
        }
        return ProseBlock.Sentence(text + ".")
    }

    private var alike: ProseBlock.Sentence? {
        guard one.aftermath != nil, one.alike.fingerprint != nil else { return nil }
        guard one.alike.executions > 0 else {
            return ProseBlock.Sentence("The archive has no other failure like it.")
        }
        var text = "\(HumanText.count(one.alike.executions, "other execution")) failed alike"
        if one.alike.workflows > 1 { text += " in \(HumanText.count(one.alike.workflows, "workflow"))" }
        text +=
            one.alike.before > 0
            ? ", \(one.alike.before) of them before, first \(said(one.alike.firstEndedAt))."
            : ", later: this was the first."
        return ProseBlock.Sentence(text)
    }

    private var after: ProseBlock.Sentence? {
        guard let after = one.aftermath else { return nil }
        let between =
            after.failedBetween > 0
            ? " \(HumanText.count(after.failedBetween, "run")) failed in between." : ""
        switch after.followedBy {
        case "repeated and passed":
            return ProseBlock.Sentence("It was repeated, and that succeeded.\(between)", .good)
        case "nothing": return ProseBlock.Sentence("No run of its launch plan has ended since.", .bad)
        default: break
        }
        guard let passed = after.passedExecution else {
            return ProseBlock.Sentence(
                "No run has succeeded since: \(HumanText.count(after.failedBetween, "later one")) failed.",
                .bad)
        }
        let version =
            after.passedVersion == after.workflowVersion
            ? "of the same version" : "of version \(after.passedVersion ?? "unknown")"
        return ProseBlock.Sentence(
            "The first run to succeed after it was \(passed), \(version), which ended \(said(after.passedEndedAt)).\(between)"
        )
    }

    private var cost: ProseBlock.Sentence? {
        let lost = one.reach.work.filter { $0.outcome != "useful" && $0.outcome != "cached" }
        var parts: [String] = []
        let most = HumanText.duration(3600 * lost.reduce(0) { $0 + $1.hours })
        if details.phase != .succeeded, lost.contains(where: { $0.hours > 0 }) {
            let least = HumanText.duration(3600 * lost.reduce(0) { $0 + $1.hoursLow })
            parts.append("\(least == most ? most : "\(least) to \(most)") of containers ended in nothing")
        }
        if !one.reach.neverRan.isEmpty {
            parts.append("\(HumanText.count(one.reach.neverRan.count, "node")) of its workflow never ran")
        }
        if !one.reach.parents.isEmpty {
            let failed = one.reach.parents.filter { $0.phase != "SUCCEEDED" }.count
            parts.append(
                failed == 0
                    ? "what launched it succeeded all the same"
                    : "\(HumanText.count(failed, "execution")) above it went down with it")
        }
        guard !parts.isEmpty else { return nil }
        let text = parts.joined(separator: ", ")
        return ProseBlock.Sentence(text.prefix(1).uppercased() + text.dropFirst() + ".")
    }

    // MARK: Differences

    /// `input rate: 0.1 → 0.5, at n1`.
    func short(_ difference: ExecutionDifference) -> String {
        let what = difference.aspect.rawValue.replacing("_", with: " ")
        var text = difference.name == what ? what : "\(what) \(difference.name)"
        text +=
            ": \(Self.line(value(difference.before, difference))) → \(Self.line(value(difference.after, difference)))"
        if let path = difference.nodePath { text += ", at \(path)" }
        return text
    }

    /// A side of a difference. Names of people are told where that was asked for.
    func value(_ text: String?, _ difference: ExecutionDifference) -> String {
        guard let text else { return "none" }
        guard difference.aspect == .principal, !scope.namesPrincipals else { return text }
        return KeyBytes(text) == difference.before.map { KeyBytes($0) }
            ? "one principal" : "another principal"
    }

    /// A text as a part of a sentence: its first line, and no more than fits.
    static func line(_ text: String) -> String { HumanText.firstLine(of: text, atMost: 160) }
}
