/// Where the bytes of an answer go: standard output, a file, memory.
///
/// What is written is an answer only after `finish()`; a sink that goes away without it takes back what it can.
public protocol ByteSink: AnyObject {
    /// Takes all of the bytes. Throws ``ClosedPipe`` where nobody reads any more.
    func write(_ bytes: [UInt8]) throws
    /// Says that this was all.
    func finish() throws
}
