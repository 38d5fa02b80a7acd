/// What is known of a table whatever its rows are made of.
protocol DeclaredTable: Sendable {
    var name: String { get }
    /// Those that are filled by the declaration.
    var columnNames: [String] { get }
    /// Those that are filled elsewhere.
    var others: [String] { get }
}
