import FlyteIDL
import FlyteModel

/// The calendar of the sample installation: what runs when, and what becomes of it.
struct SampleHistory {
    var engine: SampleEngine
    /// The Monday on which things change: that of the last week that is over.
    let turningPoint: Timestamp
    let options: SampleInstallation.Options
    private let start: Timestamp
    var random: SampleRandom
    private var defined: Set<DefinitionID> = []

    private static let hour: Int64 = 3_600_000_000_000
    private static let day = 24 * hour
    static let salesProduction = SamplePlace(project: "sales", domain: "production")
    private static let salesDevelopment = SamplePlace(project: "sales", domain: "development")
    static let visionProduction = SamplePlace(project: "vision", domain: "production")
    private static let visionDevelopment = SamplePlace(project: "vision", domain: "development")

    struct Run {
        var workflow: SampleWorkflow
        var place: SamplePlace
        var time: Timestamp
        var name: String
        var plan: SampleEngine.Plan
        /// What becomes of the run's objects afterwards.
        var losesOutputs = false
        /// Somebody asked for it.
        var isLaunched = false

        var id: ExecutionID { ExecutionID(project: place.project, domain: place.domain, name: name) }
    }

    /// - Parameter installation: Where it is written; nil for a new one.
    init(
        _ options: SampleInstallation.Options, _ actions: SampleActions = SampleActions(),
        in installation: StoredInstallation? = nil
    ) {
        self.options = options
        engine = SampleEngine(
            installation: installation ?? StoredInstallation(domains: ["development", "production"]),
            seed: options.seed)
        engine.actions = actions
        engine.reportsCacheHits = options.reportsCacheHits
        random = SampleRandom(seed: options.seed ^ 0x5A4D_504C_4521)
        let today = options.end.nanoseconds / Self.day
        // 1970-01-01 was a Thursday.
        let monday = today - (today + 3) % 7
        turningPoint = Timestamp(nanoseconds: (monday - 7) * Self.day)
        start = Timestamp(nanoseconds: (today - Int64(options.days)) * Self.day)
    }

    mutating func write() {
        for (id, text) in [("sales", "Orders, and what follows from them"), ("vision", "Models that see")] {
            engine.installation.add(
                project: Message(
                    "admin.Project", ["id": .string(id), "name": .string(id), "description": .string(text)]))
        }
        define()
        // 12 MB at another place, of which the literal knows only where and how much.
        engine.installation.add(
            blob: "s3://flyte/offloaded/big.pb", SampleValue.string("kept apart").literal.encoded())
        for run in calendar() where run.time < options.now || run.isLaunched {
            if mayBeOpen(run) { engine.ownChances = options.seed }
            write(run)
        }
        writeExtremes()
        writeDataRuns()
        archive()
    }

    /// Whether it may not have ended with the history: it and all later ones have chances of their own.
    func mayBeOpen(_ run: Run) -> Bool { run.time > options.end + -2 * Self.hour }

    /// One time of `etl.load` on the 21st day of the history, and all of three days in a row.
    var missedTimes: [Timestamp] {
        guard options.plants == .all else { return [] }
        let slots = [21 * 3 + 2] + (31 * 3..<34 * 3)
        return slots.map { start + Int64($0) * 8 * Self.hour }.filter { $0 < options.now }
    }

    /// All that ever runs, in the order in which it begins.
    mutating func calendar() -> [Run] {
        var runs: [Run] = []
        for day in 0...options.days { addRuns(of: day, to: &runs) }
        let missed = Set(missedTimes)
        runs.removeAll { $0.plan.scheduledAt.map(missed.contains) ?? false }
        for index in runs.indices where engine.actions.touched.contains(runs[index].id) {
            runs[index].plan.until = engine.actions.now ?? options.now
        }
        runs += engine.actions.launches.compactMap { run(of: $0) }
        runs.sort { ($0.time, $0.name) < ($1.time, $1.name) }
        return runs
    }

