import FlyteIDL
import FlyteModel
import FlyteTrace
import TestSupport
import Testing

struct WorkTests {
    typealias Row = MadeExecution.Row
    typealias Attempt = MadeExecution.Attempt

    private static func attempt(_ attempt: Attempt) throws -> TaskExecution {
        let made = MadeExecution(
            .init(["n0": ["start-node"], "end-node": ["n0"]]), end: 99,
            [Row("n0", 2, 90, attempts: [attempt])])
        return try #require(try made.tree().nodes[0].attempts.first).execution
    }

    private static let submitted: (Int64, String) = (3, "task submitted to K8s")
    private static let unschedulable: (Int64, String) = (
        4, "Unschedulable:0/3 nodes are available: 3 Insufficient cpu."
    )
    private static let pulling: (Int64, String) = (
        4, "[ContainersNotReady|ImagePullBackOff]: |Back-off pulling image \"x\""
    )
    private static let creating: (Int64, String) = (4, "[ContainersNotReady|ContainerCreating]: |")

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var attempt: Attempt
        var hadContainer: Bool
        /// What the seconds from 3 to 40 went to.
        var path: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "waited for a node in vain",
            attempt: Attempt(created: 3, updated: 40, phase: "ABORTED", reasons: [submitted, unschedulable]),
            hadContainer: false, path: "3…40 queue"),
        Case(
            name: "waited for its image in vain",
            attempt: Attempt(
                created: 3, updated: 40, phase: "FAILED", error: "ContainersNotReady|ImagePullBackOff",
                reasons: [submitted, pulling]), hadContainer: false, path: "3…40 queue"),
        Case(
            name: "aborted while its container was made",
            attempt: Attempt(created: 3, updated: 40, phase: "ABORTED", reasons: [submitted, creating]),
            hadContainer: false, path: "3…40 queue"),
        Case(
            name: "deleted before it ran",
            attempt: Attempt(
                created: 3, updated: 40, phase: "FAILED", error: "ResourceDeletedExternally", kind: "SYSTEM",
                reasons: [submitted, creating]), hadContainer: false, path: "3…40 queue"),
        Case(
            name: "waited, and ran where nobody looked",
            attempt: Attempt(
                created: 3, updated: 40, reasons: [submitted, (30, unschedulable.1)], hasLogs: true),
            hadContainer: true, path: "3…30 queue, 30…40 user_code"),
        Case(
            name: "ran where nobody looked",
            attempt: Attempt(created: 3, updated: 40, reasons: [submitted, creating], hasLogs: true),
            hadContainer: true, path: "3…40 user_code"),
        Case(
            name: "was killed where nobody looked",
            attempt: Attempt(
                created: 3, updated: 40, phase: "FAILED", error: "Interrupted", kind: "SYSTEM",
                message: "[pod] terminated with exit code (3). Reason [Error]",
                reasons: [submitted, creating]),
            hadContainer: true, path: "3…40 user_code"),
        Case(
            name: "was seen",
            attempt: Attempt(
                created: 3, started: 20, ended: 40, reasons: [submitted, unschedulable], hasLogs: true),
            hadContainer: true, path: "3…20 queue, 20…40 user_code"),
        Case(
            name: "has no pods", attempt: Attempt(created: 3, updated: 40), hadContainer: false,
            path: "3…40 user_code"),
        Case(
            name: "is a map without elements",
            attempt: Attempt(created: 3, started: 5, ended: 40, taskType: "container_array"),
            hadContainer: false,
            path: "3…5 queue, 5…40 user_code"),
    ]

    @Test(arguments: cases) func anAttemptHadAContainerOrWaited(_ made: Case) throws {
        #expect(try Self.attempt(made.attempt).hadContainer == made.hadContainer)
        let execution = MadeExecution(
            .init(["n0": ["start-node"], "end-node": ["n0"]]), end: 40,
            [Row("start-node", 1, 1), Row("n0", 2, 40, attempts: [made.attempt])])
        let steps = try #require(CriticalPath.steps(of: try execution.tree()) { _ in nil })
        let path = steps.filter { $0.attempt != nil }.map { step in
            let line = MadeExecution.line(step).split(separator: " ")
            return "\(line[0]) \(line[line.count - 1])"
        }
        #expect(path.joined(separator: ", ") == made.path)
    }

    @Test func theAttemptOfACacheHitIsCache() throws {
        let hit = MadeExecution(
            .init(["n0": ["start-node"], "end-node": ["n0"]]), end: 9,
            [
                Row("start-node", 1, 1),
                Row("n0", 2, 8, attempts: [Attempt(created: 3, updated: 4)], cache: "CACHE_HIT"),
            ])
        #expect(
            try hit.path()
                == "0…1 - flyte_overhead\n1…2 n0 flyte_overhead\n2…8 n0 cache\n8…9 - flyte_overhead")
    }

    /// Of the attempts of a real server: how many had a container, by phase.
    @Test func ofRealAttemptsThoseThatRanHadAContainer() throws {
        var counts: [String: Int] = [:]
        var elements: [String: Int] = [:]
        for (id, tree) in try RecordedCaptures(.propellerCases).trees() {
            for node in tree.nodes {
                for attempt in node.attempts {
                    let row = attempt.execution
                    counts["\(row.phase.rawValue) \(row.hadContainer)", default: 0] += 1
                    if row.isMap { elements[id.name] = row.elements } else { #expect(row.elements == 1) }
                }
            }
        }
        #expect(
            counts == [
                "ABORTED false": 4, "ABORTED true": 9, "FAILED false": 2, "FAILED true": 56,
                "INITIALIZING false": 1, "RUNNING true": 2, "SUCCEEDED false": 6, "SUCCEEDED true": 191,
            ])
        #expect(
            elements == [
                "abort-inside-map-hanging": 2, "again-map": 3, "dyn-makes-map": 3, "map-cached-1": 3,
                "map-cached-2": 1, "map-empty": 0, "map-fails": 6, "map-forty": 40, "map-large": 3,
                "map-ok": 6, "map-oom": 6, "map-partial": 6, "map-retried": 6, "recovered-again-map": 3,
            ])
    }

    @Test func whatALaterGenerationMadeGoodIsRetried() throws {
        func attempt(_ created: Int64, _ phase: String) -> Attempt {
            Attempt(created: created, updated: created + 1, phase: phase, reasons: [Self.submitted])
        }
        func child(_ group: String, _ spec: String, _ phase: String) -> Row {
            Row(
                "n0-\(group)-\(spec)", 3, 9, spec: spec, parent: "n0", retryGroup: group, phase: phase,
                attempts: [attempt(3, phase)])
        }
        let inner = MadeExecution.Workflow(["a": ["start-node"], "b": ["a"], "end-node": ["b"]])
        func outcomes(_ phase: String) throws -> [String] {
            let tree = try MadeExecution(
                .init(["n0": ["start-node"], "n1": ["n0"], "end-node": ["n1"]], ["n0": .workflow("sub")]),
                phase: phase, end: 50,
                [
                    Row("n0", 2, 30), child("0", "a", "SUCCEEDED"), child("0", "b", "FAILED"),
                    child("1", "a", "SUCCEEDED"), child("1", "b", "ABORTED"),
                    Row(
                        "n1", 30, 40, phase: "FAILED",
                        attempts: [
                            attempt(30, "FAILED"), attempt(33, "RETRYABLE_FAILED"), attempt(36, "RUNNING"),
                        ]),
                    Row("n2", 30, 40, attempts: [Attempt(created: 30, updated: 31)], cache: "CACHE_HIT"),
                    Row("n3", 30, 40, phase: "FAILED", attempts: [attempt(31, "FAILED")]),
                ], subWorkflows: ["sub": inner]
            ).tree()
            return tree.nodes.indices.flatMap { index in
                tree.nodes[index].attempts.indices.map {
                    let outcome = WorkOutcome(ofAttempt: $0, of: index, in: tree)
                    return "\(tree.nodes[index].id) \($0) \(outcome?.rawValue ?? "-")"
                }
            }
        }
        let expected = [
            "n0-0-a 0 retried", "n0-0-b 0 retried", "n0-1-a 0 useful", "n0-1-b 0 aborted", "n1 0 retried",
            "n1 1 retried", "n1 2 aborted", "n2 0 cached", "n3 0 failed",
        ]
        #expect(try outcomes("FAILED") == expected)
        #expect(try outcomes("RUNNING")[6] == "n1 2 -")
    }

    private static func template(_ type: String, _ custom: Value?, _ target: [String: Value] = [:]) throws
        -> TaskTemplate
    {
        var template: [String: Value] = ["type": .string(type)]
        if let custom { template["custom"] = custom }
        template.merge(target) { $1 }
        let task = Message(
            "admin.Task",
            [
                "closure": [
                    "compiled_task": ["template": .map(ValueMap(template.map { (key: $0, value: $1) }))]
                ]
            ])
        return try TaskTemplate(decoding: task.encoded())
    }

    /// A `google.protobuf.Struct` in short.
    private static func object(_ members: [String: Value]) -> Value {
        ["fields": .map(ValueMap(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }))]
    }
    private static func number(_ number: Double) -> Value { ["number_value": .double(number)] }
    private static func text(_ text: String) -> Value { ["string_value": .string(text)] }
    private static func nested(_ members: [String: Value]) -> Value { ["struct_value": object(members)] }
    private static func list(_ values: [Value]) -> Value { ["list_value": ["values": .list(values)]] }

    @Test func aDistributedTaskSaysHowManyPodsItHas() throws {
        func replicas(_ type: String, _ custom: [String: Value]) throws -> Int {
            try Self.template(type, Self.object(custom)).replicas
        }
        func count(_ count: Double) -> Value { Self.nested(["replicas": Self.number(count)]) }
        #expect(try Self.template("python-task", nil).replicas == 1)
        #expect(try replicas("python-task", ["workers": Self.number(4)]) == 1)
        #expect(try replicas("pytorch", ["workers": Self.number(4)]) == 5)
        #expect(try replicas("pytorch", ["workerReplicas": count(4), "masterReplicas": count(1)]) == 5)
        #expect(
            try replicas(
                "pytorch",
                ["workerReplicas": count(2), "elasticConfig": Self.nested(["maxReplicas": Self.number(3)])])
                == 3)
        #expect(
            try replicas("mpi", ["numWorkers": Self.number(3), "numLauncherReplicas": Self.number(1)]) == 4)
        #expect(try replicas("mpi", ["workerReplicas": count(3), "launcherReplicas": count(1)]) == 4)
        #expect(
            try replicas(
                "tensorflow",
                ["workers": Self.number(3), "psReplicas": Self.number(2), "chiefReplicas": Self.number(1)])
                == 6)
        #expect(try replicas("tensorflow", ["workerReplicas": count(3), "evaluatorReplicas": count(1)]) == 4)
        let group = Self.nested([
            "replicas": Self.number(2), "minReplicas": Self.number(1), "maxReplicas": Self.number(5),
        ])
        let cluster = Self.nested(["workerGroupSpec": Self.list([group, group])])
        #expect(try replicas("ray", ["rayCluster": cluster]) == 5)
        #expect(
            try replicas("ray", ["rayCluster": cluster, "enableAutoscaling": ["bool_value": true]]) == 11)
        #expect(try replicas("dask", ["workers": Self.nested(["numberOfWorkers": Self.number(4)])]) == 6)
        let conf = ["spark.executor.instances": Self.text("4")]
        #expect(try replicas("spark", ["sparkConf": Self.nested(conf)]) == 5)
        #expect(try replicas("spark", ["mainClass": Self.text("")]) == 1)
        for odd in [Double.nan, -4, 1e300] {
            #expect(try (1...1_000_001).contains(replicas("pytorch", ["workers": Self.number(odd)])))
        }
    }

    @Test func theRecordedSparkTasksHaveFivePods() throws {
        let recorded = try RecordedCaptures(.scriptedLocal)
        let replicas = try recorded.definitions.filter { $0.key.kind == .task }.values
            .map { try TaskTemplate(decoding: $0) }.filter { $0.type == "spark" }.map(\.replicas)
        #expect(!replicas.isEmpty)
        #expect(replicas.allSatisfy { $0 == 5 })
    }

    @Test func aPodAsksForAllItsContainers() throws {
        func container(
            _ name: String, _ requests: [String: Value], _ limits: [String: Value] = [:],
            _ more: [String: Value] = [:]
        ) -> Value {
            Self.nested(
                [
                    "name": Self.text(name), "image": Self.text("i-\(name)"),
                    "resources": Self.nested([
                        "requests": Self.nested(requests), "limits": Self.nested(limits),
                    ]),
                ].merging(more) { $1 })
        }
        let pod = Self.object([
            "containers": Self.list([
                container("side", ["cpu": Self.text("500m")], ["memory": Self.text("1Gi")]),
                container(
                    "main", ["cpu": Self.number(2), "memory": Self.text("2Gi")],
                    ["nvidia.com/gpu": Self.text("1")]),
            ]),
            "initContainers": Self.list([
                container("once", ["cpu": Self.text("8")]),
                container("always", ["cpu": Self.text("250m")], [:], ["restartPolicy": Self.text("Always")]),
            ]),
        ])
        let task = try Self.template(
            "sidecar", nil, ["k8s_pod": ["pod_spec": pod, "primary_container_name": "main"]])
        #expect(task.image == "i-main")
        #expect(task.requests.cpu == 2.75)
        #expect(task.requests.memoryBytes == 3 << 30)
        #expect(task.requests.gpu == 1)
    }

    @Test func anOverrideOfALimitIsNoRequest() throws {
        func entries(_ cpu: String) -> Value { .list([["name": "CPU", "value": .string(cpu)]]) }
        func cpu(_ template: [String: Value], _ override: [String: Value]) throws -> Double? {
            let task = try Self.template(
                "python-task", nil,
                ["container": ["resources": .map(ValueMap(template.map { (key: $0, value: $1) }))]])
            let made = MadeExecution(
                .init(["n0": ["start-node"], "end-node": ["n0"]], ["n0": .overridden(override)]), end: 9,
                [Row("n0", 2, 8, attempts: [Attempt(created: 3, updated: 4)])])
            var tree = try made.tree()
            let workflow = try WorkflowClosure(workflow: made.workflowBytes())
            tree.tie(to: .init(workflow: { _ in workflow }, task: { _ in task }))
            return tree.nodes[0].attempts[0].requests(in: tree.nodes[0])?.cpu
        }
        #expect(try cpu(["requests": entries("1")], [:]) == 1)
        #expect(try cpu(["requests": entries("1")], ["limits": entries("4")]) == 1)
        #expect(try cpu(["requests": entries("1")], ["requests": entries("3")]) == 3)
        #expect(try cpu(["limits": entries("2")], [:]) == 2)
        #expect(try cpu(["limits": entries("2")], ["limits": entries("4")]) == 4)
        #expect(try cpu(["requests": entries("1"), "limits": entries("2")], ["limits": entries("4")]) == 1)
    }
}
