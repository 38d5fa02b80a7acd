import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// Inputs and outputs.
    static let literals = Command(
        "literals", "Shows the inputs and outputs of an execution, a node or an attempt."
    ) { declare in
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let execution = declare.argument(
            "EXECUTION", ArchivedExecution.help)
        let node = declare.optionalArgument(
            "NODE", "A node's id. Default: the execution's own inputs and outputs.")
        let attempt = declare.option("attempt", "N", "An attempt of the node, counting from 0.") {
            text throws(UsageError) in
            guard let number = Int64(text), number >= 0 else {
                throw UsageError("'\(text)' is no attempt: 0, 1, …")
            }
            return number
        }
        let variable = declare.option(
            "var", "NAME",
            "Only this variable: its value alone, as JSON, a line for each input and output of that name.")
        let isRaw = declare.flag(
            "raw", "The literal map's protobuf bytes as the server gave them, for 'protoc --decode'.")
        let direction = declare.option(
            "direction", "D", "Only inputs or only outputs.", choices: ["input", "output"])
        let output = OutputOptions(&declare, of: path)
        declare.example("flightlog literals runs.db a8s7d6f5g4h3j2k1l0q9")
        declare.example("flightlog literals runs.db a8s7d6f5g4h3j2k1l0q9 n0 --attempt 0 --var model")
        declare.example("flightlog literals runs.db a8s7d6f5g4h3j2k1l0q9 --direction input --raw > inputs.pb")
        return { input in
            if input[attempt] != nil, input[node] == nil {
                throw UsageError("--attempt needs the NODE that the attempt is of.")
            }
            if input[isRaw], input[direction] == nil {
                throw UsageError(
                    "--raw gives one map: say which with --direction input or --direction output.")
            }
            let archive = try Archive(path: input[path], mode: .readOnly)
            let directions = input[direction].map { [$0] } ?? ["input", "output"]
            try archive.reading {
                let found = try ArchivedExecution(input[execution], in: archive, path: input[path])
                let maps = try ArchivedLiteralMaps(
                    archive, found, node: input[node], attempt: input[attempt])
                if input[isRaw] {
                    let isThere = try maps.pieces(directions[0]) { try Terminal.print(Array($0)) }
                    guard isThere else {
                        throw Failure("\(maps.place) has no \(directions[0])s in the archive.")
                    }
                } else if let name = input[variable] {
                    let values = try directions.compactMap { try maps.json(name, $0) }
                    guard !values.isEmpty else { throw Failure("\(maps.place) has no variable '\(name)'.") }
                    try Terminal.print(values.map { $0 + "\n" }.joined())
                } else {
                    try output.print(try maps.table(directions), input, title: "Literals of \(maps.place)")
                }
            }
            return ExitCode.done.rawValue
        }
    }
}
