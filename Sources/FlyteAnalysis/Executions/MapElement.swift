import FlyteModel

/// An element of a map task. Flyte keeps no times of it.
public struct MapElement: Sendable {
    /// Counts from 0.
    public var index: Int
    /// In the order of their numbers.
    public var tries: [Try] = []
    /// What the task's error says of it.
    public var error: String?
    public var logs: [AttemptDetails.Log] = []

    public struct Try: Hashable, Sendable {
        /// Counts from 0.
        public var number: Int
        /// Flyte's phase of a task execution.
        public var phase: String
        public var cacheStatus: String?
        /// The backend's name for it.
        public var externalID: String?
    }

    init(index: Int) { self.index = index }

    /// Of its last try.
    public var phase: String { tries.last?.phase ?? "UNDEFINED" }
    public var hasSucceeded: Bool { phase == "SUCCEEDED" }
    public var hasFailed: Bool { phase == "FAILED" || phase == "RETRYABLE_FAILED" }

    /// What the error of a map task says of its elements, by their indexes. The engine writes `[2]: what went wrong`, and
    /// before it further indexes and ranges where several failed alike: `[0-2][5]: …`.
    static func errors(in message: String) -> [Int: String] {
        var errors: [Int: String] = [:]
        // No map has more elements than an engine allows by far, whatever a text says.
        var left = 100_000
        var open: [Int] = []
        var text: [Substring.UTF8View] = []
        func close() {
            let lines = text.map { String(Substring($0)) }
            let all = lines.joined(separator: "\n")
            for index in open where errors[index] == nil { errors[index] = all }
        }
        for line in message.utf8.split(separator: UInt8(ascii: "\n")) {
            var line = line
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if let (indexes, rest) = head(of: line, atMost: left) {
                left -= indexes.count
                close()
                (open, text) = (indexes, [rest])
            } else if !open.isEmpty, !line.isEmpty {
                text.append(line)
            }
        }
        close()
        return errors
    }

    private static func head(
        of line: Substring.UTF8View, atMost limit: Int
    ) -> (indexes: [Int], rest: Substring.UTF8View)? {
        var rest = line
        var indexes: [Int] = []
        while rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let ends = rest[rest.index(after: rest.startIndex)..<end].split(
                separator: UInt8(ascii: "-"), omittingEmptySubsequences: false
            )
            .map { Int(String(Substring($0))) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 0,
                last >= first, last - first < limit - indexes.count
            else { return nil }
            indexes += first...last
            rest = rest[rest.index(after: end)...]
        }
        guard !indexes.isEmpty, rest.first == UInt8(ascii: ":") else { return nil }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
        return (indexes, rest)
    }
}
