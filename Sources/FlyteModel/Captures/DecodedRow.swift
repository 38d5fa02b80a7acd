/// What a message said when it came: it stays with the message, so that nobody decodes it again. Another message in its
/// place brings its own, or none.
public struct DecodedRow: Sendable {
    enum Content: Sendable {
        case execution(Execution)
        case node(SharedBox<NodeExecution>)
        case attempt(SharedBox<TaskExecution>)
    }

    let content: Content

    public static func execution(_ row: Execution) -> DecodedRow { DecodedRow(content: .execution(row)) }
    public static func node(_ row: NodeExecution) -> DecodedRow { DecodedRow(content: .node(SharedBox(row))) }
    public static func attempt(_ row: TaskExecution) -> DecodedRow {
        DecodedRow(content: .attempt(SharedBox(row)))
    }
}
