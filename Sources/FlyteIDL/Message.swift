/// A message of a known type, with its fields by Flyte's names.
///
/// Equality is that of values and unknown fields, not of the bytes that they came as.
public struct Message: Hashable, Sendable {
    /// How deep messages may lie in each other: four times as deep as most of protobuf's own readers go, and what a thread's
    /// stack holds several times over.
    public static let depthLimit = 400

    public let type: MessageType
    /// What is set, by field index, in that order.
    private(set) var slots: [Slot] = []
    /// Fields that the definition does not know, as they came.
    public internal(set) var unknownFields: [UInt8] = []

    struct Slot: Hashable, Sendable {
        var index: Int
        var value: Value
    }

    public init(_ type: MessageType) { self.type = type }

    /// An empty message of a name that our own code spells out.
    public init(_ name: String) { self.init(IDL.message(name)) }

    /// A message with these fields. A name or a kind that the definition does not have is a mistake of
    /// ours, and traps.
    public init(_ type: MessageType, _ fields: [String: Value]) {
        self.init(type, ValueMap(fields.lazy.map { (key: $0.key, value: $0.value) }))
    }

    init(_ type: MessageType, _ fields: ValueMap) {
        self.init(type)
        for (name, value) in fields { self[name] = value }
    }

    public init(_ name: String, _ fields: [String: Value]) { self.init(IDL.message(name), fields) }

    /// The value of a field by Flyte's name, nil when it is unset: absent, or zero in a field without presence.
    public subscript(_ name: String) -> Value? {
        get { self[at: index(of: name)] }
        set {
            let index = index(of: name)
            guard let newValue else { return set(nil, at: index) }
            let field = type.fields[index]
            guard let value = Self.converted(newValue, for: field) else {
                preconditionFailure("\(type.name).\(name) cannot be \(newValue)")
            }
            set(value, at: index)
        }
    }

    /// The members that are set, in the order of their numbers.
    public var setFields: [(field: Field, value: Value)] {
        slots.map { (type.fields[$0.index], $0.value) }
    }

    /// The member of a oneof that is set.
    public func whichOneof(_ oneof: String) -> Field? {
        slots.lazy.map { type.fields[$0.index] }.first { $0.oneof == oneof }
    }

    private func index(of name: String) -> Int {
        guard let field = type.field(named: name), let index = type.index(number: field.number) else {
            preconditionFailure("\(type.name) has no field \(name)")
        }
        return index
    }

    subscript(at index: Int) -> Value? { slots.first { $0.index == index }?.value }

    /// Takes a value of the right kind. A oneof forgets its other members, and zeros without presence
    /// are the same as nothing.
    mutating func set(_ value: Value?, at index: Int) {
        let field = type.fields[index]
        if let oneof = field.oneof {
            slots.removeAll { $0.index != index && type.fields[$0.index].oneof == oneof }
        }
        let place = slots.firstIndex { $0.index >= index } ?? slots.count
        let isThere = place < slots.count && slots[place].index == index
        guard let value, !value.isDefault || (field.hasPresence && field.cardinality == .singular) else {
            if isThere { slots.remove(at: place) }
            return
        }
        if isThere {
            slots[place].value = value
        } else {
            slots.insert(Slot(index: index, value: value), at: place)
        }
    }

    /// Changes a value in place; `change` gets the zero of a list or map that was not there.
    mutating func update(at index: Int, orStartingWith start: Value, _ change: (inout Value) -> Void) {
        guard let place = slots.firstIndex(where: { $0.index == index }) else {
            var value = start
            change(&value)
            return set(value, at: index)
        }
        change(&slots[place].value)
    }

    private static func converted(_ value: Value, for field: Field) -> Value? {
        switch (field.cardinality, value) {
        case (.singular, _): return value.converted(to: field.kind)
        case (.repeated, .list(let elements)):
            let converted = elements.compactMap { $0.converted(to: field.kind) }
            return converted.count == elements.count ? .list(converted) : nil
        case (.map, .map(let entries)):
            var converted = ValueMap()
            for (key, value) in entries {
                guard let value = value.converted(to: field.kind) else { return nil }
                converted[key] = value
            }
            return .map(converted)
        default: return nil
        }
    }
}

// Reading fields whose kind is known where they are read: the zero of the kind when unset.
extension Message {
    public func string(_ name: String) -> String {
        if case .string(let value) = self[name] { value } else { "" }
    }

    public func bytes(_ name: String) -> [UInt8] {
        if case .bytes(let value) = self[name] { value } else { [] }
    }

    /// Any integer or enum; 0 as well for a `uint64` beyond `Int64`.
    public func integer(_ name: String) -> Int64 { self[name]?.integer ?? 0 }

    public func bool(_ name: String) -> Bool {
        if case .bool(let value) = self[name] { value } else { false }
    }

    public func double(_ name: String) -> Double {
        switch self[name] {
        case .double(let value): value
        case .float(let value): Double(value)
        default: 0
        }
    }

    /// The name of an enum's value; an unknown number in digits.
    public func enumName(_ name: String) -> String {
        guard let field = type.field(named: name), case .enumeration(let values) = field.kind else {
            preconditionFailure("\(type.name).\(name) is no enum")
        }
        let number = Int32(truncatingIfNeeded: integer(name))
        return values.name(of: number) ?? String(number)
    }

    /// nil when unset.
    public func message(_ name: String) -> Message? {
        if case .message(let value) = self[name] { value } else { nil }
    }

    public func list(_ name: String) -> [Value] {
        if case .list(let value) = self[name] { value } else { [] }
    }

    public func messages(_ name: String) -> [Message] {
        list(name).compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    public func strings(_ name: String) -> [String] {
        list(name).compactMap { if case .string(let string) = $0 { string } else { nil } }
    }

    public func map(_ name: String) -> ValueMap {
        if case .map(let value) = self[name] { value } else { ValueMap() }
    }
}
