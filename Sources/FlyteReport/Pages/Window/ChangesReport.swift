import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// Since when workflows and their nodes take another time, or fail more or less often, and what changed with it.
struct ChangesReport {
    private let page: WindowReport
    /// Newest first.
    private let changes: [ChangeSeries]

    /// More pictures nobody looks at; the table has all.
    private static let mostPictures = 12

    init(_ archive: Archive, _ scope: ReportScope) throws {
        page = try WindowReport(archive, scope)
        // A workflow's own change says most, then large ones: those are drawn.
        let rows = try page.now.rows("changes")
        let weights = rows.enumerated().sorted { a, b in
            func weight(_ row: QueryRow) -> (Int, Double) {
                let (before, after) = (row.real("before") ?? 0, row.real("after") ?? 0)
                return (
                    row.text("node_path")?.isEmpty == false ? 1 : 0,
                    -abs(after - before) / max(max(after, before), 1e-9)
                )
            }
            return (weight(a.element).0, weight(a.element).1, a.offset) < (
                weight(b.element).0, weight(b.element).1, b.offset
            )
        }
        let drawn = Set(weights.prefix(Self.mostPictures).map(\.offset))
        var changes: [ChangeSeries] = []
        for (number, row) in rows.enumerated() {
            if let change = try ChangeSeries(row, in: archive, withPoints: drawn.contains(number)) {
                changes.append(change)
            }
        }
        self.changes = changes
    }

    static let maker = ReportMaker<ReportScope> { archive, scope in try ChangesReport(archive, scope).report()
    }

    private func report() -> Report {
        Report(
            title: page.title("Changes"),
            subtitle: page.subtitle("What changed in the histories of workflows and nodes"), lead: lead,
            shownLead: 8,
            blocks: table + pictures,
            notes: [
                "A change is a moment since which a history falls apart more than chance gives, all histories of the archive taken together (E-divisive means, Benjamini-Hochberg). Durations are medians, of a workflow from start to end over runs that succeeded, of a node from its creation to its end; failures are shares of runs.",
                "The interval is that of the difference, at 95 %. What changed with it is what nearly all runs right after have and hardly any right before; that it is the reason nobody can say.",
                "The archive looks for changes when it is harvested or rebuilt; a moment may lie some runs from where something really changed.",
            ])
    }

    // MARK: Words

    /// `etl.load at n0 (sales/production)`.
    private func name(_ change: ChangeSeries) -> String {
        let source = page.sources.count > 1 ? ", \(change.source)" : ""
        return
            "\(change.workflow)\(change.nodePath.map { " at \($0)" } ?? "") (\(change.project)/\(change.domain)\(source))"
    }

    private static func value(_ value: Double, _ change: ChangeSeries) -> String {
        change.isOfFailures ? HumanText.percent(value) : HumanText.duration(value)
    }

    private static func what(_ change: ChangeSeries) -> String {
        switch (change.isOfFailures, change.isWorse) {
        case (true, true): "fails more often"
        case (true, false): "fails less often"
        case (false, true): "takes longer"
        case (false, false): "takes less"
        }
    }

    private static func with(_ change: ChangeSeries) -> String {
        change.companions.isEmpty
            ? "nothing else that executions tell of"
            : change.companions.map { "\($0.name) \($0.before) → \($0.after)" }.joined(separator: ", ")
    }

    private func sentence(_ change: ChangeSeries) -> ProseBlock.Sentence {
        var text = "\(name(change)) \(Self.what(change)) since \(page.said(change.at)): "
        text += "\(Self.value(change.before, change)) → \(Self.value(change.after, change))"
        if !change.isOfFailures, let relative = change.relative {
            text += " (\(HumanText.signed(relative, HumanText.percent(abs(relative)))))"
        }
        if !change.companions.isEmpty { text += "; with it changed \(Self.with(change))" }
        return ProseBlock.Sentence(text + ".", change.isWorse ? .bad : .good)
    }

    private var lead: [ProseBlock.Sentence] {
        guard !changes.isEmpty else {
            return [
                .init(
                    "No workflow or node changed in this window by more than chance. Histories of fewer than twenty runs tell nothing."
                )
            ]
        }
        let worse = changes.count(where: \.isWorse)
        // Of a node's change the workflow's says the same, where there is one.
        let own = changes.filter { $0.nodePath == nil }
        let rest = changes.filter { change in
            change.nodePath != nil
                && !own.contains {
                    KeyBytes($0.workflow) == KeyBytes(change.workflow) && $0.project == change.project
                        && $0.domain == change.domain && $0.source == change.source
                        && $0.isOfFailures == change.isOfFailures && $0.isWorse == change.isWorse
                }
        }
        return [
            .init(
                "\(HumanText.count(changes.count, "change")), \(worse) for the worse: \(changes.count(where: { !$0.isOfFailures })) of durations, \(changes.count(where: \.isOfFailures)) of failures."
            )
        ] + (own + rest).sorted { $0.isWorse && !$1.isWorse }.map(sentence)
    }

    // MARK: Sections

