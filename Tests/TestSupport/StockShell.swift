import Foundation

/// SQLite's own shell, as people have it.
public enum StockShell {
    /// What it prints for commands and SQL, errors too.
    ///
    /// - Parameter arguments: Options and the file; no file is a database in memory.
    public static func answer(_ input: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["sqlite3", "-batch"] + arguments
        // A file, so that neither side waits for the other.
        let name = NSTemporaryDirectory() + "flightlog-shell-\(UUID().uuidString)"
        try Data(input.utf8).write(to: URL(filePath: name))
        defer { try? FileManager.default.removeItem(atPath: name) }
        process.standardInput = FileHandle(forReadingAtPath: name)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }
}
