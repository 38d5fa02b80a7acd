/// Which question gave a figure: anyone can ask it again.
public struct Receipt: Hashable, Sendable, CustomStringConvertible {
    /// The name of a query of `queries/`.
    public var query: String
    /// The parameters that were bound, by name; times as the archive's views write them.
    public var parameters: [String: String]

    public init(query: String, parameters: [String: String] = [:]) {
        self.query = query
        self.parameters = parameters
    }

    /// The arguments of `flightlog query ARCHIVE` that ask it: `failure-rate-by-workflow --param since=…`.
    public var arguments: [String] {
        [query] + parameters.sorted { $0.key < $1.key }.flatMap { ["--param", "\($0.key)=\($0.value)"] }
    }

    public var description: String { arguments.joined(separator: " ") }
}
