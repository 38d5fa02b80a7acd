import CommandLineParser
import FlyteModel

extension Declaration {
    /// An option that takes a time as people write it, such as `now-7d`.
    mutating func timeOption(_ name: String, _ help: String) -> Parameter<TimeExpression?> {
        option(name, "T", help) { text throws(UsageError) in
            do {
                return try TimeExpression(text)
            } catch {
                throw UsageError("\(error)")
            }
        }
    }
}

extension TimeExpression {
    /// The moment meant, now, on the clocks of a zone.
    func resolved(in zone: TimeZoneRules = .utc) throws -> Timestamp {
        do {
            return try timestamp(now: .now, in: zone)
        } catch {
            throw Failure("\(error)", .usage)
        }
    }
}