    /// What only measurements ask for: a tree and a literal that no memory should have to hold.
    private mutating func writeExtremes() {
        let time = options.end + -Self.day / 2
        if options.giantNodes > 0 {
            let workflow = SampleCatalog.giantMap(nodes: options.giantNodes)
            define(workflow, Self.visionDevelopment)
            write(run(workflow, Self.visionDevelopment, time, SampleEngine.Plan()))
        }
        if options.literalMegabytes > 0 {
            var plan = SampleEngine.Plan()
            plan.outputs = ["large": .integer(0)]
            let run = run(SampleCatalog.large, Self.visionDevelopment, time, plan)
            write(run)
            engine.installation.add(
                blob: "\(engine.installation.objects(of: run.id))/n0/data/0/outputs.pb",
                Self.literalMap(megabytes: options.literalMegabytes))
        }
    }

    /// A `core.LiteralMap` with a small variable and a text of lines of numbers.
    private static func literalMap(megabytes: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(megabytes << 20)
        var number: UInt64 = 0
        while text.count < megabytes << 20 {
            number += 1
            text += "\(number),\(Faults.scrambled(number) >> 40)\n".utf8
        }
        func nested(_ numbers: [Int], around bytes: [UInt8]) -> [UInt8] {
            numbers.reversed().reduce(bytes) { inner, number in
                var writer = WireWriter(reservingCapacity: inner.count + 12)
                writer.field(number, inner)
                return writer.bytes
            }
        }
        func entry(_ name: String, _ literal: [UInt8]) -> [UInt8] {
            nested([1], around: nested([1], around: Array(name.utf8)) + nested([2], around: literal))
        }
        let small = SampleValue.integer(Int64(number)).literal.encoded()
        return entry("large", nested([1, 1, 3], around: text)) + entry("lines", small)
    }

    // MARK: Definitions

    private mutating func define() {
        for (place, workflows) in Self.workflows {
            for workflow in workflows { define(workflow.widened(options.treeScale), place) }
        }
    }

    mutating func define(_ workflow: SampleWorkflow, _ place: SamplePlace) {
        let created = start + -5 * Self.day
        for task in workflow.tasks where defined.insert(task.id(place, workflow.version)).inserted {
            engine.installation.add(definition: task.definition(place, workflow.version, at: created))
        }
        for sub in workflow.subWorkflows + workflow.plans { define(sub, place) }
        guard defined.insert(workflow.id(place)).inserted else { return }
        engine.installation.add(definition: workflow.definition(place, at: created))
        if !workflow.name.hasPrefix(".") {
            engine.installation.add(definition: workflow.plan(place, at: created))
        }
    }

    static let workflows: [(SamplePlace, [SampleWorkflow])] = [
        (
            salesProduction,
            [SampleCatalog.load, SampleCatalog.nested, SampleCatalog.orchestrate, SampleCatalog.cleanup]
        ),
        (
            salesDevelopment,
            [
                SampleCatalog.dynamic, SampleCatalog.branch, SampleCatalog.gates, SampleCatalog.single,
                SampleCatalog.hostile,
                SampleCatalog.quick, SampleCatalog.load,
            ]
        ),
        (visionProduction, [SampleCatalog.train, SampleCatalog.trainSecond, SampleCatalog.map]),
        (
            visionDevelopment,
            [SampleCatalog.fullMap, SampleCatalog.types, SampleCatalog.large, SampleCatalog.quick]
        ),
    ]

    // MARK: The calendar

    private mutating func name() -> String {
        let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        return "a" + String(decoding: (0..<19).map { _ in random.pick(digits) }, as: UTF8.self)
    }

    private func time(_ day: Int, hour: Double) -> Timestamp {
        start + Int64(day) * Self.day + Int64(hour * 3_600_000_000_000)
    }

