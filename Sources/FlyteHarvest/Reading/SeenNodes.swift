/// The nodes of one tree. A node's id is its own within the whole execution, so that a row that comes again, because
/// others were added meanwhile or the server pays no heed to the parent asked for, is the same node.
actor SeenNodes {
    private var ids: Set<String> = []

    /// true when the node is new.
    func insert(_ id: String) -> Bool { ids.insert(id).inserted }
}
