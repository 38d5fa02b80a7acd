import CommandLineParser
import FlyteModel
import FlyteServer

/// Which sample installation.
struct SampleOptions: Sendable {
    private let seed: Parameter<UInt64?>
    private let scale: Parameter<Int?>
    private let tree: Parameter<Int?>
    private let giant: Parameter<Int?>
    private let literal: Parameter<Int?>
    private let plants: Parameter<String?>
    private let end: Parameter<TimeExpression?>

    init(_ declare: inout Declaration) {
        seed = declare.option("seed", "N", "Another installation of the same kind. Default: 1.") {
            text throws(UsageError) in
            guard let seed = UInt64(text) else { throw UsageError("'\(text)' is no seed: a whole number.") }
            return seed
        }
        scale = declare.option("scale", "N", "So many times the usual 650 executions. Default: 1.") {
            text throws(UsageError) in
            guard let scale = Int(text), (1...1000).contains(scale) else {
                throw UsageError("'\(text)' is no scale: a number from 1 to 1000.")
            }
            return scale
        }
        tree = declare.option(
            "tree", "N", "So many nodes for each that runs a task in the usual trees. Default: 1."
        ) { text throws(UsageError) in try Self.number(text, upTo: 1000) }
        giant = declare.option("giant", "NODES", "One more execution, with so many nodes. Default: none.") {
            text throws(UsageError) in try Self.number(text, upTo: 1_000_000)
        }
        literal = declare.option(
            "literal", "MB", "One more execution, with an output of so many megabytes. Default: none."
        ) { text throws(UsageError) in try Self.number(text, upTo: 1000) }
        plants = declare.option(
            "plant", "WHAT",
            "What answers should find in it: none, usual (in the last whole week a slow workflow and a new failure), or all (missed times of a schedule, too). Default: usual.",
            choices: SampleInstallation.Plants.allCases.map(\.rawValue))
        end = declare.timeOption("end", "When its history ends. Default: the last full hour.")
    }

    private static func number(_ text: String, upTo most: Int) throws(UsageError) -> Int {
        guard let number = Int(text), (1...most).contains(number) else {
            throw UsageError("'\(text)' is no number from 1 to \(most).")
        }
        return number
    }

    func options(_ input: Input) throws -> SampleInstallation.Options {
        var options = SampleInstallation.Options(end: try input[end]?.resolved() ?? .lastFullHour)
        if let seed = input[seed] { options.seed = seed }
        if let scale = input[scale] { options.scale = scale }
        if let plants = input[plants].flatMap(SampleInstallation.Plants.init) { options.plants = plants }
        options.treeScale = input[tree] ?? 1
        options.giantNodes = input[giant] ?? 0
        options.literalMegabytes = input[literal] ?? 0
        return options
    }
}
