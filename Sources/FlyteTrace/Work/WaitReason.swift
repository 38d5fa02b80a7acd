/// What the reasons of an attempt say it waited for.
enum WaitReason {
    /// Whether an attempt with this reason had no container yet, for want of a node, of quota or of its image.
    static func isObstacle(_ reason: String) -> Bool {
        obstacles.contains { reason.contains($0) }
    }

    /// Whether an error with this code came because no container could be made.
    static func isObstacle(code: String) -> Bool {
        code.split(separator: "|").contains { codes.contains(String($0)) }
    }

    private static let obstacles = [
        // A node. https://kubernetes.io/docs/concepts/scheduling-eviction/
        "Unschedulable", "FailedScheduling", "nodes are available", "TriggeredScaleUp", "triggered scale-up",
        // Quota, of the namespace or of the engine's resource pool.
        "Exceeded resourcequota", "exceeded quota", "resource pool",
        // The image. https://kubernetes.io/docs/concepts/containers/images/
        "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "ImageInspectError", "InvalidImageName",
        "RegistryUnavailable", "Back-off pulling image", "Failed to pull image", "Pulling image",
    ]
    private static let codes: Set<String> = [
        "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "ImageInspectError", "InvalidImageName",
        "RegistryUnavailable", "ContainersNotReady", "CreateContainerError", "CreateContainerConfigError",
        "Unschedulable",
    ]
}
