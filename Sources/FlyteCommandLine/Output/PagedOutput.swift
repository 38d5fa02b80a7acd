import Glibc
import Tables

/// Standard output at a terminal: what is longer than a screen goes through a pager.
final class PagedOutput: ByteSink {
    private let command: String?
    /// As many lines fit on the screen with what the shell writes below.
    private let screen: Int
    private var pager: Pager?
    /// What was not written while it still fits on a screen.
    private var held: [UInt8] = []
    private var lines = 0
    private var isHolding: Bool

    /// - Parameters:
    ///   - command: The pager; nil for none.
    ///   - height: The terminal's lines.
    init(command: String?, height: Int) {
        self.command = command
        screen = max(1, height - 1)
        isHolding = command != nil
    }

    deinit { leave() }

    func write(_ bytes: [UInt8]) throws {
        guard isHolding else { return try put(bytes) }
        held += bytes
        for byte in bytes where byte == 0x0A { lines += 1 }
        if lines >= screen { try release(pages: true) }
    }

    func finish() throws {
        if isHolding { try release(pages: false) }
        leave()
    }

    private func release(pages: Bool) throws {
        isHolding = false
        if pages, let command { pager = Pager(command) }
        let bytes = held
        held = []
        try put(bytes)
    }

    private func put(_ bytes: [UInt8]) throws {
        guard let pager else { return try StandardOutput().write(bytes) }
        guard let code = DescriptorBytes.write(bytes, to: pager.descriptor) else { return }
        if code == EPIPE { throw ClosedPipe() }
        throw OutputError(code: code)
    }

    private func leave() {
        pager?.close()
        pager = nil
    }
}
