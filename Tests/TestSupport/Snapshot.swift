import Foundation

/// Long texts that are kept beside the tests, and read in the diff like code.
public enum Snapshot {
    public struct Recorded: Error, CustomStringConvertible {
        public var description: String
    }

    /// Where a text departs from the one in `Snapshots/`: nil when it does not.
    ///
    /// With `RECORD=1` in the environment the file is written anew, and this throws: a run that records is no check.
    public static func difference(
        of text: String, from name: String, besides file: String = #filePath
    ) throws -> String? {
        let url = URL(filePath: file).deletingLastPathComponent().appending(path: "Snapshots/\(name)")
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
            throw Recorded(
                description: "\(name) was written; look at the difference, and run again without RECORD.")
        }
        let kept = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        guard text != kept else { return nil }
        let (found, expected) = (lines(text), lines(kept))
        let place = zip(found, expected).prefix { $0 == $1 }.count
        func line(_ lines: [Substring]) -> String { place < lines.count ? String(lines[place]) : "the end" }
        return "\(name), line \(place + 1): found '\(line(found))', expected '\(line(expected))'"
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }
}
