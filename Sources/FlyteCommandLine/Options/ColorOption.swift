import CommandLineParser
import FlyteAdmin
import Glibc
import Tables

/// `--color`: whether what people read has colours.
struct ColorOption: Sendable {
    private let choice: Parameter<String?>

    init(_ declare: inout Declaration) {
        choice = declare.option(
            "color", "WHEN",
            "Colours: always, never, or auto: on a terminal, unless NO_COLOR is set. Default: auto.",
            choices: ColorChoice.allCases.map(\.rawValue))
    }

    /// Of what is written to standard output.
    func colors(_ input: Input) -> TerminalColors {
        (input[choice].flatMap(ColorChoice.init(rawValue:)) ?? .auto).colors(
            isTerminal: Terminal.isTerminal(STDOUT_FILENO), environment: FlyteSettings.processEnvironment)
    }
}
