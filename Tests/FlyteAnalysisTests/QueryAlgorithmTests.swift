import FlyteAnalysis
import TestSupport
import Testing

/// The questions that compute, against the slow and plain way to compute the same over random rows.
@Suite struct QueryAlgorithmTests {
    private struct Run {
        var name: String
        var workflow: String
        var phase: String
        /// Of the cause.
        var cause: String?
        var seconds: Double?

        var isTimeOut: Bool { cause == "timeout" }
        var isTerminal: Bool { ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"].contains(phase) }
        var isCensored: Bool { phase != "SUCCEEDED" }
    }

    private func runs(_ random: inout SeededRandom) -> [Run] {
        (0..<Int.random(in: 1...120, using: &random)).map { number in
            let phase =
                ["SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT", "RUNNING"]
                .randomElement(using: &random) ?? ""
            let causes =
                switch phase {
                case "FAILED": ["user", "system", "timeout", "rejected", "unknown"]
                case "TIMED_OUT": ["timeout"]
                default: [String]()
                }
            return Run(
                name: "a\(number)", workflow: ["w", "v", "<u>"].randomElement(using: &random) ?? "",
                phase: phase, cause: causes.randomElement(using: &random),
                // Few values, so that many tie.
                seconds: Int.random(in: 0..<8, using: &random) == 0
                    ? nil : Double(Int.random(in: 0...12, using: &random)) / 4)
        }
    }

    private func quoted(_ text: String?) -> String { text.map { "'\($0)'" } ?? "NULL" }

    private func insert(_ runs: [Run]) -> String {
        "INSERT INTO v_execution (name, workflow, phase, cause_class, duration_s) VALUES\n"
            + runs.map {
                "('\($0.name)', '\($0.workflow)', '\($0.phase)', \(quoted($0.cause)), \($0.seconds.map { "\($0)" } ?? "NULL"))"
            }.joined(separator: ",\n") + ";"
    }

