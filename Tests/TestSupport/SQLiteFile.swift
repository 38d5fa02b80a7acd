import Foundation

/// A SQLite file behind the archive's back, by the stock shell.
public enum SQLiteFile {
    /// Runs statements, and gives what they print.
    @discardableResult
    public static func run(_ path: String, _ sql: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sqlite3")
        // A comment first would be taken for an option.
        process.arguments = ["-bail", path, "\n" + sql]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        struct Failed: Error {}
        guard process.terminationStatus == 0 else { throw Failed() }
        return text
    }
}
