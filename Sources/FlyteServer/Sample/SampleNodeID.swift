import FlyteModel

/// Ids below the top level, as the engine makes them.
enum SampleNodeID {
    /// `<parent>-<attempt>-<spec>`, or a hash of it when that is longer than 20 characters.
    ///
    /// - Parameter isExecution: For a child execution: `<parent>-<node>-<attempt>`.
    static func id(parent: String?, attempt: Int, spec: String, isExecution: Bool = false) -> String {
        if isExecution, let parent { return EngineNodeID.shortened("\(parent)-\(spec)-\(attempt)") }
        return EngineNodeID.node(spec, in: parent, attempt: attempt)
    }
}
