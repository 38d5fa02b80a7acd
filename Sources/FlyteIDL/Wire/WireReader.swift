/// A field's number and how its value is written.
public struct WireTag: Hashable, Sendable {
    /// Protobuf's wire types, with the numbers of the encoding.
    public enum Kind: UInt8, Hashable, Sendable {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case groupStart = 3
        case groupEnd = 4
        case fixed32 = 5
    }

    /// 1 … 2^29 - 1.
    public let number: Int
    public let kind: Kind

    @inlinable public init(number: Int, kind: Kind) {
        self.number = number
        self.kind = kind
    }
}

/// A bounds-checked cursor over the bytes of one message.
///
/// ```swift
/// var reader = WireReader(bytes)
/// while let tag = try reader.next() {
///     switch (tag.number, tag.kind) {
///     case (1, .lengthDelimited): name = try reader.string()
///     default: try reader.skip(tag)
///     }
/// }
/// ```
/// Whatever the bytes are, a call returns a value or throws; it never traps. See
/// https://protobuf.dev/programming-guides/encoding/.
public struct WireReader: Sendable {
    /// All the bytes; `position` and `end` are offsets into them.
    public let bytes: [UInt8]
    public private(set) var position: Int
    public let end: Int
    /// Whether `string()` is `text()`, here and in the messages inside.
    private var repairsTexts = false

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// Reads a part of `bytes`, such as a range that `range()` gave.
    public init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    public var isAtEnd: Bool { position >= end }

    /// The next field's tag; nil at the end.
    @inline(__always)
    public mutating func next() throws(WireError) -> WireTag? {
        guard position < end else { return nil }
        let raw = try varint()
        guard raw <= UInt64(UInt32.max) else { throw .varintTooLong }
        guard raw >> 3 != 0, let kind = WireTag.Kind(rawValue: UInt8(truncatingIfNeeded: raw & 7)) else {
            throw .invalidTag
        }
        return WireTag(number: Int(raw >> 3), kind: kind)
    }

    @inline(__always)
    public mutating func varint() throws(WireError) -> UInt64 {
        guard position < end else { throw .truncated }
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            return UInt64(first)
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { throw .varintTooLong }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .truncated
    }

    public mutating func fixed32() throws(WireError) -> UInt32 {
        guard end - position >= 4 else { throw .truncated }
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[position + index]) << (8 * UInt32(index)) }
        position += 4
        return value
    }

    public mutating func fixed64() throws(WireError) -> UInt64 {
        guard end - position >= 8 else { throw .truncated }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[position + index]) << (8 * UInt64(index)) }
        position += 8
        return value
    }

    /// Where a length-delimited value lies in `bytes`; the cursor moves behind it.
    public mutating func range() throws(WireError) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - position) else { throw .truncated }
        let start = position
        position += Int(length)
        return start..<position
    }

    /// A cursor over an embedded message.
    public mutating func message() throws(WireError) -> WireReader {
        var inner = WireReader(bytes, in: try range())
        inner.repairsTexts = repairsTexts
        return inner
    }

    /// The same reader, which takes texts that are no UTF-8 as `text()` does.
    func repairingTexts() -> WireReader {
        var reader = self
        reader.repairsTexts = true
        return reader
    }

    /// A copy of a length-delimited value's bytes.
    public mutating func byteArray() throws(WireError) -> [UInt8] {
        Array(bytes[try range()])
    }

    public mutating func string() throws(WireError) -> String {
        if repairsTexts { return try text() }
        guard let string = String(utf8: bytes[try range()]) else { throw .invalidUTF8 }
        return string
    }

    /// A text, with U+FFFD for what is no UTF-8: as people are shown it.
    public mutating func text() throws(WireError) -> String {
        let range = try range()
        if let string = String(utf8: bytes[range]) { return string }
        RepairedTexts.add()
        return String(decoding: bytes[range], as: UTF8.self)
    }

    public mutating func double() throws(WireError) -> Double { Double(bitPattern: try fixed64()) }

    /// Passes over the value that belongs to `tag`.
    public mutating func skip(_ tag: WireTag) throws(WireError) {
        switch tag.kind {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .fixed32: _ = try fixed32()
        case .lengthDelimited: _ = try range()
        case .groupStart: try skipGroup(tag.number)
        case .groupEnd: throw .invalidTag
        }
    }

    private mutating func skipGroup(_ number: Int) throws(WireError) {
        var open = [number]
        while let last = open.last {
            guard let tag = try next() else { throw .truncated }
            switch tag.kind {
            case .groupStart:
                open.append(tag.number)
            case .groupEnd:
                guard tag.number == last else { throw .invalidTag }
                open.removeLast()
            default: try skip(tag)
            }
        }
    }
}

extension WireReader {
    /// The bytes that are still to be read.
    public var rest: ArraySlice<UInt8> { bytes[position..<end] }
}
