import FlyteIDL

/// A node that the engine has run and not yet written: its row, its attempts', and what they left in the store.
struct SampleNodeRows {
    var message: Message
    var parent: String?
    var inputs: Message?
    var outputs: Message?
    var dynamic: Message?
    var attempts: [(message: Message, inputs: Message?, outputs: Message?)] = []
}
