/// The bytes of a message: in memory, or where a large one was put.
public enum MessageContent: Sendable {
    case held([UInt8])
    case spooled(Spool, Range<Int>)

    /// How much is read at once of what is not in memory.
    public static let pieceBytes = 1 << 20

    public var count: Int {
        switch self {
        case .held(let bytes): bytes.count
        case .spooled(_, let range): range.count
        }
    }

    public func bytes(in range: Range<Int>) throws(SpoolError) -> [UInt8] {
        switch self {
        case .held(let bytes): Array(bytes[range])
        case .spooled(let spool, let place):
            try spool.bytes(in: place.lowerBound + range.lowerBound..<place.lowerBound + range.upperBound)
        }
    }

    /// Hands a part of the bytes over in order, piece by piece.
    public func pieces(
        of range: Range<Int>, size: Int = pieceBytes, _ take: ([UInt8]) throws -> Void
    ) throws {
        var position = range.lowerBound
        while position < range.upperBound {
            let end = min(range.upperBound, position + size)
            try take(try bytes(in: position..<end))
            position = end
        }
    }
}

extension MessageContent: Hashable {
    public static func == (a: MessageContent, b: MessageContent) -> Bool {
        if case .held(let a) = a, case .held(let b) = b { return a == b }
        guard a.count == b.count else { return false }
        return stride(from: 0, to: a.count, by: pieceBytes).allSatisfy { start in
            let range = start..<min(a.count, start + pieceBytes)
            let pieces = (try? a.bytes(in: range), try? b.bytes(in: range))
            return pieces.0 != nil && pieces.0 == pieces.1
        }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(try? bytes(in: 0..<min(count, 256)))
    }
}
