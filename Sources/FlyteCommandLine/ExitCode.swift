import FlyteArchive

/// What the tool tells whoever started it.
public enum ExitCode: Int32, Sendable, CaseIterable {
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

    /// What it says to whoever wrote the script: help and manual have it from here.
    var meaning: String {
        switch self {
        case .done: "Done."
        case .failed: "Failed; the sentence on standard error says what, on what, and what to do."
        case .problems:
            "Done, but some executions could not be read: see 'flightlog status'; the next harvest tries again."
        case .findings: "A check found something: verify, prune-plan, doctor."
        case .usage: "The command line cannot be understood."
        case .held: "Somebody else harvests or changes the archive: try again later."
        }
    }

    /// How a command that ends with this error exits.
    init(of error: any Error) {
        switch error {
        case let failure as Failure: self = failure.code
        case let error as ArchiveError: self = error.isHeld ? .held : .failed
        default: self = .failed
        }
    }
}
