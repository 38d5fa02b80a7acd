import FlyteRedaction
import Glibc

/// The ways in which a text may stand in messages, columns and files.
struct ValueForms {
    /// The text itself first; each once.
    let all: [[UInt8]]

    init(_ value: String) {
        all = SecretForms.all(of: Array(value.utf8), minimumLength: ForgetRequest.shortestValue)
    }

    /// Whether any form stands in the bytes.
    func stand(in bytes: [UInt8]) -> Bool { firstMatch(in: bytes[...]) != nil }

    func stand(in text: String) -> Bool { stand(in: Array(text.utf8)) }

    /// The text with the marker in the place of every form; nil when there is none.
    func replaced(in text: String, by marker: String) -> String? {
        let bytes = Array(text.utf8)
        var rest = bytes[...]
        var result: [UInt8] = []
        while let match = firstMatch(in: rest) {
            result += rest[..<match.lowerBound]
            result += Array(marker.utf8)
            rest = rest[match.upperBound...]
        }
        return rest.count == bytes.count ? nil : String(decoding: result + rest, as: UTF8.self)
    }

    private func firstMatch(in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        all.lazy.compactMap { form in Self.range(of: form, in: bytes) }.min { $0.lowerBound < $1.lowerBound }
    }

    private static func range(of form: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let first = form.first else { return nil }
            var position = 0
            while position <= buffer.count - form.count {
                let places = buffer.count - form.count + 1 - position
                guard let found = memchr(base + position, Int32(first), places) else { return nil }
                position = base.distance(to: UnsafeRawPointer(found))
                if memcmp(base + position, form, form.count) == 0 {
                    let start = bytes.startIndex + position
                    return start..<start + form.count
                }
                position += 1
            }
            return nil
        }
    }
}
