public import FlyteModel

/// What is to be erased, at its owner's wish.
public enum ForgetRequest: Hashable, Sendable {
    case executions([ForgottenExecution])
    /// The executions with this label.
    case label(key: String, value: String)
    /// The values of a variable, in all inputs and outputs or in those of one execution.
    case variable(String, of: ForgottenExecution?)
    /// A text, wherever it stands.
    case value(String)

    /// A shorter text stands in too many places by chance.
    public static let shortestValue = 6
}

/// An execution of a source.
public struct ForgottenExecution: Hashable, Sendable {
    public var source: String
    public var id: ExecutionID

    public init(source: String, id: ExecutionID) {
        self.source = source
        self.id = id
    }
}

/// What a request to forget touches.
public struct ForgetSummary: Hashable, Sendable {
    /// Executions that are erased, or some of whose data is.
    public var executions: [ForgottenExecution] = []
    public var definitions = 0
    /// Rows of the journal.
    public var problems = 0
    /// Where a text to be forgotten stands in a name that others refer to: it cannot be taken out of there.
    public var identifiers: [String] = []

    public var isEmpty: Bool { executions.isEmpty && definitions == 0 && problems == 0 }
}

/// What was looked through for a text that should be gone.
public struct ForgetProof: Hashable, Sendable {
    /// Ways of writing the text.
    public var forms = 0
    public var fileBytes: Int64 = 0
    public var cells = 0
    public var messageBytes: Int64 = 0
    public var dictionaries = 0
    /// Where it stands after all; empty when it is gone.
    public var found: [String] = []
}
