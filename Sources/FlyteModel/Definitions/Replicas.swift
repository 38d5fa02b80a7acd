import FlyteIDL

/// How many pods a distributed task has, as the task's custom struct says.
///
/// https://github.com/flyteorg/flyte/tree/master/flyteidl/protos/flyteidl/plugins
enum Replicas {
    /// 1 for what is not distributed, and where nothing is said.
    static func count(type: String, custom: Message?) -> Int {
        guard let custom else { return 1 }
        switch type {
        case "pytorch":
            let workers = number(custom, "workers") ?? number(custom, "workerReplicas")
            guard let elastic = object(custom, "elasticConfig") else {
                return workers.map { $0 + max(1, number(custom, "masterReplicas") ?? 1) } ?? 1
            }
            // An elastic job has no master, and as many workers as there is room for.
            return max(1, workers ?? 0, number(elastic, "maxReplicas") ?? 0)
        case "mpi":
            let workers = number(custom, "numWorkers") ?? number(custom, "workerReplicas") ?? 0
            let launchers = number(custom, "numLauncherReplicas") ?? number(custom, "launcherReplicas") ?? 1
            return workers + max(1, launchers)
        case "tensorflow":
            let roles = ["psReplicas", "chiefReplicas", "evaluatorReplicas"]
            let workers = number(custom, "workers") ?? number(custom, "workerReplicas") ?? 0
            return max(1, roles.reduce(workers) { $0 + (number(custom, $1) ?? 0) })
        case "ray":
            guard let cluster = object(custom, "rayCluster") else { return 1 }
            let isScaled = flag(custom, "enableAutoscaling") || flag(cluster, "enableAutoscaling")
            let groups = value(cluster, "workerGroupSpec")?.message("list_value")?.messages("values") ?? []
            // The head, and the workers of each group.
            return groups.compactMap { $0.message("struct_value") }.reduce(1) { sum, group in
                let replicas = number(group, "replicas") ?? number(group, "minReplicas") ?? 0
                return sum + (isScaled ? max(replicas, number(group, "maxReplicas") ?? 0) : replicas)
            }
        case "dask":
            guard let workers = object(custom, "workers") else { return 1 }
            // The job's own pod and the scheduler beside the workers.
            return 2 + (number(workers, "numberOfWorkers") ?? 0)
        case "spark":
            guard let conf = object(custom, "sparkConf") else { return 1 }
            var executors = number(conf, "spark.executor.instances") ?? 0
            if flag(conf, "spark.dynamicAllocation.enabled") {
                executors = max(executors, number(conf, "spark.dynamicAllocation.maxExecutors") ?? 0)
            }
            return 1 + executors
        default: return 1
        }
    }

    /// A member by its name in JSON, or by its name in the definitions.
    private static func value(_ object: Message, _ name: String) -> Message? {
        object.field(name) ?? object.field(snakeCase(name))
    }

    private static func object(_ parent: Message, _ name: String) -> Message? {
        value(parent, name)?.message("struct_value")
    }

    /// A number, a text with one, or the `replicas` of an object; nil for anything else.
    private static func number(_ parent: Message, _ name: String) -> Int? {
        guard let value = value(parent, name) else { return nil }
        if let object = value.message("struct_value") { return number(object, "replicas") }
        let text = value.string("string_value")
        let number = text.isEmpty ? value.double("number_value") : Double(text) ?? 0
        return number.isFinite ? Int(min(max(number, 0), 1_000_000)) : 0
    }

    private static func flag(_ parent: Message, _ name: String) -> Bool {
        guard let value = value(parent, name) else { return false }
        return value.bool("bool_value") || value.string("string_value").lowercased() == "true"
    }

    private static func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
    }
}
