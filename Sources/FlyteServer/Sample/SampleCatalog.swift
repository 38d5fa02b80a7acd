/// The workflows of the sample installation.
enum SampleCatalog {
    static let extract = SampleTask(name: "jobs.extract", retries: 2, seconds: 40)
    static let clean = SampleTask(name: "jobs.clean", cpu: "1", memory: "1Gi", seconds: 60)
    static let join = SampleTask(name: "jobs.join", cpu: "2", memory: "4Gi", retries: 1, seconds: 90)
    static let publish = SampleTask(name: "jobs.publish", cpu: "250m", memory: "256Mi", seconds: 12)
    static let features = SampleTask(
        name: "features.compute", cpu: "2", memory: "8Gi", cacheVersion: "1.0", seconds: 150)
    static let fit = SampleTask(
        name: "train.fit", cpu: "4", memory: "16Gi", gpu: "1", retries: 3, seconds: 900)
    static let evaluate = SampleTask(
        name: "train.evaluate", cpu: "1", memory: "2Gi", cacheVersion: "2", seconds: 45)
    static let echo = SampleTask(name: "jobs.echo", cpu: "100m", memory: "64Mi", seconds: 0.4)
    static let tidy = SampleTask(name: "jobs.tidy", cpu: "100m", memory: "64Mi", seconds: 5)
    static let page = SampleTask(name: "report.page", cpu: "500m", memory: "512Mi", seconds: 20)

    /// Extract, two arms, join, publish: the installation's daily bread.
    static let load = SampleWorkflow(
        "etl.load", inputs: ["day", "region"], schedule: "0 */8 * * *",
        [
            ("n0", .task(extract), []), ("n1", .task(clean), ["n0"]), ("n2", .task(join), ["n0", "n1"]),
            ("n3", .task(publish), ["n2"]),
        ])

    static let train = SampleWorkflow(
        "train.model", inputs: ["epochs", "rate"],
        [("n0", .task(features), []), ("n1", .task(fit), ["n0"]), ("n2", .task(evaluate), ["n1"])])

    static let trainSecond: SampleWorkflow = {
        var workflow = train
        workflow.version = "v2"
        return workflow
    }()

    static let map = SampleWorkflow(
        "features.map",
        [
            ("n0", .task(extract), []),
            (
                "n1",
                .map(
                    SampleTask(name: "features.element", retries: 1, seconds: 30), count: 12, eventVersion: 0),
                ["n0"]
            ),
            ("n2", .task(publish), ["n1"]),
        ])

    static let fullMap = SampleWorkflow(
        "features.map_full",
        [("n0", .map(SampleTask(name: "features.slice", seconds: 25), count: 3, eventVersion: 1), [])])

    /// Each element is two nodes, and there are two beside them.
    static func giantMap(nodes: Int) -> SampleWorkflow {
        let task = SampleTask(name: "features.crumb", seconds: 4)
        return SampleWorkflow(
            "features.giant", [("n0", .map(task, count: max(1, (nodes - 3) / 2), eventVersion: 1), [])])
    }

    static let dynamic = SampleWorkflow(
        "report.regions",
        [
            ("n0", .task(extract), []),
            ("n1", .dynamic(SampleTask(name: "report.plan", seconds: 6), page, count: 4), ["n0"]),
        ])

    static let branch = SampleWorkflow(
        "ingest.files",
        [("n0", .task(extract), []), ("n1", .branch(clean, echo), ["n0"]), ("n2", .task(publish), ["n1"])])

    static let inner = SampleWorkflow(
        "ml.inner", [("n0", .task(clean), []), ("n1", .task(evaluate), ["n0"])])

    static let middle = SampleWorkflow(
        "ml.middle", [("n0", .task(extract), []), ("n1", .sub(inner), ["n0"])])

    static let nested = SampleWorkflow(
        "ml.pipeline",
        [("n0", .sub(middle), []), ("n1", .task(echo), []), ("n2", .task(publish), ["n0", "n1"])])

    static let child = SampleWorkflow(
        "ops.region", [("n0", .task(extract), []), ("n1", .plan(branch), ["n0"])])

    static let orchestrate = SampleWorkflow(
        "ops.nightly",
        [("n0", .plan(load), []), ("n1", .plan(child), []), ("n2", .task(publish), ["n0", "n1"])])

    static let gates = SampleWorkflow(
        "release.approve",
        [
            ("n0", .task(echo), []), ("n1", .approve("approve-release"), ["n0"]),
            ("n2", .signal("canary-percent"), ["n1"]),
            ("n3", .sleep, ["n2"]), ("n4", .task(publish), ["n3"]),
        ])

    static let cleanup = SampleWorkflow(
        "ops.migrate", failureTask: tidy,
        [("n0", .task(extract), []), ("n1", .task(clean), []), ("n2", .task(join), ["n0", "n1"])])

    static let types: SampleWorkflow = {
        let names = SampleValue.everyKind.keys.sorted()
        let task = SampleTask(name: "types.identity", seconds: 3, inputs: names, outputs: names)
        return SampleWorkflow("types.every_kind", inputs: names, outputs: names, [("n0", .task(task), [])])
    }()

    static let hostile: SampleWorkflow = {
        let names = SampleValue.hostile.keys.sorted()
        let task = SampleTask(name: "types.texts", seconds: 3, inputs: names, outputs: names)
        return SampleWorkflow("types.hostile_texts", inputs: names, outputs: names, [("n0", .task(task), [])])
    }()

    static let large = SampleWorkflow(
        "types.large_output", outputs: ["large"],
        [("n0", .task(SampleTask(name: "types.large", seconds: 8, outputs: ["large"])), [])])

    static let quick = SampleWorkflow("ops.ping", [("n0", .task(echo), [])])

    /// The skeleton that the server makes for the run of one task.
    static let single = SampleWorkflow(".flytegen.jobs.clean", [("jobsclean", .task(clean), [])])
}