    /// The answer's rows by the names of the columns.
    private func answer(_ query: String, over rows: String) throws -> [[String: String]] {
        let lines = try TestQuery.answer(query, ["limit": "-1"], over: rows).split(separator: "\n").map {
            $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }

    private func isClose(_ text: String?, _ value: Double?) -> Bool {
        guard let value else { return text == "NULL" }
        return text.flatMap(Double.init).map { abs($0 - value) <= 1e-9 * max(1, abs(value)) } ?? false
    }

    /// Kaplan and Meier by the book: over the distinct times, the product of 1 - ended / at risk.
    private func percentile(_ level: Double, of runs: [(seconds: Double, isCensored: Bool)]) -> Double? {
        var survival = 1.0
        for time in Set(runs.map(\.seconds)).sorted() {
            let atRisk = runs.count { $0.seconds >= time }
            let ended = runs.count { $0.seconds == time && !$0.isCensored }
            survival *= 1 - Double(ended) / Double(atRisk)
            if ended > 0, survival <= 1 - level + 1e-9 { return time }
        }
        return nil
    }

    @Test(arguments: UInt64(0)..<20) func percentilesAreKaplanAndMeiers(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let runs = runs(&random).filter(\.isTerminal)
        guard !runs.isEmpty else { return }
        for query in ["duration-percentiles-by-workflow", "duration-percentiles-by-week"] {
            let rows = try answer(query, over: insert(runs))
            for row in rows {
                let own = runs.filter { $0.workflow == row["workflow"] }
                let known = own.compactMap { run in run.seconds.map { ($0, run.isCensored) } }
                for (column, level) in [("p50_s", 0.5), ("p90_s", 0.9), ("p95_s", 0.95), ("p99_s", 0.99)] {
                    #expect(isClose(row[column], percentile(level, of: known)), "\(query) \(column) \(row)")
                }
                #expect(isClose(row["max_s"], known.map(\.0).max()))
                #expect(row["censored"] == "\(known.count { $0.1 })")
                if let unknown = row["unknown"] { #expect(unknown == "\(own.count - known.count)") }
            }
            let expected = query.hasSuffix("week") ? runs.filter { $0.seconds != nil } : runs
            #expect(Set(rows.compactMap { $0["workflow"] }) == Set(expected.map(\.workflow)))
        }
    }

    @Test(arguments: UInt64(0)..<20) func ratesAreWilsons(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let runs = runs(&random)
        let rows = try answer("failure-rate-by-workflow", over: insert(runs))
        #expect(Set(rows.compactMap { $0["workflow"] }) == Set(runs.filter(\.isTerminal).map(\.workflow)))
        for row in rows {
            let own = runs.filter { $0.workflow == row["workflow"] && $0.isTerminal }
            let judged = own.filter { $0.phase != "ABORTED" }
            let failed = judged.filter { $0.phase != "SUCCEEDED" }
            #expect(row["ended"] == "\(own.count)" && row["timed_out"] == "\(own.count(where: \.isTimeOut))")
            let rate = Proportion(failed.count, of: judged.count)
            #expect(isClose(row["failure_rate"], rate?.estimate))
            #expect(isClose(row["rate_low"], rate?.wilsonInterval().low), "\(row)")
            #expect(isClose(row["rate_high"], rate?.wilsonInterval().high), "\(row)")
            let aborted = Proportion(own.count { $0.phase == "ABORTED" }, of: own.count)
            #expect(isClose(row["aborted_rate"], aborted?.estimate))
            #expect(isClose(row["aborted_low"], aborted?.wilsonInterval().low), "\(row)")
            #expect(isClose(row["aborted_high"], aborted?.wilsonInterval().high), "\(row)")
            for (column, cause) in [("user_failures", "user"), ("rejected_failures", "rejected")] {
                #expect(row[column] == "\(own.count { $0.cause == cause })")
            }
        }
    }

    @Test(arguments: UInt64(0)..<20) func pathsAreSummedByClassAndByNode(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let runs = runs(&random)
        var steps: [(run: Run, node: String?, class: String, seconds: Double)] = []
        for run in runs {
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                steps.append(
                    (
                        run, [nil, "n0", "n1"].randomElement(using: &random) ?? nil,
                        ["queue", "user_code"].randomElement(using: &random) ?? "",
                        Double(Int.random(in: 0...40, using: &random)) / 8
                    ))
            }
        }
        let paths =
            "INSERT INTO v_node_execution (execution, node_id) SELECT name, 'n0' FROM v_execution;\n"
            + "INSERT INTO v_node_execution (execution, node_id) SELECT name, 'n1' FROM v_execution;\n"
            + steps.enumerated().map { index, step in
                "INSERT INTO v_critical_path (execution, step, node_id, class, duration_s) VALUES ('\(step.run.name)', \(index), \(quoted(step.node)), '\(step.class)', \(step.seconds));\n"
            }.joined()
        let counted = steps.filter(\.run.isTerminal)
        let total = counted.reduce(0) { $0 + $1.seconds }
        let classes = try TestQuery.answer("time-by-class", over: insert(runs) + paths).split(separator: "\n")
            .dropFirst().map { $0.split(separator: "|").map(String.init) }
        #expect(classes.count == Set(counted.map(\.class)).count)
        for row in classes {
            let own = counted.filter { $0.class == row[1] }
            let seconds = own.reduce(0) { $0 + $1.seconds }
            #expect(isClose(row[2], seconds) && isClose(row[3], total > 0 ? seconds / total : nil), "\(row)")
            #expect(row[4] == "\(Set(own.map(\.run.name)).count)")
        }
        let nodes = try answer("critical-nodes", over: insert(runs) + paths)
        for row in nodes {
            let workflow = counted.filter { $0.run.workflow == row["workflow"] }
            let own = workflow.filter { $0.node == row["node"] }
            let (with, all) = (Set(own.map(\.run.name)).count, Set(workflow.map(\.run.name)).count)
            let seconds = own.reduce(0) { $0 + $1.seconds }
            #expect(row["on_path"] == "\(with)" && row["executions"] == "\(all)", "\(row)")
            #expect(isClose(row["criticality"], Double(with) / Double(all)))
            #expect(isClose(row["mean_s"], seconds / Double(with)) && isClose(row["total_s"], seconds))
        }
        #expect(
            nodes.count
                == Set(counted.compactMap { step in step.node.map { step.run.workflow + " " + $0 } }).count)
    }
}
