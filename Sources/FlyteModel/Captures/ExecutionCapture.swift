/// What one look at an execution brought: every message as the server sent it, and what it withheld.
///
/// This is what the harvest hands to the archive, and what the archive gives back to rebuild its
/// columns: bytes are the truth, columns are derived from them.
public struct ExecutionCapture: Hashable, Sendable {
    public var id: ExecutionID
    /// When the reading of the tree began, by our clock.
    public var observedAt: Timestamp
    /// In the order of the tree: the execution's own first, a parent node before its children.
    public var messages: CapturedMessages
    public var withheld: PlacedList<Withheld>
    /// What was replaced in the messages.
    public var redactions: PlacedList<Redaction> = []

    public init(
        id: ExecutionID, observedAt: Timestamp, messages: CapturedMessages = [], withheld: [Withheld] = []
    ) {
        self.id = id
        self.observedAt = observedAt
        self.messages = messages
        self.withheld = PlacedList(withheld)
    }
}

/// Where in an execution's tree a message or a gap belongs.
public struct CapturePlace: Hashable, Sendable {
    /// nil: the execution itself.
    public var nodeID: String?
    /// nil: the node's or execution's own. Counts from 0.
    public var attempt: UInt32?
    /// The task of the attempt; a node may have attempts of more than one. One without a name is none: no archive has a row
    /// for it.
    public var task: DefinitionID?

    public init(nodeID: String? = nil, attempt: UInt32? = nil, task: DefinitionID? = nil) {
        self.nodeID = nodeID
        self.attempt = attempt
        self.task = task.flatMap { $0.name.isEmpty ? nil : $0 }
    }

    private var nodeKey: KeyBytes? { nodeID.map { KeyBytes($0) } }

    // By bytes: see `KeyBytes`.
    public static func == (a: CapturePlace, b: CapturePlace) -> Bool {
        a.nodeKey == b.nodeKey && a.attempt == b.attempt && a.task == b.task
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(nodeKey)
        hasher.combine(attempt)
        hasher.combine(task)
    }

    public static let execution = CapturePlace()
    public static func node(_ id: String) -> CapturePlace { CapturePlace(nodeID: id) }
}

/// One message of an execution's tree, byte for byte as the server sent it.
public struct CapturedMessage: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// `admin.Execution`, by GET.
        case execution
        /// `admin.NodeExecution`; `parentNodeID` says under which node it was listed.
        case node
        /// `admin.TaskExecution`.
        case attempt
        /// `admin.WorkflowExecutionGetDataResponse`, `admin.NodeExecutionGetDataResponse`,
        /// `admin.TaskExecutionGetDataResponse`: by the place.
        case data
        /// `admin.WorkflowExecutionGetMetricsResponse`.
        case metrics
        /// `admin.Signal`.
        case signal
        /// `admin.DynamicNodeWorkflowResponse`.
        case dynamicWorkflow = "dynamic_workflow"
        /// A bare `core.LiteralMap` fetched by a signed URL; `direction` says which side.
        case literalMap = "literal_map"
        /// A bare `core.Literal` that an offloaded literal pointed to; `uri` says which.
        case literal
    }
    public enum Direction: String, Hashable, Sendable, CaseIterable {
        case input, output
    }

    public var kind: Kind
    public var place: CapturePlace
    /// For a node: the node that it was listed under; nil at level 0.
    public var parentNodeID: String?
    /// For a literal map.
    public var direction: Direction?
    /// For an offloaded literal: where it was kept.
    public var uri: String?
    public var content: MessageContent

    /// The name of its type in Flyte's definitions: for answers with data, by the place.
    public var typeName: String {
        switch kind {
        case .execution: "admin.Execution"
        case .node: "admin.NodeExecution"
        case .attempt: "admin.TaskExecution"
        case .data where place.nodeID == nil: "admin.WorkflowExecutionGetDataResponse"
        case .data where place.attempt == nil: "admin.NodeExecutionGetDataResponse"
        case .data: "admin.TaskExecutionGetDataResponse"
        case .metrics: "admin.WorkflowExecutionGetMetricsResponse"
        case .signal: "admin.Signal"
        case .dynamicWorkflow: "admin.DynamicNodeWorkflowResponse"
        case .literalMap: "core.LiteralMap"
        case .literal: "core.Literal"
        }
    }

    /// The content in memory. Of a message that may be large, as literals are, rather take pieces.
    public var bytes: [UInt8] {
        get {
            if case .held(let bytes) = content { return bytes }
            do {
                return try content.bytes(in: 0..<content.count)
            } catch {
                // The file has no name: nobody but a failing disk can take it away.
                fatalError(error.description)
            }
        }
        set { content = .held(newValue) }
    }

    public init(
        kind: Kind, place: CapturePlace = .execution, parentNodeID: String? = nil,
        direction: Direction? = nil, uri: String? = nil, bytes: [UInt8]
    ) {
        self.init(
            kind: kind, place: place, parentNodeID: parentNodeID, direction: direction, uri: uri,
            content: .held(bytes))
    }

    public init(
        kind: Kind, place: CapturePlace = .execution, parentNodeID: String? = nil,
        direction: Direction? = nil, uri: String? = nil, content: MessageContent
    ) {
        self.kind = kind
        self.place = place
        self.parentNodeID = parentNodeID
        self.direction = direction
        self.uri = uri
        self.content = content
    }
}

/// Something that the server did not hand over, or not whole.
public struct Withheld: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        case truncated
        case tooLarge = "too_large"
        case unreadable
        case missing
        case redacted
        case notRequested = "not_requested"
        case failed
    }

    public var place: CapturePlace
    /// What is missing: `inputs`, `outputs`, `data`, `metrics`, `nodes`, `attempts`, `dynamic_workflow`, …
    public var field: String
    public var state: State
    /// The server's words, or what we know of the reason.
    public var detail: String

    public init(place: CapturePlace, field: String, state: State, detail: String) {
        self.place = place
        self.field = field
        self.state = state
        self.detail = detail
    }
}

/// A task, workflow or launch plan as the server sent it: `admin.Task`, `admin.Workflow` or
/// `admin.LaunchPlan`.
public struct CapturedDefinition: Hashable, Sendable {
    public var id: DefinitionID
    public var bytes: [UInt8]
    /// What was replaced in them.
    public var redactions: [Redaction] = []

    public init(id: DefinitionID, bytes: [UInt8]) {
        self.id = id
        self.bytes = bytes
    }
}
