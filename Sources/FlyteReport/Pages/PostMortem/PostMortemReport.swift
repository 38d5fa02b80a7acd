import FlyteAnalysis
import FlyteModel
import Tables

/// `flightlog report postmortem`: what an archive can say of why an execution, or several, went wrong.
///
/// The first execution is told in full. Where there are several, a table says how each ended and whether it is the same
/// failure.
public enum PostMortemReport {
    /// More than these nobody reads side by side.
    public static let executionLimit = 50

    /// Asks for what is known of the executions, and makes the page of it.
    public static let maker = ReportMaker<ExecutionReportScope> { archive, scope in
        let all = try scope.executions.map { execution in
            guard let one = try PostMortem(execution, in: archive) else {
                preconditionFailure("it was found")
            }
            return one
        }
        return report(on: all, scope)
    }

    /// - Parameter all: At least one.
    static func report(on all: [PostMortem], _ scope: ExecutionReportScope) -> Report {
        let first = all[0]
        let words = PostMortemWords(first, scope)
        let title =
            all.count == 1
            ? "Post-mortem of \(first.details.id)"
            : "Post-mortem of \(HumanText.count(all.count, "execution"))"
        return Report(
            title: title, subtitle: words.subtitle, lead: words.lead(beside: Array(all.dropFirst())),
            blocks: [
                all.count > 1 ? executions(all, words) : [], failure(first, words), changes(first, words),
                timeline(first, words), attempts(first, words), path(first, words), alike(first, words),
                reach(first, words), evidence(first, words), people(first),
            ].flatMap { $0 },
            notes: notes)
    }

    private static let notes = [
        "A failure begins at the last attempt of the node that failed first: the execution's own error repeats it in the engine's words, and says USER for nearly everything.",
        "Failures are alike when their causes have the same fingerprint: exception and innermost frames, without pods, paths and numbers. 'flightlog help sql' says more.",
        "What changed is a difference to the last success, not a proof: what most often explains failures of this kind stands first.",
        "Two numbers are a lower and an upper bound: they differ where nobody saw an attempt run. Unknown is shown as –, never as zero.",
        "Times of the engine are of several clocks, and starts are whole seconds: what lies within a second may be in another order.",
    ]

    // MARK: Several executions

    private static func executions(_ all: [PostMortem], _ words: PostMortemWords) -> [Block] {
        let first = all[0]
        let rows: [[Figure]] = all.map { one in
            [
                .execution(ArchivedExecution(source: one.details.source, id: one.details.id)),
                .text(one.details.workflow?.name ?? "–"),
                .verdict(one.details.phase.rawValue, one.details.phase == .succeeded ? .good : .bad),
                words.time(one.details.times.endedAt), Figure.code(ifAny: one.compared.label),
                one.compared.fingerprint.map {
                    $0 == first.compared.fingerprint ? .text("as the first") : .text("another")
                } ?? .none,
                one.explanations.first.map { .text(words.short($0)) } ?? .none,
                Figure.code(ifAny: one.compared.fingerprint),
            ]
        }
        return [
            .heading(
                HeadingBlock(
                    "Executions", id: "executions",
                    explanation:
                        "The first is told in full below. Alike is what has the same fingerprint as its cause."
                )),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Execution", "execution"), FigureColumn("Workflow", "workflow"),
                        FigureColumn("Ended as", "phase"), FigureColumn("At", "ended_at"),
                        FigureColumn("Cause", "label"), FigureColumn("Failure", "is_alike"),
                        FigureColumn("First difference to its last success", "difference"),
                        FigureColumn("Fingerprint", "fingerprint", for: .machines),
                    ], rows: rows)),
            .receipts(
                ReceiptsBlock(
                    all.map { one in
                        Receipt(
                            sql:
                                "SELECT execution, workflow, ended_at, label, fingerprint FROM v_failure WHERE \(ArchivedExecution.condition)",
                            parameters: ArchivedExecution(source: one.details.source, id: one.details.id)
                                .parameters)
                    })),
        ] + shared(all, words)
    }

    /// What differs in each of them from its last success in the same way.
    private static func shared(_ all: [PostMortem], _ words: PostMortemWords) -> [Block] {
        let explained = all.map { Set($0.explanations.map(words.short)) }
        let common = all[0].explanations.map(words.short).filter { difference in
            explained.allSatisfy { $0.contains(difference) }
        }
        let sentences =
            common.isEmpty
            ? [ProseBlock.Sentence("Nothing differs in all of them from their last successes.")]
            : common.map { ProseBlock.Sentence("In all of them: \($0).", .bad) }
        return [.prose(ProseBlock(key: "shared", sentences))]
    }
}

extension ReportPage {
    /// Why an execution went wrong.
    public static let postMortem = ReportPage(
        "postmortem", "Why an execution went wrong: the cause, what changed, what followed, what it touched.",
        details: """
            The way from the execution's error down to the attempt where it began, what was different from the last success, \
            what happened when, who failed alike and what followed that, what never ran and who waited for it, and the \
            messages of the server that prove it. Several executions are told side by side, the first in full. Parts that \
            only people know are left as marked blanks. Principals are told by their part unless --principals is given.
            """,
        of: .executions(atMost: PostMortemReport.executionLimit, PostMortemReport.maker))
}
