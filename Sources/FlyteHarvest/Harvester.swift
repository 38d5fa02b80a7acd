public import FlyteAdmin
public import FlyteArchive
import FlyteIDL
public import FlyteModel

/// Carries what changed at a Flyte installation into an archive.
///
/// Executions are found by the incremental list of each project and domain, whose order no change disturbs;
/// the trees of many are read at once, and each is written in one transaction. The watermark moves only
/// when a whole list was handled, so that a harvest that was cut off costs nothing but its requests.
public struct Harvester: Sendable {
    private let client: AdminClient
    private let writer: ArchiveWriter
    private let plan: HarvestPlan
    private let options: HarvestOptions
    private let now: @Sendable () -> Timestamp
    private let stop: StopFlag
    private let reader: TreeReader
    private let tally: Tally

    /// - Parameters:
    ///   - plan: Made with the same options.
    ///   - archive: Open for writing; belongs to the harvest until `run` is done.
    ///   - source: The installation's name in the archive.
    ///   - now: Our clock, for what the server's does not tell.
    ///   - tell: Hears of everything that happens, in order, one call at a time.
    public init(
        _ plan: HarvestPlan, client: AdminClient, archive: sending Archive, source: String,
        toolVersion: String,
        options: HarvestOptions = HarvestOptions(), stop: StopFlag = StopFlag(),
        now: @escaping @Sendable () -> Timestamp,
        tell: @escaping @Sendable (HarvestEvent) -> Void = { _ in }
    ) throws {
        let writer = try ArchiveWriter(
            archive: archive, source: source, endpoint: client.base, toolVersion: toolVersion,
            console: options.console, redactor: options.redactor, now: now())
        self.plan = plan
        self.client = client
        self.writer = writer
        self.options = options
        self.now = now
        self.stop = stop
        tally = Tally(client: client, tell: tell)
        reader = TreeReader(
            client: client,
            definitions: DefinitionStore(client: client, redactor: options.redactor) {
                try await writer.definition($0)
            },
            objects: ObjectReader(client: client), serverSpans: options.serverSpans,
            redactor: options.redactor, skips: options.skips)
    }

    /// Harvests. Throws when nothing can be harvested at all; what fails for single executions becomes
    /// problems in the archive, counted in the summary.
    public func run() async throws -> HarvestSummary {
        do {
            try await untilStopped { try await self.harvestAll() }
        } catch  where !(stop.isSet && Self.isCancellation(error)) {
            var summary = await summary()
            summary.wasStopped = true
            try? await writer.finish(summary, outcome: "failed", at: now())
            throw error
        } catch {
            // What was in hand took too long, and was dropped.
        }
        var summary = await summary()
        summary.wasStopped = stop.isSet
        try await writer.finish(summary, outcome: summary.outcome, at: now())
        return summary
    }

    /// What the harvest has done so far; also after it failed.
    public func summary() async -> HarvestSummary {
        var summary = await tally.summary()
        summary.rows = await writer.rows
        return summary
    }

    /// Seconds that executions in hand get to end when the harvest is asked to stop.
    private static let patience = Duration.seconds(4)

