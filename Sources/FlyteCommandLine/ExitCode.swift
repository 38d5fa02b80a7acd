import FlyteArchive

/// What the tool tells whoever started it.
public enum ExitCode: Int32, Sendable {
    case done = 0
    case failed = 1
    /// Done, but with problems recorded in the archive.
    case problems = 2
    /// A check found something.
    case findings = 3
    /// The command line cannot be understood (EX_USAGE of sysexits.h).
    case usage = 64
    /// Another harvest holds the archive (EX_TEMPFAIL): try again later.
    case held = 75

    /// How a command that ends with this error exits.
    init(of error: any Error) {
        switch error {
        case let failure as Failure: self = failure.code
        case let error as ArchiveError: self = error.isHeld ? .held : .failed
        default: self = .failed
        }
    }
}
