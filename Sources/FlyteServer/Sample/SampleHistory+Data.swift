import FlyteModel

// Runs that pass data on: orders are taken in, cleaned, made into features in another project, and told of in pages. One file
// is written anew by each that takes orders in, so that who wrote it depends on when it was read.
extension SampleHistory {
    private static func step(_ name: String, _ inputs: [String], _ outputs: [String]) -> SampleWorkflow {
        SampleWorkflow(
            name, inputs: inputs, outputs: outputs,
            [
                (
                    "n0",
                    .task(SampleTask(name: "\(name).run", seconds: 40, inputs: inputs, outputs: outputs)), []
                )
            ])
    }

    private static let ingest = step("data.ingest", ["day"], ["orders", "latest"])
    private static let clean = step("data.clean", ["orders"], ["clean"])
    private static let features = step("data.features", ["clean", "more"], ["features"])
    private static let page = step("data.page", ["features", "latest"], ["page"])

    /// An hour lies between two of them, and none takes that long.
    private static let pause: Int64 = 3_600_000_000_000

    mutating func writeDataRuns() {
        guard options.dataRuns > 0 else { return }
        let places = [
            Self.salesProduction, Self.salesProduction, Self.visionProduction, Self.visionProduction,
        ]
        let workflows = [Self.ingest, Self.clean, Self.features, Self.page]
        for (workflow, place) in zip(workflows, places) { define(workflow, place) }
        var writers: [String: ExecutionID] = [:]
        var (orders, cleaned, made): ([String], [String], [String]) = ([], [], [])
        let latest = "s3://lake/orders/latest.csv"
        for number in 0..<options.dataRuns {
            // The first ones have nothing to read otherwise.
            let kind = number < 4 ? number : random.integer(0..<4)
            var plan = SampleEngine.Plan()
            var read: [(written: String, uri: String)] = []
            var written: [String] = []
            switch kind {
            case 0:
                let uri = "s3://lake/orders/\(number).parquet"
                plan.inputs = ["day": .integer(Int64(number))]
                plan.outputs = ["orders": .dataset(uri), "latest": .file(latest)]
                orders.append(uri)
                written = [uri, latest]
            case 1:
                let uri = random.pick(orders)
                let own = "s3://lake/clean/\(number)"
                plan.inputs = ["orders": .dataset(uri)]
                plan.outputs = ["clean": .dataset(own)]
                cleaned.append(own)
                read = [(uri, uri)]
                written = [own]
            case 2:
                let (first, second) = (random.pick(cleaned), random.pick(cleaned))
                // A folder with a slash at its end.
                let own = "s3://lake/features/\(number)/"
                // Another name of the same store.
                plan.inputs = ["clean": .dataset("s3a" + first.dropFirst(2)), "more": .dataset(second)]
                plan.outputs = ["features": .directory(own)]
                made.append(own)
                read = [(first, first), (second, second)]
                written = [own]
            default:
                let folder = random.pick(made)
                plan.inputs = [
                    "features": .directory(String(folder.dropLast())), "latest": .file(latest),
                ]
                plan.outputs = ["page": .file("s3://lake/pages/\(number).html")]
                read = [(folder, String(folder.dropLast())), (latest, latest)]
                written = ["s3://lake/pages/\(number).html"]
            }
            let time = options.end + -Self.pause * Int64(options.dataRuns - number + 2)
            let run = run(workflows[kind], places[kind], time, plan)
            write(run)
            for (address, uri) in read {
                guard let writer = writers[address] else { continue }
                let row = SampleTruth.Row(
                    run.place.project, run.place.domain, run.name, uri, writer.project, writer.domain,
                    writer.name)
                if !engine.truth.lineage.contains(row) { engine.truth.lineage.append(row) }
            }
            for address in written { writers[address] = run.id }
        }
    }
}
