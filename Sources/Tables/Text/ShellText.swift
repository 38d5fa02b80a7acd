/// Words as a shell takes them.
package enum ShellText {
    package static func command(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    package static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || "-_./=:,@%+".utf8.contains($0)
            }
        return isPlain ? word : inQuotes(word)
    }

    /// Between quotes, whether it needs them or not.
    package static func inQuotes(_ word: String) -> String {
        "'" + word.replacingByte(UInt8(ascii: "'"), with: "'\\''") + "'"
    }
}
