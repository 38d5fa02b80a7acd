import CommandLineParser
import FlyteModel
import FlyteServer

/// What a server inside does wrong on purpose.
struct FaultOptions: Sendable {
    private let latency: Parameter<Int?>
    private let faults: Parameter<[Faults.Rule]>
    private let poisoned: Parameter<[ExecutionID]>
    private let rateLimit: Parameter<RateLimit?>
    private let retryAfter: Parameter<Int?>

    /// By the names that the option takes.
    private static let named: [(name: String, fault: Faults.Fault)] = [
        ("reset", .reset), ("truncate", .truncate(after: 20, reset: false)),
        ("truncate-reset", .truncate(after: 20, reset: true)), ("garbage", .garbage(seed: 1)),
        ("html", .html),
        ("hang", .hang), ("drip", .drip(bytes: 100, everyMilliseconds: 20)),
        ("content-type", .contentType("text/plain")),
        ("redirect", .redirect(status: 302, to: "https://login.example.com/")),
        (
            "401",
            .refuseAsFlyte(
                code: 16, message: "token parse error id token err: access token err: Token is expired")
        ),
        ("403", .refuseAsFlyte(code: 7, message: "permission denied")),
        ("429", .refuse(status: 429, retryAfter: nil)), ("429-wait", .refuse(status: 429, retryAfter: "1")),
        ("500", .refuseAsFlyte(code: 13, message: "read tcp: connection reset by peer")),
        ("502", .refuse(status: 502, retryAfter: nil)), ("503", .refuse(status: 503, retryAfter: nil)),
        ("503-wait", .refuse(status: 503, retryAfter: "1")),
        ("504", .refuseAsFlyte(code: 4, message: "context deadline exceeded")),
        (
            "busy-database",
            .refuseAsFlyte(
                code: 3,
                message:
                    "failed to validate that project [p] and domain [d] are registered, err: [FATAL: sorry, too many clients already]"
            )
        ),
        (
            "too-large",
            .refuseAsFlyte(code: 8, message: "grpc: received message larger than max (4194305 vs. 4194304)")
        ),
        ("lost-filters", .withoutParameter("filters")),
    ]

    init(_ declare: inout Declaration) {
        latency = declare.option("latency", "MS", "Answers so many milliseconds later.") {
            text throws(UsageError) in try Self.number(text, "milliseconds", 0...600_000)
        }
        faults = declare.repeatedOption(
            "fault", "KIND[:SHARE]",
            "What goes wrong, and for which share of the requests (default: 1); can be given several times. Kinds: \(Self.named.map(\.name).joined(separator: ", ")).",
            read: Self.rule)
        poisoned = declare.repeatedOption(
            "poison", "EXECUTION", "Never answers what concerns this execution: project/domain/name."
        ) { text throws(UsageError) in
            guard let id = ExecutionReference(text).id else {
                throw UsageError("'\(text)' is no execution; write project/domain/name.")
            }
            return id
        }
        rateLimit = declare.option(
            "rate-limit", "RATE[:BURST]",
            "Lets so many requests a second through, and BURST (default: 50) at once after a silence; refuses the others with 429.",
            read: Self.limit)
        retryAfter = declare.option(
            "retry-after", "SECONDS",
            "What refusals of --rate-limit ask for in 'Retry-After'. Default: nothing."
        ) { text throws(UsageError) in try Self.number(text, "seconds", 0...3600) }
    }

    private static func limit(_ text: String) throws(UsageError) -> RateLimit {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let rate = Double(parts[0]), rate > 0, rate <= 1_000_000 else {
            throw UsageError("'\(parts[0])' is no number of requests a second.")
        }
        guard parts.count == 2 else { return RateLimit(rate: rate, burst: 50) }
        return RateLimit(
            rate: rate, burst: Double(try number(String(parts[1]), "requests", 1...1_000_000)))
    }

    static func number(_ text: String, _ what: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "'\(text)' is no number of \(what) from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private static func rule(_ text: String) throws(UsageError) -> Faults.Rule {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let fault = named.first(where: { $0.name == parts[0] })?.fault else {
            throw UsageError(
                "There is no fault '\(parts[0])'. There are \(named.map(\.name).joined(separator: ", ")).")
        }
        guard parts.count == 2 else { return Faults.Rule(fault) }
        guard let share = Double(parts[1]), share > 0, share <= 1 else {
            throw UsageError("'\(parts[1])' is no share: a number above 0, up to 1.")
        }
        return Faults.Rule(fault, .share(share, seed: 1))
    }

    func faults(_ input: Input) throws(UsageError) -> Faults {
        var limit = input[rateLimit]
        if let seconds = input[retryAfter] {
            guard limit != nil else {
                throw UsageError("--retry-after is what refusals of --rate-limit say; give that as well.")
            }
            limit?.retryAfter = String(seconds)
        }
        var rules: [Faults.Rule] = []
        if let milliseconds = input[latency] { rules.append(.init(.delay(milliseconds: milliseconds))) }
        for id in input[poisoned] {
            rules.append(.init(.hang) { $0.path.contains("/\(id)") })
        }
        return Faults(rules + input[faults], limit: limit)
    }
}