    private var table: [Block] {
        [
            .heading(
                HeadingBlock(
                    "All changes", id: "changes",
                    explanation: "Newest first; of nodes and of whole workflows.")),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Since", "at"), FigureColumn("Workflow", "workflow"),
                        FigureColumn("Source", "source", for: page.sources.count < 2 ? .machines : .all),
                        FigureColumn("Where", "place"), FigureColumn("Node", "node_path"),
                        FigureColumn("What", "", for: .people), FigureColumn("", "measure", for: .machines),
                        FigureColumn("Before", "", isNumber: true, for: .people),
                        FigureColumn("After", "", isNumber: true, for: .people),
                        FigureColumn("Difference", "", for: .people),
                        FigureColumn("", "before", isNumber: true, for: .machines),
                        FigureColumn("", "after", isNumber: true, for: .machines),
                        FigureColumn("", "low", isNumber: true, for: .machines),
                        FigureColumn("", "high", isNumber: true, for: .machines),
                        FigureColumn("p", "p", isNumber: true),
                        FigureColumn("With it changed", "", for: .people),
                        FigureColumn("", "with_what", for: .machines),
                    ],
                    rows: changes.map(row), shown: 30,
                    whenEmpty: "No workflow or node changed in this window by more than chance.")),
            .receipts(ReceiptsBlock([page.now.receipt("changes")])),
        ]
    }

    private func row(_ change: ChangeSeries) -> [Figure] {
        func number(_ value: Double?) -> Figure { value.map { .number($0, digits: 4) } ?? .none }
        func size(_ value: Double) -> String {
            change.isOfFailures
                ? HumanText.signed(value, HumanText.points(value))
                : HumanText.signed(value, HumanText.duration(abs(value)))
        }
        let difference =
            change.low.flatMap { low in change.high.map { "\(size(low)) to \(size($0))" } }
            ?? size(change.after - change.before)
        let tone: Tone = change.isWorse ? .bad : .good
        return [
            .time(page.said(change.at), utc: change.at.microsecondText), .text(change.workflow),
            .text(change.source),
            .text("\(change.project)/\(change.domain)"), change.nodePath.map { .code($0) } ?? .blank,
            .verdict(Self.what(change), tone), .text(change.isOfFailures ? "failure_rate" : "duration"),
            .text(Self.value(change.before, change)), .text(Self.value(change.after, change)),
            .text(difference),
            number(change.before), number(change.after), number(change.low), number(change.high),
            // Never 0: chance is never ruled out.
            change.pValue.map { $0 < 0.0001 ? .text("under 0.0001") : .number($0, digits: 4) } ?? .none,
            number(change.pValue), .text(Self.with(change)),
            .text(change.withWhat),
        ]
    }

    private var pictures: [Block] {
        let drawn = changes.filter { !$0.points.isEmpty }
        guard !drawn.isEmpty else { return [] }
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "Before and after", id: "series",
                    explanation:
                        "Up to forty runs on each side, in the order in which they ended; failures as the share of each ten."
                ))
        ]
        for (number, change) in drawn.enumerated() {
            blocks.append(.chart(chart(change, number)))
            if !change.companions.isEmpty {
                blocks.append(
                    .prose(ProseBlock(key: "with", [.init("With it changed: \(Self.with(change)).")])))
            }
        }
        if drawn.count < changes.count {
            blocks.append(
                .prose(
                    ProseBlock(
                        key: "others",
                        [
                            .init(
                                "\(HumanText.count(changes.count - drawn.count, "other change")) have no picture here."
                            )
                        ])))
        }
        return blocks + [.receipts(ReceiptsBlock(drawn.compactMap(\.pointsReceipt)))]
    }

    private func chart(_ change: ChangeSeries, _ number: Int) -> ChartBlock {
        func label(_ time: Timestamp) -> String {
            String(page.scope.zone.local(time).text.prefix(16).dropFirst(5))
        }
        let points: [(at: Timestamp, figure: Figure)]
        if change.isOfFailures {
            // Of single runs a line would only jump.
            let sides = [
                change.points.filter { $0.at < change.at }, change.points.filter { $0.at >= change.at },
            ]
            points = sides.flatMap { side -> [(at: Timestamp, figure: Figure)] in
                stride(from: 0, to: side.count, by: 10).map { start in
                    let part = side[start..<min(start + 10, side.count)]
                    let rate = Proportion(part.count { $0.value > 0 }, of: part.count)
                    return (side[start].at, WeeklyReport.rate(rate))
                }
            }
        } else {
            points = change.points.map { ($0.at, .duration($0.value)) }
        }
        let isRate = change.isOfFailures
        return ChartBlock(
            key: "chart", "\(name(change)) \(Self.what(change)) since \(page.said(change.at))", .line,
            columns: [
                FigureColumn("Ended", "ended_at"),
                FigureColumn("Before", "before", isNumber: true, isRate ? .rate : .value),
                FigureColumn("After", "after", isNumber: true, isRate ? .rate : .value),
            ],
            rows: points.map { point in
                let isAfter = point.at >= change.at
                return [
                    .time(label(point.at), utc: point.at.microsecondText), isAfter ? .none : point.figure,
                    isAfter ? point.figure : .none,
                ]
            })
    }
}

extension ReportPage {
    /// What changed.
    public static let changes = ReportPage(
        "changes", "Since when workflows and nodes take longer or fail more often, and what changed with it.",
        details: """
            One self-contained page: no network, no JavaScript. It has the changes whose moment lies in the window, each with the \
            runs before and after it. The same archive and window give the same bytes.
            """,
        of: .window(ChangesReport.maker))
}
