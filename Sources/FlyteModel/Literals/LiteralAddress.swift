import FlyteIDL

/// Something that a literal says lies elsewhere: a file, a table, an offloaded value, at whatever depth in it.
public struct LiteralAddress: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case file, directory, schema
        case structuredDataset = "structured_dataset"
        case offloaded
        /// What Flyte's artifact service, or its cache, knows by a name of its own.
        case artifact
    }

    /// Where in the variable it stands: empty for the variable itself, else such as `[3]` or `.key[0]`.
    public var path: String
    public var kind: Kind
    /// As it was written.
    public var uri: String
    /// Such as `csv` or `parquet`; nil when nothing is said.
    public var format: String?

    /// No variable is asked for more than these; nobody passes on so many one by one.
    static let countLimit = 10_000

    /// Those of a `core.Literal`, in its order; maps by key as they come.
    static func all(in literal: WireReader) throws(WireError) -> [LiteralAddress] {
        var found: [LiteralAddress] = []
        try collect(literal, path: "", depth: 0, into: &found)
        return found
    }

    private static func collect(
        _ literal: WireReader, path: String, depth: Int, into found: inout [LiteralAddress]
    ) throws(WireError) {
        guard depth < Message.depthLimit else { throw .tooDeep }
        let start = found.count
        var reader = literal
        while let tag = try reader.next() {
            guard tag.kind == .lengthDelimited, [1, 2, 3, 8].contains(tag.number) else {
                try reader.skip(tag)
                continue
            }
            // Of the members of a oneof the last one counts.
            found.removeSubrange(start...)
            var inner = try reader.message()
            switch tag.number {
            case 1: try collectScalar(inner, path: path, depth: depth, into: &found)
            case 2:
                var index = 0
                while let tag = try inner.next() {
                    guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                        try inner.skip(tag)
                        continue
                    }
                    let element = try inner.message()
                    if found.count < countLimit {
                        try collect(element, path: "\(path)[\(index)]", depth: depth + 1, into: &found)
                    }
                    index += 1
                }
            case 3: try collectMap(inner, path: path, depth: depth, into: &found)
            default: try add(.offloaded, try text(1, of: inner), nil, path, &found)
            }
        }
    }

    private static func collectMap(
        _ map: WireReader, path: String, depth: Int, into found: inout [LiteralAddress]
    ) throws(WireError) {
        var reader = map
        while let tag = try reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            var entry = try reader.message()
            var key = ""
            var value: WireReader?
            while let tag = try entry.next() {
                switch (tag.number, tag.kind) {
                case (1, .lengthDelimited): key = try entry.text()
                case (2, .lengthDelimited): value = try entry.message()
                default: try entry.skip(tag)
                }
            }
            if let value, found.count < countLimit {
                try collect(value, path: "\(path).\(key)", depth: depth + 1, into: &found)
            }
        }
    }

    private static func collectScalar(
        _ scalar: WireReader, path: String, depth: Int, into found: inout [LiteralAddress]
    ) throws(WireError) {
        let start = found.count
        var reader = scalar
        while let tag = try reader.next() {
            guard tag.kind == .lengthDelimited, 1...9 ~= tag.number else {
                try reader.skip(tag)
                continue
            }
            found.removeSubrange(start...)
            let value = try reader.message()
            switch tag.number {
            case 2:
                let type = try messages([1, 1], in: value)
                let isDirectory = try number(2, of: type) == multipart
                try add(
                    isDirectory ? .directory : .file, try text(3, of: value), try text(1, of: type), path,
                    &found)
            case 4: try add(.schema, try text(1, of: value), nil, path, &found)
            case 8:
                let type = try messages([2, 1], in: value)
                try add(.structuredDataset, try text(1, of: value), try text(2, of: type), path, &found)
            case 9:
                if let held = try message(1, in: value) {
                    try collect(held, path: path, depth: depth + 1, into: &found)
                }
            default: break
            }
        }
    }

    private static let multipart =
        IDL.enumeration("core.BlobType.BlobDimensionality").number(of: "MULTIPART").map { UInt64($0) }

    private static func add(
        _ kind: Kind, _ uri: String, _ format: String?, _ path: String, _ found: inout [LiteralAddress]
    ) throws(WireError) {
        guard !uri.isEmpty else { return }
        found.append(
            LiteralAddress(path: path, kind: kind, uri: uri, format: format.flatMap { $0.isEmpty ? nil : $0 })
        )
    }

    // MARK: Fields

    private static func text(_ number: Int, of message: WireReader?) throws(WireError) -> String {
        guard var reader = message else { return "" }
        var text = ""
        while let tag = try reader.next() {
            if tag == WireTag(number: number, kind: .lengthDelimited) {
                text = try reader.text()
            } else {
                try reader.skip(tag)
            }
        }
        return text
    }

    private static func number(_ number: Int, of message: WireReader?) throws(WireError) -> UInt64 {
        guard var reader = message else { return 0 }
        var value: UInt64 = 0
        while let tag = try reader.next() {
            if tag == WireTag(number: number, kind: .varint) {
                value = try reader.varint()
            } else {
                try reader.skip(tag)
            }
        }
        return value
    }

    /// The last message in a field.
    private static func message(_ number: Int, in message: WireReader) throws(WireError) -> WireReader? {
        var reader = message
        var found: WireReader?
        while let tag = try reader.next() {
            if tag == WireTag(number: number, kind: .lengthDelimited) {
                found = try reader.message()
            } else {
                try reader.skip(tag)
            }
        }
        return found
    }

    /// The message in a field of the message in a field, and so on.
    private static func messages(_ numbers: [Int], in message: WireReader) throws(WireError) -> WireReader? {
        var found: WireReader? = message
        for number in numbers {
            guard let reader = found else { return nil }
            found = try self.message(number, in: reader)
        }
        return found
    }
}
