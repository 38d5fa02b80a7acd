public import Foundation

/// Programs that compute in Python what the tool computes in Swift and SQL.
public enum SecondImplementation {
    /// What a program prints.
    ///
    /// - Parameters:
    ///   - folder: Of `Tests`.
    ///   - arguments: Its own.
    ///   - input: What it reads.
    public static func run(
        _ name: String, in folder: String = "paths", _ arguments: [String] = [], input: Data = Data()
    ) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments =
            [URL(filePath: #filePath).appending(path: "../../\(folder)/\(name)").standardized.path]
            + arguments
        // A file, so that neither side waits for the other.
        let file = NSTemporaryDirectory() + "flightlog-paths-\(UUID().uuidString)"
        try input.write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        process.standardInput = FileHandle(forReadingAtPath: file)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return said
    }
}