    private mutating func addRuns(of day: Int, to runs: inout [Run]) {
        let today = time(day, hour: 0)
        let weekday = (today.nanoseconds / Self.day + 3) % 7
        for copy in 0..<options.scale {
            let shift = Double(copy) * 0.17
            func at(_ hour: Double) -> Timestamp { time(day, hour: hour + shift) }
            var added: [Run] = []
            for hour in [0.0, 8, 16] { added.append(load(at(hour), today)) }
            added.append(train(at(3), day))
            added.append(ingest(at(10.2), today))
            if weekday < 5 { added.append(ingest(at(15.4), today)) }
            if day % 2 == 0 { added += [map(at(5)), dynamic(at(6.5))] }
            if day % 3 == 0 { added.append(nested(at(7))) }
            if day % 3 == 1 { added += [orchestrate(at(1.5), day), quick(at(11), day)] }
            if weekday == 1 { added += once(at(9), day) }
            runs += added
            addFollowers(of: added, day: day, to: &runs)
        }
        if day == options.days { addOpenRuns(to: &runs) }
    }

    mutating func run(
        _ workflow: SampleWorkflow, _ place: SamplePlace, _ time: Timestamp, _ plan: SampleEngine.Plan
    ) -> Run {
        var plan = plan
        plan.until = options.now
        if plan.inputs.isEmpty {
            plan.inputs = Dictionary(uniqueKeysWithValues: workflow.inputs.map { ($0, .integer(7)) })
        }
        if plan.outputs.isEmpty {
            plan.outputs = Dictionary(uniqueKeysWithValues: workflow.outputs.map { ($0, .integer(11)) })
        }
        let jitter = Int64(random.between(0, 200) * 1e9)
        return Run(workflow: workflow, place: place, time: time + jitter, name: name(), plan: plan)
    }

    private mutating func load(_ time: Timestamp, _ today: Timestamp) -> Run {
        var plan = SampleEngine.Plan()
        plan.mode = "SCHEDULED"
        plan.principal = "flytescheduler"
        plan.scheduledAt = time
        plan.inputs = [
            "day": .string(String(today.microsecondText.prefix(10))),
            "region": .string(random.pick(["eu", "us", "apac"])),
        ]
        plan.labels = [("team", "orders"), ("cost-centre", "4711")]
        if today >= turningPoint, options.plants != .none {
            for node in ["n0", "n1", "n2", "n3"] { plan.slowness[node] = 1.6 }
        }
        let chance = random.unit()
        if chance < 0.02 {
            plan.failures["n0"] = .recoverable(
                message: "HTTP 503 from orders-db-\(random.integer(1..<9)).example.com")
        } else if chance < 0.04 {
            plan.failures["n2"] = .outOfMemory
        } else if chance < 0.05 {
            plan.failures["n3"] = .system
        } else if chance < 0.06 {
            plan.isRejected = true
        } else if chance < 0.12 {
            plan.flaky["n0"] = 1
        }
        return run(SampleCatalog.load, Self.salesProduction, time, plan)
    }

    private mutating func train(_ time: Timestamp, _ day: Int) -> Run {
        var plan = SampleEngine.Plan()
        plan.principal = random.pick(["ada@example.com", "grace@example.com"])
        plan.inputs = ["epochs": .integer(Int64(random.pick([5, 10, 20]))), "rate": .float(0.5, "0.5")]
        plan.tags = ["nightly"]
        plan.environment = [("WANDB_MODE", "offline")]
        if random.chance(0.6) { plan.cached.insert("n0") }
        let chance = random.unit()
        if chance < 0.08 {
            plan.failures["n1"] = .outOfMemory
        } else if chance < 0.11 {
            plan.failures["n1"] = .timeout
        } else if chance < 0.13 {
            plan.failures["n2"] = .exitCode(139)
        } else if chance < 0.43 {
            plan.flaky["n1"] = random.integer(1..<3)
        }
        return run(
            day < 40 ? SampleCatalog.train : SampleCatalog.trainSecond, Self.visionProduction, time, plan)
    }

