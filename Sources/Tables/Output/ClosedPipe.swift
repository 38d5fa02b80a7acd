/// That whoever read an answer has seen enough, as `head` has: an end, and no failure.
///
/// The process must ignore SIGPIPE, or it ends before this is thrown.
public struct ClosedPipe: Error, Hashable, Sendable {
    public init() {}
}
