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
    /// The moment meant, now.
    func resolved() throws -> Timestamp {
        do {
            return try timestamp(now: .now)
        } catch {
            throw Failure("\(error)", .usage)
        }
    }
}
