import FlyteIDL
import FlyteServer

extension MadeInstallation {
    /// What a node of a made workflow is.
    enum Target {
        case task, branch, gate
        case workflow(String)
    }

    /// Registers the workflow that executions run, with nodes beside its start and end, its launch plan and its task.
    ///
    /// - Parameter subWorkflows: With one node each, a task.
    func workflow(_ nodes: [(id: String, target: Target)], subWorkflows: [String] = []) {
        let template = Self.template("w", nodes)
        installation.add(
            definition: Message("admin.LaunchPlan", ["id": Self.definition("LAUNCH_PLAN", "w")]))
        installation.add(definition: Message("admin.Task", ["id": Self.definition("TASK", "t")]))
        installation.add(
            definition: Message(
                "admin.Workflow",
                [
                    "id": Self.definition("WORKFLOW", "w"),
                    "closure": [
                        "compiled_workflow": [
                            "primary": ["template": template],
                            "sub_workflows": .list(
                                subWorkflows.map { ["template": Self.template($0, [("n0", .task)])] }),
                        ]
                    ],
                ]))
    }

    private static func template(_ name: String, _ nodes: [(id: String, target: Target)]) -> Value {
        let markers: [Value] = ["start-node", "end-node"].map { ["id": .string($0)] }
        return [
            "id": definition("WORKFLOW", name),
            "nodes": .list(markers + nodes.map { node($0.id, $0.target) }),
        ]
    }

    private static func node(_ id: String, _ target: Target) -> Value {
        switch target {
        case .task: ["id": .string(id), "task_node": ["reference_id": definition("TASK", "t")]]
        case .branch:
            ["id": .string(id), "branch_node": ["if_else": ["case": ["then_node": node(id + "-n0", .task)]]]]
        case .gate: ["id": .string(id), "gate_node": ["approve": ["signal_id": "yes"]]]
        case .workflow(let name):
            ["id": .string(id), "workflow_node": ["sub_workflow_ref": definition("WORKFLOW", name)]]
        }
    }
}
