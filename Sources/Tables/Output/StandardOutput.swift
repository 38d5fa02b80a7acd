import Glibc

/// The process's standard output.
public final class StandardOutput: ByteSink {
    public init() {}

    public func write(_ bytes: [UInt8]) throws {
        guard let code = DescriptorBytes.write(bytes, to: STDOUT_FILENO) else { return }
        if code == EPIPE { throw ClosedPipe() }
        throw OutputError(code: code)
    }

    public func finish() {}
}
