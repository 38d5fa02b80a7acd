/// The last Python traceback in a message: what was raised, and where.
///
/// Reads what Python prints and the frames flytekit sets around it (`Trace:`, `Message:`, indented);
/// with chained exceptions the last one is the one that got out, and the first the one that it began with.
public struct PythonTraceback: Hashable, Sendable {
    public struct Frame: Hashable, Sendable {
        /// As written.
        public var file: String
        /// `<module>` where none is named.
        public var function: String

        /// The last part of the path: the folders before it depend on the image.
        public var fileName: String {
            String(file.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? Substring(file))
        }

        /// Written by the user: neither installed, nor Python's own, nor flytekit's.
        public var isUserCode: Bool {
            let foreign = [
                "site-packages/", "dist-packages/", "lib/python", "/flytekit/", "/flyteplugins/", "<frozen",
                "<string>", "<decorator",
            ]
            return !foreign.contains { file.contains($0) }
        }
    }

    /// One exception of a chain.
    public struct Raised: Hashable, Sendable {
        /// As written before the colon, with its module: `ValueError`, `botocore.exceptions.ClientError`.
        /// Empty where it is not told.
        public var exceptionType = ""
        /// The line that Python prints of it, type and text; empty where it is not told.
        public var line = ""
        /// Outermost first.
        public var frames: [Frame] = []

        /// The innermost frames, at most three, outermost of them first: of the user's code where there is any.
        public var significantFrames: [Frame] {
            let users = frames.filter(\.isUserCode)
            return Array((users.isEmpty ? frames : users).suffix(3))
        }
    }

    /// The one that got out.
    public var raised: Raised
    /// The one that it began with; nil where there is one only.
    public var root: Raised?

    public var exceptionType: String { raised.exceptionType }
    public var frames: [Frame] { raised.frames }
    public var significantFrames: [Frame] { raised.significantFrames }

    /// nil where the message has no traceback with a frame.
    public init?(_ message: String) {
        let lines = message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map(Line.init)
        let heads = lines.indices.filter { lines[$0].text.hasPrefix("Traceback (most recent call last)") }
        let ends = heads.dropFirst() + [lines.endIndex]
        let chain = zip(heads, ends).map { Self.raised(lines[$0..<$1]) }
        guard let raised = chain.last, !raised.frames.isEmpty else { return nil }
        self.raised = raised
        root = chain.dropLast().first { !$0.frames.isEmpty }
    }

    private struct Line {
        var indent: Int
        var text: Substring

        init(_ line: Substring) {
            text = line.trimmingBlanks()
            indent = line.distance(from: line.startIndex, to: text.startIndex)
        }
    }

    /// - Parameter lines: From the heading to the next one.
    private static func raised(_ lines: ArraySlice<Line>) -> Raised {
        var raised = Raised()
        var lastFrame: Int?
        for index in lines.indices.dropFirst() {
            guard let frame = frame(lines[index].text) else { continue }
            raised.frames.append(frame)
            lastFrame = index
        }
        guard let lastFrame, let line = exceptionLine(lines, after: lastFrame) else { return raised }
        raised.line = String(line)
        raised.exceptionType = String(line.prefix(while: isNameCharacter))
        return raised
    }

    /// The type stands below the last frame, as far out as the heading, or under flytekit's "Message:". The
    /// frame's line of code and the marks under it lie deeper.
    private static func exceptionLine(_ lines: ArraySlice<Line>, after lastFrame: Int) -> Substring? {
        guard let head = lines.first else { return nil }
        let isIndented = lines[lastFrame].indent > head.indent
        var isHeaded = false
        for line in lines[(lastFrame + 1)...] where !line.text.isEmpty {
            if line.text == "Message:" || line.text == "Trace:" {
                isHeaded = true
                continue
            }
            if isIndented, !isHeaded, line.indent > head.indent { continue }
            guard isExceptionLine(line.text) else { continue }
            // Without indentation only Python's naming tells a type from a statement such as `pass` or `else:`.
            if isIndented || isHeaded || startsWithCapital(line.text) { return line.text }
        }
        return nil
    }

    /// `File "/root/wf.py", line 12, in train`
    private static func frame(_ line: Substring) -> Frame? {
        let prefix = "File \""
        guard line.hasPrefix(prefix) else { return nil }
        let rest = line.dropFirst(prefix.count)
        guard let quote = rest.firstIndex(of: "\"") else { return nil }
        let tail = rest[quote...].dropFirst()
        guard tail.hasPrefix(", line ") else { return nil }
        let afterNumber = tail.dropFirst(7).drop { $0.isNumber }
        let function = afterNumber.hasPrefix(", in ") ? String(afterNumber.dropFirst(5)) : "<module>"
        return Frame(file: String(rest[..<quote]), function: function)
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        // A type made inside a function has `<locals>` in its name.
        character.isLetter || character.isNumber || "_.<>".contains(character)
    }

    /// `ValueError: text` or a bare `KeyboardInterrupt`.
    private static func isExceptionLine(_ line: Substring) -> Bool {
        let name = line.prefix(while: isNameCharacter)
        guard let first = name.first, first.isLetter || first == "_" else { return false }
        let rest = line.dropFirst(name.count)
        return rest.isEmpty || rest.hasPrefix(":")
    }

    private static func startsWithCapital(_ line: Substring) -> Bool {
        line.prefix(while: isNameCharacter).split(separator: ".").last?.first?.isUppercase == true
    }
}

extension StringProtocol {
    fileprivate func trimmingBlanks() -> SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        var end = endIndex
        while end > start, self[index(before: end)].isWhitespace { end = index(before: end) }
        return self[start..<end]
    }
}
