/// A declared argument or option; the key to its value in the ``Input``.
public struct Parameter<Value: Sendable>: Sendable {
    let id: Int
}

/// The values that a command line gave.
public struct Input: Sendable {
    var values: [Int: any Sendable] = [:]

    /// The value of a parameter of the same command.
    public subscript<Value>(_ parameter: Parameter<Value>) -> Value {
        guard let value = values[parameter.id] as? Value else {
            preconditionFailure("the parameter belongs to another command")
        }
        return value
    }
}
