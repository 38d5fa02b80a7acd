import Foundation
import Glibc

/// The executable as somebody at a terminal sees it.
enum PseudoTerminal {
    /// - Parameters:
    ///   - width: The terminal's columns.
    ///   - environment: Beside what the tests' commands have.
    /// - Returns: What the terminal got, without the carriage returns that it adds itself.
    static func run(
        _ arguments: [String], width: Int, height: Int = 24, environment: [String: String] = [:],
        input: String = ""
    ) throws -> (code: Int32, text: String) {
        var (primary, secondary): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&primary, &secondary, nil, nil, &size) == 0 else { throw POSIXError(.EIO) }
        let process = Tool.process(arguments)
        process.environment?.merge(["TERM": "xterm"].merging(environment) { $1 }) { $1 }
        let handle = FileHandle(fileDescriptor: secondary)
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        close(secondary)
        if !input.isEmpty { _ = input.withCString { write(primary, $0, strlen($0)) } }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        // Nobody is at the other end any more: EIO.
        while case let count = read(primary, &part, part.count), count > 0 { bytes += part[..<count] }
        process.waitUntilExit()
        close(primary)
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        return (process.terminationStatus, text)
    }
}
