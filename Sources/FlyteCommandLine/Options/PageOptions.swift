import CommandLineParser
import FlyteAdmin
import FlyteArchive
import FlyteModel
import Glibc
import Tables

/// What a person at a terminal wants of an answer: colours, a pager, times of a zone.
struct PageOptions: Sendable {
    private let color: ColorOption
    private let noPager: Parameter<Bool>
    let zone: ZoneOption

    init(_ declare: inout Declaration) {
        color = ColorOption(&declare)
        noPager = declare.flag(
            "no-pager", "Answers longer than the screen do not go through $PAGER (else less).")
        zone = ZoneOption(&declare, "Times of tables are those of this zone, such as Europe/Berlin, or local")
    }

    /// The terminal behind standard output; nil when there is none.
    func page(_ input: Input) -> TerminalPage? {
        guard let width = Terminal.width else { return nil }
        return page(input, width: width)
    }

    /// A page of that width, wherever it is written.
    func page(_ input: Input, width: Int) -> TerminalPage {
        TerminalPage(
            width: width, colors: color.colors(input), clock: zone.rules(input).clock,
            readings: ViewColumn.readings, style: ViewColumn.style)
    }

    /// Standard output; at a terminal through a pager where an answer is long.
    func sink(_ input: Input) -> any ByteSink {
        // A pager asks its reader, and where nobody can answer it would wait for ever.
        guard Terminal.width != nil, Terminal.isTerminal(STDIN_FILENO), !input[noPager] else {
            return Terminal.output
        }
        let paged = PagedOutput(command: Pager.command(), height: Terminal.height)
        return TerminalLocale.isUTF8() ? paged : ASCIIOutput(paged)
    }

    func colors(_ input: Input) -> TerminalColors { color.colors(input) }
}
