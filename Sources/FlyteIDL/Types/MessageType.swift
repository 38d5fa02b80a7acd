/// The definition of one of Flyte's messages.
// Unchecked, because definitions refer to each other in circles: `IDL` fills in the fields once, before
// any type leaves the parser, and nothing changes them afterwards.
public final class MessageType: @unchecked Sendable {
    /// The name without `flyteidl.`, such as `admin.Execution`; `google.protobuf.Timestamp` in full.
    public let name: String
    /// In the order of their numbers.
    public private(set) var fields: [Field] = []

    /// How the message looks in JSON.
    let form: JSONForm
    /// The indices of the fields in the order in which the definition has them, and JSON too.
    private(set) var declarationOrder: [Int] = []

    // Flyte's numbers are small, so that an array answers which field a number is.
    private var indexByNumber: [Int16] = []
    private var indexByName: [String: Int] = [:]

    init(name: String) {
        self.name = name
        form = JSONForm(of: name)
    }

    func setFields(_ newFields: [Field]) {
        fields = newFields.sorted { $0.number < $1.number }
        indexByNumber = Array(repeating: -1, count: (fields.last?.number ?? 0) + 1)
        for (index, field) in fields.enumerated() {
            indexByNumber[field.number] = Int16(index)
            indexByName[field.name] = index
            indexByName[field.jsonName] = index
        }
        declarationOrder = newFields.compactMap { index(number: $0.number) }
    }

    /// The name as Flyte's `Any` values and other protobuf tools spell it.
    public var fullName: String { name.hasPrefix("google.") ? name : "flyteidl." + name }

    public func field(number: Int) -> Field? { index(number: number).map { fields[$0] } }

    /// Finds a field by Flyte's name or by the lowerCamelCase one.
    public func field(named name: String) -> Field? { indexByName[name].map { fields[$0] } }

    func index(number: Int) -> Int? {
        guard number < indexByNumber.count, indexByNumber[number] >= 0 else { return nil }
        return Int(indexByNumber[number])
    }
}

extension MessageType: Hashable {
    public static func == (a: MessageType, b: MessageType) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
