import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// Where data came from, and where it went.
    static let lineage = Command(
        "lineage", "Shows who wrote what an execution read, and who has read what it wrote, from run to run."
    ) { declare in
        declare.details(
            """
            Files, directories, schemas, structured data sets, offloaded values and artifacts are followed by their addresses, which are \
            compared as stores compare them; a redacted one by its token. Who wrote what was read is the last execution that wrote it \
            before. Values found in a cache, or taken over by a recovery, were read and not written. Each execution is followed once.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let start = declare.argument(
            "START",
            "An address such as s3://bucket/key, or an execution: project/domain/name, a name, or a console URL."
        )
        let isUp = declare.flag("up", "Only where data came from.")
        let isDown = declare.flag("down", "Only where data went.")
        let depth = declare.option("depth", "N", "How many executions far. Default: 10.") {
            text throws(UsageError) in
            guard let number = Int(text), (1...1_000_000).contains(number) else {
                throw UsageError("'\(text)' is no depth: 1, 2, …")
            }
            return number
        }
        let output = OutputOptions(&declare, of: path, isForPeople: true)
        declare.example("flightlog lineage runs.db a8s7d6f5g4h3j2k1l0q9 --up", "What went into this run?")
        declare.example(
            "flightlog lineage runs.db s3://lake/orders/2026-01-05.parquet --down", "Who has used this file?")
        declare.example("flightlog lineage runs.db a8s7d6f5g4h3j2k1l0q9 --depth 3 --format csv")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            try archive.requireNewest()
            // Neither is as good as both.
            let directions = LineageWalk.Direction.allCases.filter {
                input[isUp] == input[isDown] || ($0 == .up) == input[isUp]
            }
            let walk = try archive.reading {
                try LineageWalk(
                    from: Self.start(input[start], archive, input[path]), directions,
                    depth: input[depth] ?? 10, in: archive)
            }
            if try output.format(input) == .table {
                try output.print(LineageText(walk, width: output.width(input)).text, input)
            } else {
                try output.print(walk.table, input, title: "Lineage of \(input[start])")
            }
            if walk.steps.isEmpty {
                Terminal.say("'\(input[start])' read and wrote nothing that has an address.")
            } else if walk.isCut {
                Terminal.say("There is more than is told; --depth goes further.")
            }
            if try archive.overdue().contains(where: { $0.part == .execution && $0.remaining > 0 }) {
                Terminal.say(
                    "Executions of an older version of flightlog are not looked through yet: 'flightlog rebuild \(input[path])' does it, and harvests do."
                )
            }
            return ExitCode.done.rawValue
        }
    }

    /// An address that the archive knows, else an execution.
    private static func start(_ text: String, _ archive: Archive, _ path: String) throws -> LineageWalk.Start
    {
        for isWrite in [true, false] where try !archive.uses(of: text, isWrite: isWrite).isEmpty {
            return .address(StoreAddress.canonical(text))
        }
        if text.contains("://"), !text.contains("/executions/"), ExecutionReference(text).id == nil {
            throw Failure("Nothing in '\(path)' read or wrote '\(StoreAddress.canonical(text))'.")
        }
        let found = try ArchivedExecution(text, in: archive, path: path)
        guard let execution = try archive.lineageExecution(found.id, source: found.source) else {
            throw Failure("'\(path)' has no execution '\(text)'.")
        }
        return .execution(execution)
    }
}
