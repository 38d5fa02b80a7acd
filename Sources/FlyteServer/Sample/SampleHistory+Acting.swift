import FlyteIDL
import FlyteModel

// What people did in the installation, among what its calendar has.
extension SampleHistory {
    /// The workflow of the catalog that a launch runs; nil when the sample has none of this name and version.
    static func workflow(of launch: ExecutionLaunch) -> SampleWorkflow? {
        if let id = launch.workflow {
            return workflows(SamplePlace(project: id.project, domain: id.domain)).first {
                $0.name == id.name && $0.version == id.version
            }
        }
        guard let id = launch.spec.message("launch_plan")?.definitionID else { return nil }
        for workflow in workflows(SamplePlace(project: id.project, domain: id.domain))
        where workflow.version == id.version {
            guard let task = workflow.tasks.first(where: { $0.name == id.name }) else { continue }
            var single = SampleWorkflow(
                ".flytegen.\(id.name)", version: id.version, inputs: task.inputs, outputs: task.outputs,
                [(String(id.name.filter { $0 != "." }), .task(task), [])])
            single.version = id.version
            return single
        }
        return nil
    }

    private static func workflows(_ place: SamplePlace) -> [SampleWorkflow] {
        let own = workflows.filter { $0.0 == place }.flatMap(\.1)
        return own + own.flatMap(\.plans)
    }

    /// A launch as one of the calendar's runs.
    func run(of action: SampleActions.Launch) -> Run? {
        let launch = action.launch
        guard let workflow = Self.workflow(of: launch) else { return nil }
        var plan = SampleEngine.Plan()
        plan.spec = launch.spec
        plan.mode = launch.spec.message("metadata")?.enumName("mode") ?? "MANUAL"
        plan.principal = ""
        plan.isSingleTask = launch.workflow == nil
        plan.awaitsSignals = true
        plan.recovered = launch.recovered
        for (name, value) in launch.inputs.map("literals") {
            if case .message(let literal) = value { plan.inputs[name] = .given(literal) }
        }
        plan.outputs = Dictionary(uniqueKeysWithValues: workflow.outputs.map { ($0, .integer(11)) })
        plan.until = engine.actions.now ?? options.now
        return Run(
            workflow: workflow, place: SamplePlace(project: launch.id.project, domain: launch.id.domain),
            time: action.time, name: launch.id.name, plan: plan, isLaunched: true)
    }

    /// Lets time go on in an installation that has all up to an earlier moment.
    mutating func goOn() {
        engine.ownChances = options.seed
        for run in calendar() where mayBeOpen(run) && (run.time < options.now || run.isLaunched) {
            write(run)
        }
        archive()
    }

    /// Lets what was touched go on to this moment, in an installation that has the rest already.
    mutating func write(only touched: Set<ExecutionID>) {
        engine.ownChances = options.seed
        for run in calendar() where touched.contains(run.id) { write(run) }
        archive()
    }

    /// Executions that somebody has hidden, or shown again.
    func archive() {
        for (id, archiving) in engine.actions.archivings {
            engine.installation.set(
                state: archiving.isArchived ? "EXECUTION_ARCHIVED" : "EXECUTION_ACTIVE", of: id,
                at: archiving.time, by: archiving.principal)
        }
    }
}
