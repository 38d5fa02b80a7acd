public import FlyteModel

extension TaskExecution {
    /// Whether it is the attempt of a map task, whose elements are its external resources.
    public var isMap: Bool { taskType == "container_array" || pluginIdentifier == "k8s-array" }

    /// How many elements of a map ran, each counted once whatever its tries; 1 for what is no map.
    ///
    /// Those from the cache and those that were aborted before they began do not count.
    public var elements: Int {
        guard isMap else { return 1 }
        return Set(externalResources.lazy.filter(\.hasRun).map(\.index)).count
    }
}

extension TaskExecution.ExternalResource {
    /// Whether this try of the element ran.
    public var hasRun: Bool {
        guard cacheStatus != .hit else { return false }
        switch phase {
        case .succeeded, .failed, .retryableFailed: return true
        // Aborted ones are linked to their logs once they ran.
        case .aborted: return !logs.isEmpty
        default: return phase.rawValue == "RUNNING"
        }
    }
}
