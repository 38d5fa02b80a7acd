public import FlyteIDL

/// A value of one of Flyte's enums, by its name.
///
/// The list is open: a number that our definitions do not know keeps its digits for a name, as it does in
/// Flyte's own JSON.
public protocol OpenEnum: RawRepresentable, Hashable, Sendable where RawValue == String {
    init(rawValue: String)
    /// The enum's name in the definitions.
    static var definition: EnumType { get }
}

extension OpenEnum {
    public init(number: Int32) {
        self.init(rawValue: Self.definition.name(of: number) ?? String(number))
    }
}

/// Where an execution stands: Flyte's `core.WorkflowExecution.Phase`.
public struct ExecutionPhase: OpenEnum {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let definition: EnumType = IDL.enumeration("core.WorkflowExecution.Phase")

    public static let succeeded = Self(rawValue: "SUCCEEDED")
    public static let failed = Self(rawValue: "FAILED")
    public static let aborted = Self(rawValue: "ABORTED")
    public static let timedOut = Self(rawValue: "TIMED_OUT")

    public var isTerminal: Bool {
        self == .succeeded || self == .failed || self == .aborted || self == .timedOut
    }
}

/// Where a node stands: Flyte's `core.NodeExecution.Phase`.
public struct NodePhase: OpenEnum {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let definition: EnumType = IDL.enumeration("core.NodeExecution.Phase")

    public static let succeeded = Self(rawValue: "SUCCEEDED")
    public static let failed = Self(rawValue: "FAILED")
    public static let aborted = Self(rawValue: "ABORTED")
    public static let skipped = Self(rawValue: "SKIPPED")
    public static let timedOut = Self(rawValue: "TIMED_OUT")
    public static let recovered = Self(rawValue: "RECOVERED")

    public var isTerminal: Bool {
        switch self {
        case .succeeded, .failed, .aborted, .skipped, .timedOut, .recovered: true
        default: false
        }
    }
}

/// Where an attempt stands: Flyte's `core.TaskExecution.Phase`.
public struct TaskPhase: OpenEnum {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let definition: EnumType = IDL.enumeration("core.TaskExecution.Phase")

    public static let succeeded = Self(rawValue: "SUCCEEDED")
    public static let failed = Self(rawValue: "FAILED")
    public static let aborted = Self(rawValue: "ABORTED")
    public static let retryableFailed = Self(rawValue: "RETRYABLE_FAILED")

    /// For the attempt: one that failed and may be retried has ended.
    public var isTerminal: Bool {
        self == .succeeded || self == .failed || self == .aborted || self == .retryableFailed
    }
}

/// Who is to blame for an error: Flyte's `core.ExecutionError.ErrorKind`.
public struct ErrorKind: OpenEnum {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let definition: EnumType = IDL.enumeration("core.ExecutionError.ErrorKind")

    public static let unknown = Self(rawValue: "UNKNOWN")
    public static let user = Self(rawValue: "USER")
    public static let system = Self(rawValue: "SYSTEM")
}

/// What the cache did for a node: Flyte's `core.CatalogCacheStatus`.
public struct CacheStatus: OpenEnum {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let definition: EnumType = IDL.enumeration("core.CatalogCacheStatus")

    public static let disabled = Self(rawValue: "CACHE_DISABLED")
    public static let hit = Self(rawValue: "CACHE_HIT")
}

/// How an execution was started: Flyte's `admin.ExecutionMetadata.ExecutionMode`.
public struct ExecutionMode: OpenEnum {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let definition: EnumType = IDL.enumeration("admin.ExecutionMetadata.ExecutionMode")
}
