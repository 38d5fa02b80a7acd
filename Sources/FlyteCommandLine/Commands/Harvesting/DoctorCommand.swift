import CommandLineParser
import FlyteAdmin
import FlyteModel
import Tables

extension Command {
    /// Looks a server over before it is harvested.
    static let doctor = Command(
        "doctor",
        "Checks whether a Flyte installation can be harvested, and says what its configuration will hide."
    ) { declare in
        declare.details(
            """
            Looks at name, connection, certificate, clock, protocol, version, log-in, projects, lists, filters, order, \
            archived executions, inputs and outputs, signed URLs, metric spans, message size and latency. Reads only, and \
            asks some thirty questions at most. Exit codes: 0 nothing stands in the way, 3 there are problems, 1 no Flyte \
            could be reached.
            """)
        let source = SourceOptions(&declare)
        let output = OutputOptions(&declare, of: nil, isForPeople: true)
        declare.example("flightlog doctor --endpoint flyte.example.com")
        declare.example("flightlog doctor --config ~/.flyte/config.yaml --format json")
        return { input in
            // Bad news should come soon.
            var retry = RetryPolicy()
            (retry.tries, retry.triesAfterTimeout) = (2, 1)
            let report = await Checkup.report(
                on: try await source.client(input, retry: retry), now: { .now })
            let format = try output.format(input)
            if format == .table, !output.isFile(input) {
                try Terminal.print(lines(report))
            } else {
                try output.print(table(report), input, title: "Check-up")
            }
            if !report.isReachable { return ExitCode.failed.rawValue }
            return (report.hasProblems ? ExitCode.findings : .done).rawValue
        }
    }

    private static func table(_ report: Checkup.Report) -> Table {
        Table(
            columns: [Column("check"), Column("state"), Column("finding"), Column("advice")],
            rows: report.findings.map {
                [
                    .text($0.check), .text($0.state.rawValue), .text($0.text),
                    $0.advice.isEmpty ? .null : .text($0.advice),
                ]
            })
    }

    /// A line a check, and one below it for what to do.
    private static func lines(_ report: Checkup.Report) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let width = report.findings.map(\.check.count).max() ?? 0
        var text = ""
        for finding in report.findings {
            let start = padded(finding.state.rawValue, 9) + padded(finding.check, width + 2)
            text += start + TerminalFormat.visible(finding.text) + "\n"
            if !finding.advice.isEmpty {
                text += String(repeating: " ", count: start.count) + "→ "
                text += TerminalFormat.visible(finding.advice) + "\n"
            }
        }
        let problems = report.findings.count { $0.state == .problem }
        let notes = report.findings.count { $0.state == .note }
        return text + "\nProblems: \(problems). Notes: \(notes). Requests: \(report.requests).\n"
    }
}
