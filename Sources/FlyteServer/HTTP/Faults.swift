/// What a server does wrong on purpose, so that clients can be tried.
///
/// Rules are looked at in order for each request: delays add up, and the first other fault that applies
/// is the one that happens.
public struct Faults: Sendable {
    public enum Fault: Hashable, Sendable {
        /// Answers so many milliseconds later. Any number of requests may wait at the same time.
        case delay(milliseconds: Int)
        /// Answers with this status as an ingress does, in HTML.
        case refuse(status: Int, retryAfter: String?)
        /// Answers with this status and a `google.rpc.Status`, as the server itself does.
        case refuseAsFlyte(code: Int, message: String)
        /// Ends the connection with a reset, before any answer.
        case reset
        /// Sends so many bytes of the body whose whole length it announced, then ends the connection, by a
        /// reset or quietly.
        case truncate(after: Int, reset: Bool)
        /// Sends as many other bytes as the body has, from a seed.
        case garbage(seed: UInt64)
        /// Answers 200 with an HTML page, as a login page in front of the server does.
        case html
        /// Never answers.
        case hang
        /// Sends the body in small pieces.
        case drip(bytes: Int, everyMilliseconds: Int)
        /// Sends the right body under another content type.
        case contentType(String)
        case redirect(status: Int, to: String)
        /// A parameter of the query gets lost on the way to the server.
        case withoutParameter(String)
    }

    /// Which of the requests that a rule matches are hit; they are counted from 1.
    public enum When: Hashable, Sendable {
        case always
        case first(Int)
        case after(Int)
        /// The nth, the 2nth, …
        case every(Int)
        /// This share of the requests, by chance from a seed.
        case share(Double, seed: UInt64)

        func applies(to count: Int) -> Bool {
            switch self {
            case .always: true
            case .first(let n): count <= n
            case .after(let n): count > n
            case .every(let n): n > 0 && count % n == 0
            case .share(let share, let seed):
                Double(Faults.scrambled(seed &+ UInt64(truncatingIfNeeded: count)) >> 11) < share * 0x1p53
            }
        }
    }

    public struct Rule: Sendable {
        public var fault: Fault
        public var when: When
        public var matches: @Sendable (ServerRequest) -> Bool

        public init(
            _ fault: Fault, _ when: When = .always,
            matching matches: @escaping @Sendable (ServerRequest) -> Bool = { _ in true }
        ) {
            self.fault = fault
            self.when = when
            self.matches = matches
        }
    }

    public var rules: [Rule]
    /// Refuses with 429 what is more than so many requests a second, before any rule; nil for no limit.
    public var limit: RateLimit?

    public init(_ rules: [Rule] = [], limit: RateLimit? = nil) {
        self.rules = rules
        self.limit = limit
    }

    public static let none = Faults()

    /// Every answer comes so many milliseconds later.
    public static func latency(milliseconds: Int) -> Faults {
        Faults([Rule(.delay(milliseconds: milliseconds))])
    }

    /// SplitMix64's scrambling of a counter.
    static func scrambled(_ counter: UInt64) -> UInt64 {
        var z = counter &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
