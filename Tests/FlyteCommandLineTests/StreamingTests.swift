import Foundation
import Tables
import TestSupport
import Testing

/// Long answers of the executable: their rows go from SQLite to whoever reads them, and are not kept.
struct StreamingTests {
    /// Reads all of a command's answer and looks at the process's memory meanwhile.
    ///
    /// - Returns: The bytes of the answer, and the most MiB of memory that the process had until shortly before its end.
    private func answer(_ arguments: [String]) throws -> (bytes: Int, lines: Int, peak: Int) {
        let process = Tool.process(arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let status = "/proc/\(process.processIdentifier)/status"
        var (bytes, lines, peak) = (0, 0, 0)
        while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
            bytes += data.count
            lines += data.count { $0 == 0x0A }
            let line = (try? String(contentsOfFile: status, encoding: .utf8))?
                .split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            let kilobytes = line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }
            peak = max(peak, (kilobytes ?? 0) >> 10)
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return (bytes, lines, peak)
    }

    @Test(.measuresTheProcess, arguments: AnswerFormatName.allCases)
    func anAnswerOfAnyLengthTakesLittleMemory(format: AnswerFormatName) throws {
        let rows = 200_000
        let sql = """
            WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < \(rows))
            SELECT n, n * 0.5 AS half, 'execution-' || n AS name, 'sales/production' AS place, NULL AS gap FROM t
            """
        let answer = try answer(["sql", SharedArchive.path, sql, "--format", format.rawValue])
        #expect(answer.lines >= rows && answer.bytes > 8_000_000)
        // As a table in memory it takes a hundred and more.
        #expect(answer.peak > 1 && answer.peak < 50, "\(answer.peak) MiB")
    }
}
