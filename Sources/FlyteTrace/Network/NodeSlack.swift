import FlyteModel

/// What a node meant for how long its execution took, by the network of all that it waited for.
public struct NodeSlack: Hashable, Sendable {
    /// How much longer the node could have taken without the execution taking longer, in nanoseconds; nil when nothing that
    /// decided the end waited for it.
    public var slack: Int64?
    /// How much less the execution would have taken, had the node taken no time, in nanoseconds.
    public var drag: Int64

    public init(slack: Int64?, drag: Int64) { (self.slack, self.drag) = (slack, drag) }

    /// The slack and drag of each node of an execution that has ended, by its place in the tree.
    ///
    /// nil where nothing can be said: of start and end nodes, of runs that a retry took the place of, and wherever a
    /// definition or a row is missing that would tell what waited for what, or these are a circle. Of a node with others
    /// inside, both hold as if it were one: the drag of what lies in it is not greater, its slack not smaller.
    public static func all(in networks: ExecutionNetworks) -> [NodeSlack?] {
        var found: [NodeSlack?] = Array(repeating: nil, count: networks.tree.nodes.count)
        for level in networks.levels {
            level.network.walkMargins { place, margin in
                var own = NodeSlack(slack: margin?.slack, drag: margin?.drag ?? 0)
                if let parent = level.parent {
                    // Outer levels come first.
                    guard let outer = found[parent] else { return }
                    own.slack = own.slack.flatMap { inner in outer.slack.map { $0 + inner } }
                    own.drag = min(own.drag, outer.drag)
                }
                found[level.network.activities[place].node] = own
            }
        }
        return found
    }
}
