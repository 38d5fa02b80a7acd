import FlyteAnalysis
import FlyteModel
import Tables

/// What a reader in a hurry should know of a week, in words.
struct WeeklySentences {
    private let summary: WeeklySummary
    private let period: String

    init(_ summary: WeeklySummary) {
        self.summary = summary
        period = WeeklyReport.period(summary)
    }

    /// How it went, how far that can be trusted, then all findings, what matters most first.
    var lead: [ProseBlock.Sentence] {
        guard summary.headline.outcomes.ended > 0 else {
            return [
                ProseBlock.Sentence(
                    "Nothing ended in this window. 'flightlog status ARCHIVE' says what the archive covers.")
            ] + caveats + summary.findings.map(sentence)
        }
        return [outcome] + aborted + caveats + summary.findings.map(sentence) + requested
    }

    // MARK: The whole

    var outcome: ProseBlock.Sentence {
        let (now, before) = (summary.headline.outcomes, summary.headline.previousOutcomes)
        var text = "\(HumanText.count(now.ended, "execution")) ended"
        if before.ended > 0 { text += " (\(before.ended) the \(period) before)" }
        let failed = now.failed + now.timedOut
        if failed == 0 {
            text += ", and none failed."
        } else {
            let rate = now.failureRate.map { HumanText.percent($0.estimate) } ?? "–"
            let earlier = before.failureRate.map {
                ", after \(HumanText.percent($0.estimate)) the \(period) before"
            }
            text += "; \(failed) failed: \(rate)\(earlier ?? "")."
        }
        return ProseBlock.Sentence(
            text + chance(summary.headline.rateChange), tone(summary.headline.rateChange.measured?.verdict))
    }

    private var aborted: [ProseBlock.Sentence] {
        let (now, before) = (summary.headline.outcomes, summary.headline.previousOutcomes)
        let change = summary.headline.abortedChange
        guard now.aborted > 0 || change.measured.map({ $0.verdict != .unchanged }) == true,
            let rate = now.abortedRate
        else { return [] }
        var text = "\(now.aborted) were aborted: \(HumanText.percent(rate.estimate))"
        if now.aborted == 1 { text = "1 was aborted: \(HumanText.percent(rate.estimate))" }
        if let earlier = before.abortedRate {
            text += ", after \(HumanText.percent(earlier.estimate)) the \(period) before"
        }
        return [ProseBlock.Sentence(text + "." + chance(change), tone(change.measured?.verdict))]
    }

    private func chance(_ change: RateChange) -> String {
        switch change.measured?.verdict {
        case .worse: " That is more than chance."
        case .better: " That is better than chance."
        case .unchanged: " The difference may be chance."
        case nil: ""
        }
    }

    private func tone(_ verdict: Verdict?) -> Tone {
        switch verdict {
        case .worse: .bad
        case .better: .good
        case .unchanged, nil: .plain
        }
    }

    private var requested: [ProseBlock.Sentence] {
        let hours = summary.requestedTotal
        guard let share = hours.wastedShare else { return [] }
        let range = HumanText.bounds(hours.coreHoursLow, hours.coreHours, 1)
        let isExact = range == NumberText.fixed(hours.coreHours, 1)
        return [
            ProseBlock.Sentence(
                "\(range) core-hours were requested, \(HumanText.percent(share)) of \(isExact ? "them" : "the upper bound") for attempts that failed, were retried or aborted."
            )
        ]
    }

    /// Where the archive knows less than the words would have one believe.
    var caveats: [ProseBlock.Sentence] {
        summary.headline.sources.flatMap { source -> [ProseBlock.Sentence] in
            let reach = source.reach
            var sentences: [ProseBlock.Sentence] = []
            let name = summary.sources.count > 1 ? "'\(source.name)'" : "this"
            if let first = reach.firstEndedAt.map({ summary.zone.day(of: $0).description }) {
                switch reach.extent {
                case .whole: break
                case .part:
                    sentences.append(
                        ProseBlock.Sentence(
                            "The archive knows of \(name) only since \(first), within the \(period) before: that \(period) is not whole, and “new” means new to the archive."
                        ))
                case .none:
                    sentences.append(
                        ProseBlock.Sentence(
                            "The archive knows of \(name) only since \(first): there is no \(period) before to compare with, and “new” means new to the archive."
                        ))
                }
            }
            if reach.share < 1, let last = reach.harvestedAt {
                sentences.append(
                    ProseBlock.Sentence(
                        "The last harvest of \(name) began at \(minute(last)), before this \(period) was over: what ended after it is not here."
                    ))
            }
            return sentences
        }
    }