    private mutating func ingest(_ time: Timestamp, _ today: Timestamp) -> Run {
        var plan = SampleEngine.Plan()
        plan.takesElse = random.chance(0.4)
        if today >= turningPoint, options.plants != .none, random.chance(0.5) {
            plan.takesElse = false
            plan.failures["n1/n0"] = .exception(
                type: "SchemaError",
                message: "column 'amount' is missing in orders-\(random.integer(100..<999)).csv",
                function: "clean_orders")
        } else if random.chance(0.05) {
            plan.failures["n0"] = .exception(
                type: "FileNotFoundError", message: "s3://data/in/\(random.integer(1..<99)).csv",
                function: "read_files")
        }
        return run(SampleCatalog.branch, Self.salesDevelopment, time, plan)
    }

    private mutating func map(_ time: Timestamp) -> Run {
        var plan = SampleEngine.Plan()
        let chance = random.unit()
        if chance < 0.1 {
            plan.brokenElements["n1"] = ([random.integer(0..<12)], true)
        } else if chance < 0.2 {
            plan.brokenElements["n1"] = ([3, 7], false)
        }
        return run(SampleCatalog.map, Self.visionProduction, time, plan)
    }

    private mutating func dynamic(_ time: Timestamp) -> Run {
        var plan = SampleEngine.Plan()
        if random.chance(0.08) {
            plan.failures["n1/dn2"] = .exception(
                type: "ZeroDivisionError", message: "division by zero", function: "average")
        }
        return run(SampleCatalog.dynamic, Self.salesDevelopment, time, plan)
    }

    private mutating func nested(_ time: Timestamp) -> Run {
        var plan = SampleEngine.Plan()
        if random.chance(0.5) { plan.cached.insert("n0/n1/n1") }
        if random.chance(0.1) { plan.failures["n0/n1/n0"] = .imagePull }
        plan.finishesOthers = random.chance(0.3)
        return run(SampleCatalog.nested, Self.salesProduction, time, plan)
    }

    private mutating func orchestrate(_ time: Timestamp, _ day: Int) -> Run {
        var plan = SampleEngine.Plan()
        plan.annotations = [("example.com/ticket", "OPS-\(1000 + day)")]
        // The day on which the child of a child is to blame.
        if day % 12 == 4 { plan.failures["n1/n1/n0"] = .recoverable(message: "connection reset by peer") }
        return run(SampleCatalog.orchestrate, Self.salesProduction, time, plan)
    }

    private mutating func quick(_ time: Timestamp, _ day: Int) -> Run {
        run(
            SampleCatalog.quick, day % 2 == 0 ? Self.salesDevelopment : Self.visionDevelopment, time,
            SampleEngine.Plan())
    }

    /// What happens once a week.
    private mutating func once(_ time: Timestamp, _ day: Int) -> [Run] {
        let week = day / 7
        var added: [Run] = []
        added.append(run(SampleCatalog.fullMap, Self.visionDevelopment, time, SampleEngine.Plan()))
        var kinds = SampleEngine.Plan()
        kinds.inputs = SampleValue.everyKind
        kinds.outputs = SampleValue.everyKind
        added.append(run(SampleCatalog.types, Self.visionDevelopment, time, kinds))
        var texts = SampleEngine.Plan()
        texts.inputs = SampleValue.hostile
        texts.outputs = SampleValue.hostile
        texts.labels = [("note", "<b>bold</b>")]
        texts.annotations = [("example.com/'\"", "=1+1\r\n\u{1B}[2J")]
        texts.tags = ["<script>alert(1)</script>"]
        texts.principal = "<img src=x onerror=alert(1)>"
        if week % 2 == 1 {
            texts.failures["n0"] = .exception(
                type: "HostileError", message: "<script>alert('x')</script> \u{1B}[31m | \u{202E}evil `code`",
                function: "shout")
        }
        added.append(run(SampleCatalog.hostile, Self.salesDevelopment, time, texts))
        var large = SampleEngine.Plan()
        if week % 3 == 0 {
            large.outputs = ["large": .string(Self.largeText)]
        } else {
            large.outputs = ["large": .dataset("s3://data/large/\(week)")]
        }
        added.append(run(SampleCatalog.large, Self.visionDevelopment, time, large))
        var gates = SampleEngine.Plan()
        if week == 3 { gates.refused.insert("n1") }
        added.append(run(SampleCatalog.gates, Self.salesDevelopment, time, gates))
        var single = SampleEngine.Plan()
        single.isSingleTask = true
        added.append(run(SampleCatalog.single, Self.salesDevelopment, time, single))
        var cleanup = SampleEngine.Plan()
        if week % 2 == 0 { cleanup.failures["n2"] = .noOutputs }
        added.append(run(SampleCatalog.cleanup, Self.salesProduction, time, cleanup))
        var aborted = SampleEngine.Plan()
        aborted.abortAfter = random.between(40, 150)
        aborted.abortCause = "wrong day"
        aborted.abortPrincipal = "grace@example.com"
        added.append(run(SampleCatalog.load, Self.salesProduction, time, aborted))
        if week % 2 == 0 {
            aborted.abortCause = "superseded"
            aborted.abortAfter = 60
            added.append(run(SampleCatalog.orchestrate, Self.salesProduction, time, aborted))
        }
        var archived = SampleEngine.Plan()
        archived.isArchived = true
        added.append(run(SampleCatalog.quick, Self.salesDevelopment, time, archived))
        if week == 5 {
            var lost = run(SampleCatalog.load, Self.salesDevelopment, time, SampleEngine.Plan())
            lost.losesOutputs = true
            added.append(lost)
        }
        return added
    }

