import FlyteIDL
import FlyteModel

/// A task of the sample installation.
struct SampleTask: Hashable, Sendable {
    var name: String
    var type = "python-task"
    /// Kubernetes quantities.
    var cpu = "500m"
    var memory = "500Mi"
    var gpu: String?
    var retries: Int64 = 0
    var cacheVersion: String?
    /// Seconds that a run takes in the middle of all runs.
    var seconds = 30.0
    var inputs: [String] = ["x"]
    var outputs: [String] = ["o0"]

    func id(_ place: SamplePlace, _ version: String) -> DefinitionID {
        DefinitionID(kind: .task, project: place.project, domain: place.domain, name: name, version: version)
    }

    /// A `core.TaskTemplate`.
    func template(_ place: SamplePlace, _ version: String) -> Message {
        var requests: [Value] = [
            ["name": "CPU", "value": .string(cpu)], ["name": "MEMORY", "value": .string(memory)],
        ]
        if let gpu { requests.append(["name": "GPU", "value": .string(gpu)]) }
        var metadata: [String: Value] = [
            "runtime": ["type": "FLYTE_SDK", "version": "1.16.8", "flavor": "python"],
            "retries": ["retries": .int64(retries)], "timeout": ["seconds": 3600],
        ]
        if let cacheVersion {
            metadata["discoverable"] = true
            metadata["discovery_version"] = .string(cacheVersion)
        }
        return Message(
            "core.TaskTemplate",
            [
                "id": .message(Message(id(place, version))), "type": .string(type),
                "metadata": .map(ValueMap(metadata)),
                "interface": .message(SampleInterface.message(inputs, outputs)),
                "container": [
                    "image": .string("registry.example.com/\(place.project)/jobs:\(version)"),
                    "args": [
                        "pyflyte-execute", "--inputs", "{{.input}}", "--output-prefix", "{{.outputPrefix}}",
                    ],
                    "resources": ["requests": .list(requests), "limits": .list(requests)],
                ],
            ])
    }

    func definition(_ place: SamplePlace, _ version: String, at time: Timestamp) -> Message {
        Message(
            "admin.Task",
            [
                "id": .message(Message(id(place, version))),
                "closure": [
                    "compiled_task": ["template": .message(template(place, version))],
                    "created_at": .message(Message(time)),
                ],
            ])
    }
}

/// A project and domain.
struct SamplePlace: Hashable, Sendable {
    var project: String
    var domain: String
}

enum SampleInterface {
    /// A `core.TypedInterface` of variables of no particular type.
    static func message(_ inputs: [String], _ outputs: [String]) -> Message {
        func variables(_ names: [String]) -> Value {
            [
                "variables": .map(
                    ValueMap(
                        Dictionary(
                            uniqueKeysWithValues: names.map { ($0, ["type": ["simple": "STRUCT"]] as Value) })
                    ))
            ]
        }
        return Message("core.TypedInterface", ["inputs": variables(inputs), "outputs": variables(outputs)])
    }
}

extension Message {
    /// A `core.Identifier`.
    init(_ id: DefinitionID) {
        self.init(
            "core.Identifier",
            [
                "resource_type": .string(id.kind.resourceType), "project": .string(id.project),
                "domain": .string(id.domain), "name": .string(id.name), "version": .string(id.version),
            ])
    }

    /// A `google.protobuf.Duration`.
    init(duration nanoseconds: Int64) {
        let (seconds, nanos) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init("google.protobuf.Duration", ["seconds": .int64(seconds), "nanos": .int64(nanos)])
    }
}
