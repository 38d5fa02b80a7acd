public import FlyteModel

/// Which executions go into an extract.
public enum ExtractChoice: Hashable, Sendable {
    /// These, of a source each.
    case named([Named])
    /// Those that fit everything that is given.
    case fitting(Window)

    public struct Named: Hashable, Sendable {
        public var source: String
        public var id: ExecutionID

        public init(source: String, id: ExecutionID) {
            self.source = source
            self.id = id
        }
    }

    public struct Window: Hashable, Sendable {
        /// Created at this time or later.
        public var from: Timestamp?
        /// Created before this time.
        public var to: Timestamp?
        public var project: String?
        public var domain: String?
        /// FAILED or TIMED_OUT.
        public var isFailed = false

        public init() {}
    }
}
