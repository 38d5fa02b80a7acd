import FlyteModel
import Tables

extension Cell {
    init(_ value: Int) { self = .integer(Int64(value)) }
    init(_ value: UInt32) { self = .integer(Int64(value)) }
    /// 0 or 1.
    init(_ value: Bool) { self = .integer(value ? 1 : 0) }

    // NULL for nil.
    init(_ value: UInt32?) { self = value.map { .integer(Int64($0)) } ?? .null }
    /// Nanoseconds since 1970 UTC.
    init(_ value: Timestamp?) { self = value.map { .integer($0.nanoseconds) } ?? .null }

    /// NULL for an empty text: the server's way to say that there is none.
    init(filled text: String) { self = text.isEmpty ? .null : .text(text) }
}
