/// The two ways in which Flyte's servers name fields in JSON.
public enum JSONStyle: Hashable, Sendable {
    /// Flyte's own names, which `Accept: application/json` gets.
    case snakeCase
    /// protojson's names, which everybody else gets who does not ask for protobuf.
    case camelCase
}
