import Glibc
import Tables

/// Standard output, standard error and what stands behind them.
enum Terminal {
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal behind standard output; nil when there is none.
    static var width: Int? { width(of: STDOUT_FILENO) }

    static func width(of descriptor: Int32) -> Int? {
        guard isTerminal(descriptor) else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Lines of the terminal behind standard output.
    static var height: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }

    /// Standard output, in ASCII at a terminal whose locale says that it reads something else than UTF-8.
    static var output: any ByteSink {
        isTerminal(STDOUT_FILENO) && !TerminalLocale.isUTF8()
            ? ASCIIOutput(StandardOutput()) : StandardOutput()
    }

    /// An answer, on standard output. Throws when nobody takes it any more or the disk is full.
    static func print(_ text: String) throws { try print(Array(text.utf8)) }

    static func print(_ bytes: [UInt8]) throws {
        let output = output
        try output.write(bytes)
        try output.finish()
    }

    /// Talk, on standard error. What it quotes may come from anywhere, so that controls are made visible.
    static func say(_ text: String) {
        let safe = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { TerminalFormat.visible(String($0)) }.joined(separator: "\n")
        tell(safe + "\n")
    }

    /// Bytes as they are, on standard error; what cannot be told is not told.
    static func tell(_ text: String) {
        let isPlain = isTerminal(STDERR_FILENO) && !TerminalLocale.isUTF8()
        var rest = Array((isPlain ? ASCIIText.of(text) : text).utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// All of standard input.
    static func readAll() throws -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure("Standard input cannot be read: \(String(cString: strerror(errno))).")
            }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += part[..<count]
        }
    }
}
