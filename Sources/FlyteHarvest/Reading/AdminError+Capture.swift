import FlyteAdmin
import FlyteModel

extension AdminError {
    /// What makes every further question senseless: nobody there, nobody let in, or the harvest was stopped.
    var isFatal: Bool {
        if case .transport(let error) = kind, error.kind == .cancelled { return true }
        return mayConcernHost && !isOfThisQuestion
    }

    /// Throws what leaves no tree that is worth keeping: fatal errors, and those of a server in trouble that did
    /// not pass. What a later try may fill is better read whole then. One question that the server cannot
    /// answer, or not in time, does not spoil the rest.
    func rethrowIfTreeIsSpoilt() throws {
        if isFatal { throw self }
        guard isPassing else { return }
        switch kind {
        case .overloaded, .invalid: throw self
        case .transport(let error) where error.kind != .timedOut: throw self
        default: return
        }
    }

    /// What the capture ledger says of something that was not handed over because of this.
    var captureState: Withheld.State {
        switch kind {
        case .notFound: .missing
        case .tooLarge: .tooLarge
        case .endless: .truncated
        case .tooLargeToRedact: .redacted
        case .transport(let error) where error.kind == .tooLarge: .tooLarge
        case .serverFault where !isPassing: .unreadable
        default: .failed
        }
    }
}
