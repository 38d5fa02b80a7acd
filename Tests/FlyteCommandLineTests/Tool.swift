import Foundation
import Testing

/// The built executable, run as users run it.
enum Tool {
    struct Result {
        var code: Int32
        var out: String
        var err: String
    }

    /// Beside the tests.
    static let path: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent().appending(path: "flightlog").path
    }()

    static func process(
        _ arguments: [String], in folder: String? = nil, program: String = path
    ) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        // Nobody's own configuration.
        var environment = ["HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        // What a sanitizer is told it is told there as well.
        environment["LSAN_OPTIONS"] = ProcessInfo.processInfo.environment["LSAN_OPTIONS"]
        process.environment = environment
        return process
    }

    /// Starts a server of the sample with these options, gives its address, and ends it: with 0, as one that was asked to.
    static func serving(_ options: [String] = [], _ body: (String) throws -> Void) throws {
        let process = process(
            ["serve", "--sample", "--port", "0", "--end", "2026-03-04T12:00:00Z"] + options)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        #expect(line.hasPrefix("http://127.0.0.1:") && line.hasSuffix("\n"))
        try body(String(line.dropLast()))
    }

    @discardableResult
    static func run(_ arguments: String..., in folder: String? = nil) throws -> Result {
        try run(arguments, in: folder)
    }

    static func run(
        _ arguments: [String], in folder: String? = nil, program: String = path
    ) throws -> Result {
        try run(process(arguments, in: folder, program: program))
    }

    /// Runs one that was set up by the caller.
    static func run(_ process: Process) throws -> Result {
        let name = NSTemporaryDirectory() + "flightlog-run-\(UUID().uuidString)"
        // Files, so that neither side waits for the other.
        _ = FileManager.default.createFile(atPath: name + ".out", contents: nil)
        _ = FileManager.default.createFile(atPath: name + ".err", contents: nil)
        defer {
            try? FileManager.default.removeItem(atPath: name + ".out")
            try? FileManager.default.removeItem(atPath: name + ".err")
        }
        process.standardOutput = FileHandle(forWritingAtPath: name + ".out")
        process.standardError = FileHandle(forWritingAtPath: name + ".err")
        try process.run()
        process.waitUntilExit()
        return Result(
            code: process.terminationStatus,
            out: String(
                decoding: FileManager.default.contents(atPath: name + ".out") ?? Data(), as: UTF8.self),
            err: String(
                decoding: FileManager.default.contents(atPath: name + ".err") ?? Data(), as: UTF8.self))
    }
}
