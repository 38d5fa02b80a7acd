/// The last Python traceback in a message: what was raised, and where.
///
/// Reads what Python prints and the frames flytekit sets around it (`Trace:`, `Message:`, indented);
/// with chained exceptions the last one is the one that got out.
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

    /// As written before the colon, with its module: `ValueError`, `botocore.exceptions.ClientError`.
    /// Empty where it is not told.
    public var exceptionType: String
    /// Outermost first.
    public var frames: [Frame]

    /// nil where the message has no traceback with a frame.
    public init?(_ message: String) {
        let lines = message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimmingBlanks() }
        guard let head = lines.lastIndex(where: { $0.hasPrefix("Traceback (most recent call last)") }) else {
            return nil
        }
        frames = []
        var end = head
        for index in lines.index(after: head)..<lines.endIndex {
            guard let frame = Self.frame(lines[index]) else { continue }
            frames.append(frame)
            end = index
        }
        guard !frames.isEmpty else { return nil }
        // The type stands after the last frame and its line of code, or under flytekit's "Message:".
        exceptionType = lines[(end + 1)...].lazy.compactMap(Self.exceptionType).first ?? ""
    }

    /// The innermost frames, at most three, outermost of them first: of the user's code where there is any.
    public var significantFrames: [Frame] {
        let users = frames.filter(\.isUserCode)
        return Array((users.isEmpty ? frames : users).suffix(3))
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

    /// `ValueError: text` or a bare `KeyboardInterrupt`; code lines and flytekit's headings are none.
    private static func exceptionType(_ line: Substring) -> String? {
        let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        guard let first = name.first, first.isLetter || first == "_" else { return nil }
        let rest = line.dropFirst(name.count)
        guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
        // Python's naming of types tells one from a statement such as `pass` or `else:`.
        let last = name.split(separator: ".").last ?? name
        guard last.first?.isUppercase == true, !["Message", "Trace"].contains(last) else { return nil }
        return String(name)
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