    /// Runs the work, and cancels it a little after the harvest was asked to stop.
    private func untilStopped(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while !self.stop.isSet { try await Task.sleep(for: .milliseconds(100)) }
                try await Task.sleep(for: Self.patience)
            }
            // Whichever is first ends the other.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func isCancellation(_ error: any Error) -> Bool {
        if let error = error as? AdminError, case .transport(let transport) = error.kind {
            return transport.kind == .cancelled
        }
        return error is CancellationError
    }

    private func harvestAll() async throws {
        let slots = Slots(count: options.jobs)
        try await withThrowingTaskGroup(of: Void.self) { group in
            await tally.begin(lists: plan.places.count)
            await tally.found(plan.executions.count)
            for place in plan.places {
                group.addTask { try await self.harvest(place.project, place.domain, slots) }
            }
            for id in plan.executions { try await begin(id, slots, &group) }
            try await group.waitForAll()
        }
    }

    // MARK: A project and domain

    private func harvest(_ project: String, _ domain: String, _ slots: Slots) async throws {
        do {
            try await harvestList(project, domain, slots)
        } catch let error as AdminError {
            // The others may fare better.
            if error.isFatal { throw error }
            let error = await writer.withoutSecrets(error)
            await tally.listFailed(project, domain, error)
            try await writer.problem(nil, project: project, domain: domain, error, detail: nil, at: now())
        }
    }

    private func harvestList(_ project: String, _ domain: String, _ slots: Slots) async throws {
        var filters: [String] = []
        if !options.isFull {
            if let since = options.since {
                filters = ["gte(updated_at,\(since))"]
            } else if let watermark = try await writer.watermark(project: project, domain: domain) {
                filters = ["gte(updated_at,\(watermark + -options.overlap))"]
            }
        }
        let list = try client.executions(project: project, domain: domain, filters: filters)
        // Progress of nodes does not touch the execution's row; and what failed is tried again.
        let due = try await writer.due(project: project, domain: domain, at: now())
        let isDue = Set(due)
        await tally.found(due.count)
        var toRead = due.count
        var began: Timestamp?
        var listed: Set<String> = []
        var tooLarge: [(Int, AdminError)] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await client.pages(of: list) {
                tooLarge.append(($0, $1))
            } _: { page in
                // The server's own clock, to the second, before its first answer.
                if began == nil { began = page.date ?? self.now() }
                let executions = try page.items.map { try Execution(decoding: $0) }
                let known = try await self.writer.known(executions.map(\.id))
                // Pages may overlap.
                let fresh = executions.filter { listed.insert($0.id.name).inserted }
                let changed = fresh.filter { execution in
                    self.options.isFull || isDue.contains(execution.id)
                        || known[execution.id].map { !$0.isSame(as: execution) } ?? true
                }
                await self.tally.skipped(fresh.count - changed.count)
                let news = changed.count { !isDue.contains($0.id) }
                await self.tally.found(news)
                toRead += news
                for execution in changed {
                    if self.stop.isSet { break }
                    try await self.begin(execution.id, slots, &group)
                }
            }
            await tally.listed(project, domain, executions: listed.count, toRead: toRead)
            for id in due where listed.insert(id.name).inserted {
                if stop.isSet { break }
                try await begin(id, slots, &group)
            }
            for (offset, error) in tooLarge {
                let error = await writer.withoutSecrets(error)
                await tally.failed(project, domain, error)
                try await writer.problem(
                    nil, project: project, domain: domain, error,
                    detail: "execution \(offset + 1) of the list", at: now())
            }
            try await group.waitForAll()
        }
        guard !stop.isSet else { return }
        if tooLarge.isEmpty { try await writer.listIsWhole(project: project, domain: domain, at: now()) }
        if let began, options.since == nil {
            try await writer.setWatermark(began, project: project, domain: domain)
        }
    }

    private func begin(
        _ id: ExecutionID, _ slots: Slots, _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws {
        // What was erased at its owner's wish is not read again.
        if try await writer.isForgotten(id) { return await tally.done(id, .unchanged, failures: []) }
        await slots.take()
        group.addTask {
            do {
                try await self.harvest(id)
            } catch {
                await slots.give()
                throw error
            }
            await slots.give()
        }
    }

    // MARK: An execution

    private func harvest(_ id: ExecutionID) async throws {
        if stop.isSet { return }
        do {
            let tree = try await reader.read(id, at: now())
            let written = try await writer.write(
                tree.capture, definitions: tree.definitions, failures: tree.failures, secrets: tree.secrets,
                grace: options.grace, at: now())
            await tally.done(id, written, failures: tree.failures)
        } catch let error as AdminError {
            // Nobody there, or nobody let in: the rest would fail the same way.
            if error.isFatal { throw error }
            try await failed(id, error)
        } catch let error as ModelError {
            try await failed(
                id,
                AdminError(
                    kind: .garbage, route: "GET /api/v1/executions/\(id)", status: 200,
                    message: error.description))
        }
    }

    private func failed(_ id: ExecutionID, _ error: AdminError) async throws {
        let error = await writer.withoutSecrets(error)
        await tally.failed(id, error)
        try await writer.problem(id, project: id.project, domain: id.domain, error, detail: nil, at: now())
    }
}
