import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import Tables

extension Command {
    /// Two executions, or two versions, against each other.
    static let diff = Command(
        "diff",
        "Compares two executions, a failed one with the last that succeeded, or two versions of a workflow."
    ) { declare in
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let first = declare.optionalArgument(
            "EXECUTION", ArchivedExecution.help)
        let second = declare.optionalArgument(
            "OTHER", "The execution to compare it with; it counts as the later one.")
        let isLastSuccess = declare.flag(
            "last-success",
            "Compares EXECUTION with the last execution of its launch plan, else of its workflow, that succeeded before."
        )
        let workflow = declare.option(
            "workflow", "W", "Compares versions of this workflow, over all of their runs.")
        let versions = declare.repeatedOption(
            "version", "V", "A version of --workflow; twice, the earlier one first.")
        let project = declare.option("project", "P", "The workflow's project, where several have it.")
        let domain = declare.option("domain", "D", "The workflow's domain, where several have it.")
        let output = OutputOptions(&declare, of: path, isForPeople: true)
        declare.example(
            "flightlog diff runs.db a8s7d6f5g4h3j2k1l0q9 --last-success", "What is different this time?")
        declare.example(
            "flightlog diff runs.db sales/production/a8s7d6f5g4h3 sales/production/b9t8e7g6h5j4 --format json"
        )
        declare.example("flightlog diff runs.db --workflow etl.load --version v1 --version v2")
        declare.details(
            """
            What most likely explains a failure comes first. Ids, times and pods, which no two runs share, are no differences, and a duration \
            is one where it differs by more than the node's durations usually do. Secrets that were redacted are compared by their tokens. \
            Exits with 3 when there are differences, and with 0 when there are none.
            """)
        return { input in
            let archive: Archive
            if let workflow = input[workflow] {
                guard input[first] == nil, !input[isLastSuccess] else {
                    throw UsageError("--workflow compares versions, and takes no EXECUTION.")
                }
                guard input[versions].count == 2 else {
                    throw UsageError("--workflow needs --version twice: the earlier one, then the later one.")
                }
                archive = try Archive(path: input[path], mode: .readOnly)
                try archive.requireNewest()
                let comparison = try archive.reading {
                    try VersionComparison(
                        .init(
                            workflow: workflow, before: input[versions][0], after: input[versions][1],
                            project: input[project], domain: input[domain]), in: archive)
                }
                return try tell(
                    comparison.tables(), isSame: comparison.differences.isEmpty, output, input,
                    title: "Versions \(input[versions][0]) and \(input[versions][1]) of \(workflow)")
            }
            guard input[versions].isEmpty, input[project] == nil, input[domain] == nil else {
                throw UsageError("--version, --project and --domain go with --workflow.")
            }
            guard let name = input[first] else {
                throw UsageError("Say which EXECUTION, or which --workflow with two versions.")
            }
            guard input[isLastSuccess] == (input[second] == nil) else {
                throw UsageError(
                    input[isLastSuccess]
                        ? "--last-success finds the other execution by itself."
                        : "Say which OTHER execution to compare it with, or --last-success.")
            }
            archive = try Archive(path: input[path], mode: .readOnly)
            try archive.requireNewest()
            let comparison = try archive.reading {
                let found = try compared(name, archive, input[path])
                if let other = input[second] {
                    return try ExecutionComparison(found, compared(other, archive, input[path]), in: archive)
                }
                guard let last = try LastSuccess(before: found, in: archive) else {
                    throw Failure(try LastSuccess.whyNot(before: found, in: archive))
                }
                Terminal.say(last.reason)
                return try ExecutionComparison(last.execution, found, in: archive)
            }
            for execution in [comparison.before, comparison.after] where !execution.isComplete {
                Terminal.say(
                    "Something of \(execution.id) is missing in the archive: what differs there cannot be told. 'flightlog query \(input[path]) withheld' lists it."
                )
            }
            guard try output.format(input) == .table else {
                return try tell(
                    comparison.tables(), isSame: comparison.differences.isEmpty, output, input,
                    title: "\(comparison.before.id) and \(comparison.after.id)")
            }
            try output.print(ComparisonText(comparison, page: output.page(input)).text, input)
            let rest = comparison.nodes.count - ComparisonText.nodeLimit
            if rest > 0 { Terminal.say("\(rest) nodes more are in the other formats, such as --format csv.") }
            return code(comparison.differences.isEmpty)
        }
    }

    private static func compared(_ text: String, _ archive: Archive, _ path: String) throws
        -> ComparedExecution
    {
        let found = try ArchivedExecution(text, in: archive, path: path)
        guard let execution = try ComparedExecution(found.id, source: found.source, in: archive) else {
            throw Failure("'\(path)' has no execution '\(text)'.")
        }
        return execution
    }

    private static func tell(
        _ tables: [(name: String, title: String, table: Table)], isSame: Bool, _ output: OutputOptions,
        _ input: Input,
        title: String
    ) throws -> Int32 {
        let answer = try output.writer(input, title: title, hasParts: true)
        for part in tables { try answer.write(part.table, name: part.name, title: part.title) }
        try answer.end()
        return code(isSame)
    }

    private static func code(_ isSame: Bool) -> Int32 {
        if isSame { Terminal.say("No differences.") }
        return (isSame ? ExitCode.done : .findings).rawValue
    }
}