    /// `2026-11-29T02:31Z`, or in the page's zone `2026-11-29 03:31 CET`.
    private func minute(_ time: Timestamp) -> String {
        guard summary.zone != .utc else { return "\(time.microsecondText.prefix(16))Z" }
        return summary.zone.minuteText(time)
    }

    // MARK: Findings

    private func sentence(_ finding: WeeklyFinding) -> ProseBlock.Sentence {
        let name = name(finding.subject)
        let text =
            switch finding.kind {
            case .newFailure:
                summary.extent(of: finding.subject.source) == .whole
                    ? failure("New failure", finding) : failure("New to the archive: a failure", finding)
            case .returnedFailure: failure("Not seen for four weeks, and back: a failure", finding)
            case .failsMore: "\(name) fails more often: \(rate(finding))."
            case .failsLess: "\(name) fails less often: \(rate(finding))."
            case .abortedMore: "\(name) is aborted more often: \(rate(finding))."
            case .abortedLess: "\(name) is aborted less often: \(rate(finding))."
            case .stopped:
                "\(name) stopped: \(HumanText.count(finding.previousRuns ?? 0, "execution")) ended the \(period) before, and none in this one\(open(finding))."
            case .slower: "\(name) got slower: \(shift(finding))."
            case .faster: "\(name) got faster: \(shift(finding))."
            case .flaky:
                "\(name) is flaky: it succeeded only after a retry in \(finding.count ?? 0) of \(HumanText.count(finding.runs, "run"))."
            }
        return ProseBlock.Sentence(text, finding.isGood ? .good : finding.isBad ? .bad : .plain)
    }

    /// With where it is, since names are given more than once.
    private func name(_ subject: WeeklySummary.Subject) -> String {
        let source = summary.sources.count > 1 ? ", \(subject.source)" : ""
        return "\(subject.name) (\(subject.project)/\(subject.domain)\(source))"
    }

    /// `7 of 7, after 0 of 7 (+100 points, 51 to 100)`.
    private func rate(_ finding: WeeklyFinding) -> String {
        var text = "\(finding.count ?? 0) of \(finding.runs)"
        if let count = finding.previousCount, let runs = finding.previousRuns {
            text += ", after \(count) of \(runs)"
        }
        guard let change = finding.rateChange else { return text }
        let ends = [change.interval.low, change.interval.high].map {
            ($0 < 0 ? "−" : "") + NumberText.fixed(abs($0) * 100, 0)
        }
        let points = HumanText.signed(change.difference, HumanText.points(change.difference))
        return text + " (\(points), 95 % between \(ends[0]) and \(ends[1]))"
    }

    private func shift(_ finding: WeeklyFinding) -> String {
        guard let change = finding.durationChange else { return "" }
        let cut = change.censored + change.previousCensored
        let told =
            cut > 0
            ? "; \(cut) of \(finding.runs + (finding.previousRuns ?? 0)) were cut off before they could succeed"
            : ""
        guard let shift = change.shift else {
            return "so many were cut off that nobody can say by how much\(told)"
        }
        let relative =
            change.relativeShift.map { " (\(HumanText.signed($0, HumanText.percent(abs($0)))))" } ?? ""
        let of = change.method == .mannWhitney ? "in the median of all differences" : "in the median"
        return "\(HumanText.duration(abs(shift)))\(relative) \(of)\(told)"
    }

    private func open(_ finding: WeeklyFinding) -> String {
        switch finding.count ?? 0 {
        case 0: ""
        case 1: "; 1 is open"
        case let count: "; \(count) are open"
        }
    }

    /// A failure belongs to all the tasks in which it began, not to the one of the latest.
    private func failure(_ word: String, _ finding: WeeklyFinding) -> String {
        guard let failure = finding.failure else { return word }
        let said = failure.label.isEmpty ? "the server told no error" : failure.label
        let count = HumanText.count(failure.executions, "execution")
        let source = summary.sources.count > 1 ? ", \(failure.source)" : ""
        let place = " (\(failure.project)/\(failure.domain)\(source))"
        if failure.tasks.isEmpty { return "\(word) outside of any task\(place): \(said) – \(count)." }
        let isOne = failure.tasks == "\(failure.task) (\(failure.executions))"
        return isOne
            ? "\(word) in \(failure.task)\(source.isEmpty ? "" : " (\(failure.source))"): \(said) – \(count)."
            : "\(word) in several tasks: \(said) – \(count): \(failure.tasks)."
    }
}