    /// Three megabytes that no answer holds.
    private static let largeText = String(repeating: "all work and no play. ", count: 143_000)

    /// Failed runs that somebody tries again.
    private mutating func addFollowers(of added: [Run], day: Int, to runs: inout [Run]) {
        guard day % 5 == 0 else { return }
        for failed in added
        where !failed.plan.failures.isEmpty && !failed.plan.isRejected && failed.workflow.plans.isEmpty {
            var plan = failed.plan
            plan.failures = [:]
            plan.scheduledAt = nil
            plan.principal = "ada@example.com"
            plan.reference = ExecutionID(
                project: failed.place.project, domain: failed.place.domain, name: failed.name)
            if failed.plan.failures["n0"] == nil,
                failed.workflow.name == SampleCatalog.load.name
                    || failed.workflow.name == SampleCatalog.train.name
            {
                plan.mode = "RECOVERED"
                plan.recovered = ["n0"]
            } else {
                plan.mode = "RELAUNCH"
            }
            runs.append(run(failed.workflow, failed.place, failed.time + 7_200_000_000_000, plan))
        }
    }

    private mutating func addOpenRuns(to runs: inout [Run]) {
        var plan = SampleEngine.Plan()
        plan.unanswered = ["n1"]
        let minute: Int64 = 60_000_000_000
        runs.append(run(SampleCatalog.gates, Self.salesDevelopment, options.end + -90 * minute, plan))
        runs.append(
            run(SampleCatalog.train, Self.visionProduction, options.end + -6 * minute, SampleEngine.Plan()))
        runs.append(
            run(SampleCatalog.load, Self.salesProduction, options.end + -5 * minute, SampleEngine.Plan()))
        runs.append(
            run(
                SampleCatalog.orchestrate, Self.salesProduction, options.end + -4 * minute,
                SampleEngine.Plan()))
    }

    // MARK: Writing

    mutating func write(_ run: Run) {
        let id = run.id
        // The run of a single task has a workflow made for it.
        if run.isLaunched, run.plan.isSingleTask { define(run.workflow, run.place) }
        _ = engine.run(
            run.workflow.widened(options.treeScale), as: run.name, in: run.place, at: run.time, run.plan)
        if run.losesOutputs {
            engine.installation.add(blob: "\(engine.installation.objects(of: id))/n1/data/0/outputs.pb", nil)
            engine.truth.literals.removeAll {
                $0.values[2] == run.name && $0.values[3] == "n1" && $0.values[5] == "output"
            }
        }
    }
}
