import FlyteIDL

/// A message in memory, or put aside with all that is known of it.
public struct KeptMessage: Sendable {
    private enum Place {
        case held(Held)
        case aside(Spool, Int, CapturedMessage.Kind)
    }
    private final class Held: Sendable {
        let message: CapturedMessage
        let row: DecodedRow?
        init(_ message: CapturedMessage, _ row: DecodedRow?) { (self.message, self.row) = (message, row) }
    }
    private let place: Place

    /// - Parameter row: What these very bytes say.
    public init(_ message: CapturedMessage, row: DecodedRow? = nil) { place = .held(Held(message, row)) }

    /// Puts a message aside: the numbers of bytes of its head and of its content, then both.
    public init(_ message: CapturedMessage, aside spool: Spool) throws {
        place = .aside(spool, spool.count, message.kind)
        let head = Self.head(of: message)
        var writer = WireWriter(reservingCapacity: 8 + head.count)
        writer.fixed32(UInt32(head.count))
        writer.fixed32(UInt32(message.content.count))
        writer.raw(head)
        if case .held(let bytes) = message.content, bytes.count <= Self.pieceBytes {
            writer.raw(bytes)
            try spool.append(writer.bytes)
        } else {
            try spool.append(writer.bytes)
            try message.content.pieces(of: 0..<message.content.count) { try spool.append($0) }
        }
    }

    /// Another message in this one's place: in memory, or put aside as this one was.
    public func replaced(by message: CapturedMessage) throws -> KeptMessage {
        switch place {
        case .held: KeptMessage(message)
        case .aside(let spool, _, _): try KeptMessage(message, aside: spool)
        }
    }

    /// Whether it is in memory.
    var isHeld: Bool {
        if case .held(let held) = place, case .held = held.message.content { true } else { false }
    }

    /// What its bytes say, where that is known.
    var row: DecodedRow? {
        if case .held(let held) = place { held.row } else { nil }
    }

    public var kind: CapturedMessage.Kind {
        switch place {
        case .held(let held): held.message.kind
        case .aside(_, _, let kind): kind
        }
    }

    public var message: CapturedMessage {
        switch place {
        case .held(let held): return held.message
        case .aside(let spool, let start, _):
            let (bytes, head, content) = Self.beginning(spool, start)
            let whole: MessageContent =
                content.upperBound <= bytes.count
                ? .held(Array(bytes[content]))
                : .spooled(spool, start + content.lowerBound..<start + content.upperBound)
            do {
                return try Self.message(WireReader(Array(bytes[head])), whole)
            } catch {
                preconditionFailure("What was put aside has changed: \(error)")
            }
        }
    }

    /// The content in memory.
    public var bytes: [UInt8] {
        switch place {
        case .held(let held): return held.message.bytes
        case .aside(let spool, let start, _):
            let (bytes, _, content) = Self.beginning(spool, start)
            if content.upperBound <= bytes.count { return Array(bytes[content]) }
            return Self.unfailing {
                try spool.bytes(in: start + content.lowerBound..<start + content.upperBound)
            }
        }
    }

    /// What is read at once: most messages are smaller.
    private static let pieceBytes = 4096

    /// The first bytes of what was put aside, and where head and content lie from there on.
    private static func beginning(_ spool: Spool, _ start: Int) -> (
        bytes: [UInt8], head: Range<Int>, content: Range<Int>
    ) {
        unfailing {
            var bytes = try spool.bytes(in: start..<start + pieceBytes, isWhole: false)
            func number(_ offset: Int) -> Int {
                (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
            }
            let head = 8..<8 + number(0)
            let content = head.upperBound..<head.upperBound + number(4)
            if head.upperBound > bytes.count { bytes = try spool.bytes(in: start..<start + head.upperBound) }
            return (bytes, head, content)
        }
    }

    private static func unfailing<Result>(_ read: () throws -> Result) -> Result {
        do {
            return try read()
        } catch {
            // The file has no name: nobody but a failing disk can take it away.
            fatalError("\(error)")
        }
    }

    // MARK: The head

    private static func head(of message: CapturedMessage) -> [UInt8] {
        var writer = WireWriter(reservingCapacity: 128)
        func add(_ number: Int, _ text: String?) {
            if let text { writer.field(number, text.utf8) }
        }
        writer.field(1, message.kind.rawValue.utf8)
        add(2, message.place.nodeID)
        if let attempt = message.place.attempt { writer.field(3, varint: UInt64(attempt)) }
        if let task = message.place.task {
            add(4, task.kind.rawValue)
            for (number, part) in [task.project, task.domain, task.name, task.version].enumerated() {
                add(5 + number, part)
            }
        }
        add(9, message.parentNodeID)
        add(10, message.direction?.rawValue)
        add(11, message.uri)
        return writer.bytes
    }

    private static func message(
        _ head: WireReader, _ content: MessageContent
    ) throws(WireError) -> CapturedMessage {
        var reader = head
        var message = CapturedMessage(kind: .execution, content: content)
        var task: DefinitionID?
        while let tag = try reader.next() {
            switch tag.number {
            case 1: message.kind = CapturedMessage.Kind(rawValue: try reader.text()) ?? .execution
            case 2: message.place.nodeID = try reader.text()
            case 3: message.place.attempt = try reader.uint32()
            case 4:
                let kind = DefinitionID.Kind(rawValue: try reader.text()) ?? .task
                task = DefinitionID(kind: kind, project: "", domain: "", name: "", version: "")
            case 5: task?.project = try reader.text()
            case 6: task?.domain = try reader.text()
            case 7: task?.name = try reader.text()
            case 8: task?.version = try reader.text()
            case 9: message.parentNodeID = try reader.text()
            case 10: message.direction = CapturedMessage.Direction(rawValue: try reader.text())
            case 11: message.uri = try reader.text()
            default: try reader.skip(tag)
            }
        }
        message.place.task = task
        return message
    }
}
