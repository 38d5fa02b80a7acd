/// What is said of a place in an execution's tree.
public protocol Placed: Hashable, Sendable {
    var place: CapturePlace { get set }
}

extension Withheld: Placed {}
extension Redaction: Placed {}
