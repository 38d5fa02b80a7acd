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
    private let options: HarvestOptions
    private let now: @Sendable () -> Timestamp
    private let stop: StopFlag
    private let reader: TreeReader
    private let tally: Tally

    /// - Parameters:
    ///   - archive: Open for writing; belongs to the harvest until `run` is done.
    ///   - source: The installation's name in the archive.
    ///   - now: Our clock, for what the server's does not tell.
    public init(
        client: AdminClient, archive: sending Archive, source: String, toolVersion: String,
        options: HarvestOptions = HarvestOptions(), stop: StopFlag = StopFlag(),
        now: @escaping @Sendable () -> Timestamp,
        progress: @escaping @Sendable (HarvestProgress) -> Void = { _ in }
    ) throws {
        let writer = try ArchiveWriter(
            archive: archive, source: source, endpoint: client.base, toolVersion: toolVersion, now: now())
        self.client = client
        self.writer = writer
        self.options = options
        self.now = now
        self.stop = stop
        tally = Tally(client: client, progress: progress)
        reader = TreeReader(
            client: client, definitions: DefinitionStore(client: client) { try await writer.definition($0) },
            signer: Signer(client: client), serverSpans: options.serverSpans)
    }

    /// Harvests. Throws when nothing can be harvested at all; what fails for single executions becomes
    /// problems in the archive, counted in the summary.
    public func run() async throws -> HarvestSummary {
        let slots = Slots(count: options.jobs)
        do {
            if options.executions.isEmpty {
                let scopes = try await self.scopes()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (project, domain) in scopes {
                        group.addTask { try await self.harvest(project: project, domain: domain, slots) }
                    }
                    try await group.waitForAll()
                }
            } else {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for id in options.executions { try await begin(id, isNew: false, slots, &group) }
                    try await group.waitForAll()
                }
            }
        } catch {
            var summary = await tally.summary()
            summary.wasStopped = true
            try? await writer.finish(summary, outcome: "failed", at: now())
            throw error
        }
        var summary = await tally.summary()
        summary.wasStopped = stop.isSet
        let outcome = summary.wasStopped ? "stopped" : summary.problems > 0 ? "problems" : "done"
        try await writer.finish(summary, outcome: outcome, at: now())
        return summary
    }

    private func scopes() async throws -> [(String, String)] {
        let projects: [String]
        if let chosen = options.projects { projects = chosen } else { projects = try await client.projects() }
        let domains: [String]
        if let chosen = options.domains { domains = chosen } else { domains = try await client.domains() }
        return projects.flatMap { project in domains.map { (project, $0) } }
    }

    // MARK: A project and domain

    private func harvest(project: String, domain: String, _ slots: Slots) async throws {
        var filters: [String] = []
        if !options.isFull {
            if let since = options.since {
                filters = ["gte(updated_at,\(since))"]
            } else if let watermark = try await writer.watermark(project: project, domain: domain) {
                filters = ["gte(updated_at,\(watermark + -options.overlap))"]
            }
        }
        let list = try client.executions(project: project, domain: domain, filters: filters)
        var began: Timestamp?
        var listed: Set<String> = []
        var tooLarge: [(Int, AdminError)] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            await tally.at("\(project)/\(domain)")
            try await client.pages(of: list) {
                tooLarge.append(($0, $1))
            } _: { page in
                // The server's own clock, to the second, before its first answer.
                if began == nil { began = page.date ?? self.now() }
                let executions = try page.items.map { try Execution(decoding: $0) }
                let known = try await self.writer.known(executions.map(\.id))
                for execution in executions where listed.insert(execution.id.name).inserted {
                    if !self.options.isFull, let before = known[execution.id], before.isSame(as: execution) {
                        await self.tally.skipped()
                        continue
                    }
                    if self.stop.isSet { break }
                    try await self.begin(execution.id, isNew: known[execution.id] == nil, slots, &group)
                }
            }
            // Progress of nodes does not touch the execution's row; and what failed is tried again.
            for id in try await writer.due(project: project, domain: domain, at: now()) {
                if stop.isSet { break }
                if listed.insert(id.name).inserted { try await begin(id, isNew: false, slots, &group) }
            }
            if tooLarge.isEmpty { try await writer.listIsWhole(project: project, domain: domain, at: now()) }
            for (offset, error) in tooLarge {
                await tally.problem()
                try await writer.problem(
                    nil, project: project, domain: domain, error,
                    detail: "execution \(offset + 1) of the list", at: now())
            }
            try await group.waitForAll()
        }
        if let began, !stop.isSet, options.since == nil {
            try await writer.setWatermark(began, project: project, domain: domain)
        }
    }

    private func begin(
        _ id: ExecutionID, isNew: Bool, _ slots: Slots, _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws {
        await tally.found()
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
            let result = try await reader.read(id, at: now())
            let definitions = await reader.definitions.captured(result.definitions)
            let written = try await writer.write(
                result.capture, definitions: definitions.found, grace: options.grace, at: now())
            await tally.done(written, at: "\(id)")
        } catch let error as AdminError {
            // Nobody there, or nobody let in: the rest would fail the same way.
            if error.isFatal { throw error }
            await tally.problem(at: "\(id)")
            try await writer.problem(
                id, project: id.project, domain: id.domain, error, detail: nil, at: now())
        } catch let error as ModelError {
            await tally.problem(at: "\(id)")
            try await writer.problem(
                id, project: id.project, domain: id.domain,
                AdminError(
                    kind: .garbage, route: "GET /api/v1/executions/\(id)", status: 200,
                    message: error.description),
                detail: nil, at: now())
        }
    }
}
