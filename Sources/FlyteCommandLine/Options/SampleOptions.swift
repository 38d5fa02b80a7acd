import CommandLineParser
import FlyteModel
import FlyteServer

/// Which sample installation.
struct SampleOptions: Sendable {
    private let seed: Parameter<UInt64?>
    private let scale: Parameter<Int?>
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
        end = declare.timeOption("end", "When its history ends. Default: the last full hour.")
    }

    func options(_ input: Input) throws -> SampleInstallation.Options {
        var options = SampleInstallation.Options(end: try input[end]?.resolved() ?? .lastFullHour)
        if let seed = input[seed] { options.seed = seed }
        if let scale = input[scale] { options.scale = scale }
        return options
    }
}
