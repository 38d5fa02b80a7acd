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
    let client: AdminClient
    let writer: ArchiveWriter
    private let plan: HarvestPlan
    let options: HarvestOptions
    let now: @Sendable () -> Timestamp
    let stop: StopFlag
    private let reader: TreeReader
    private let preparer: ExecutionPreparer
    /// How many trees may be decoded in memory at once, while they are prepared and wait for the writer.
    private let smallTrees = Semaphore(count: 8)
    private let largeTrees = Semaphore(count: 1)
    let tally: Tally

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
        let harvest = try archive.beginHarvest(
            ofSourceNamed: source, endpoint: client.base, toolVersion: toolVersion, at: now())
        try self.init(
            plan, client: client, archive: archive, harvest: harvest, options: options, stop: stop, now: now,
            tell: tell)
    }

    /// - Parameter harvest: Its row of the journal, begun before the server was asked anything. `run` makes its end.
    public init(
        _ plan: HarvestPlan, client: AdminClient, archive: sending Archive, harvest: HarvestID,
        options: HarvestOptions, stop: StopFlag, now: @escaping @Sendable () -> Timestamp,
        tell: @escaping @Sendable (HarvestEvent) -> Void
    ) throws {
        let folder = archive.spoolFolder
        preparer = try archive.preparer()
        let writer = try ArchiveWriter(
            archive: archive, harvest, endpoint: client.base, console: options.console,
            redactor: options.redactor, heldBytes: Self.heldBytes / options.trees, now: now())
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
            objects: ObjectReader(client: client, folder: options.redactor == nil ? folder : nil),
            serverSpans: options.serverSpans, redactor: options.redactor, skips: options.skips,
            folder: folder, heldBytes: Self.heldBytes / options.trees)
    }

    /// Bytes of messages that wait in memory until they are written, of all trees together.
    private static let heldBytes = 8 << 20

    /// Harvests. Throws when nothing can be harvested at all; what fails for single executions becomes
    /// problems in the archive, counted in the summary.
    public func run() async throws -> HarvestSummary {
        do {
            // nil: what was in hand took too long, and was dropped.
            _ = try await stop.unlessSet { try await self.harvestAll() }
            try await writer.commit()
        } catch {
            try? await writer.finish(await summary(), failure: error, at: now())
            throw error
        }
        var summary = await summary()
        summary.wasStopped = stop.isSet
        try await writer.finish(summary, at: now())
        return summary
    }

    /// What the harvest has done so far; also after it failed.
    public func summary() async -> HarvestSummary {
        var summary = await tally.summary()
        summary.rows = await writer.rows
        return summary
    }

    private func harvestAll() async throws {
        let treesAtOnce = Semaphore(count: options.trees)
        var places = plan.places
        if options.isAudit {
            // What the server no longer has may have been the last of its project.
            for place in try await writer.beginAudit()
            where !places.contains(place) && options.projects?.contains(place.project) ?? true
                && options.domains?.contains(place.domain) ?? true
            { places.append(place) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            await tally.begin(lists: places.count)
            for (index, place) in places.enumerated() {
                if index >= Self.listsAtOnce { try await group.next() }
                group.addTask { try await self.harvest(place, treesAtOnce) }
            }
            try await group.waitForAll()
        }
        try await harvestChosen(treesAtOnce)
    }

    /// A list that is read holds a page or two.
    private static let listsAtOnce = 256

    /// Executions that were asked for by name, with those that they launched, and those whose nodes they took
    /// over: a list would have named them as well.
    private func harvestChosen(_ treesAtOnce: Semaphore) async throws {
        var seen = Set(plan.executions)
        var next = plan.executions
        while !next.isEmpty {
            await tally.found(next.count)
            let others = try await withThrowingTaskGroup(of: [ExecutionID].self) { group in
                for id in next {
                    if try await skipsForgotten(id, createdAt: nil) { continue }
                    await treesAtOnce.wait()
                    group.addTask {
                        do {
                            let others = try await self.harvest(id) ?? []
                            await treesAtOnce.signal()
                            return others
                        } catch {
                            await treesAtOnce.signal()
                            throw error
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            next = options.takesChildren ? others.filter { seen.insert($0).inserted } : []
        }
    }

    // MARK: A project and domain

    private func harvest(_ place: HarvestPlan.Place, _ treesAtOnce: Semaphore) async throws {
        do {
            // The group keeps nothing of those that are done: a history has a million of them.
            let reading = try await withThrowingDiscardingTaskGroup { group in
                try await readLists(place, treesAtOnce, &group)
            }
            if let reading, !stop.isSet { try await end(reading) }
        } catch let error as AdminError {
            // The others may fare better.
            if error.isFatal { throw error }
            let error = await writer.withoutSecrets(error)
            await tally.listFailed(place.project, place.domain, error)
            try await writer.problem(
                nil, project: place.project, domain: place.domain, error, detail: nil, at: now())
        }
    }

    typealias Trees = ThrowingDiscardingTaskGroup<any Error>

    /// - Returns: nil when it was stopped before the end.
    private func readLists(
        _ place: HarvestPlan.Place, _ treesAtOnce: Semaphore, _ group: inout Trees
    ) async throws -> ListReading? {
        let (project, domain) = (place.project, place.domain)
        // Progress of nodes does not touch the execution's row; and what failed is tried again.
        let due = try await writer.due(project: project, domain: domain, at: now())
        var reading = ListReading(place: place, due: Set(due))
        await tally.found(due.count)
        var watermark = try await writer.watermark(project: project, domain: domain)
        if watermark == nil, !options.isFull, !options.isAudit, options.since == nil {
            let earlier = try await writer.firstHarvest(project: project, domain: domain)
            guard try await harvestHistory(earlier, &reading, treesAtOnce, &group) != nil else { return nil }
            // One that was cut off may have begun days ago.
            watermark = earlier?.began
        }
        if options.isAudit || options.isFull || options.since != nil || watermark != nil {
            var filters: [String] = []
            if let since = options.since {
                filters = ["gte(updated_at,\(since))"]
            } else if !options.isFull, !options.isAudit, let watermark {
                filters = ["gte(updated_at,\(watermark - options.overlap))"]
            }
            reading.began = nil
            try await read(filters, &reading, isLast: true, treesAtOnce, &group)
        }
        // A window of a history may turn out to be the last when it has been read.
        if !reading.isCounted { await tellListed(&reading) }
        for id in due where reading.begun.insert(id.name) {
            if stop.isSet { break }
            try await begin(id, treesAtOnce, &group)
        }
        for (offset, error) in reading.tooLarge {
            let error = await writer.withoutSecrets(error)
            await tally.failed(project, domain, error)
            try await writer.problem(
                nil, project: project, domain: domain, error, detail: "execution \(offset + 1) of the list",
                at: now())
        }
        return reading
    }

    /// All that the lists name is counted.
    func tellListed(_ reading: inout ListReading) async {
        reading.isCounted = true
        await tally.listed(
            reading.place.project, reading.place.domain, executions: reading.listed,
            toRead: reading.due.count + reading.news)
    }

    /// All that the lists named is in the archive.
    private func end(_ reading: ListReading) async throws {
        let (project, domain) = (reading.place.project, reading.place.domain)
        if reading.tooLarge.isEmpty {
            try await writer.listIsWhole(project: project, domain: domain, at: now())
            if options.isAudit { try await endAudit(reading.place) }
        }
        if let began = reading.began, options.since == nil, !reading.wasLeft {
            try await writer.setWatermark(began, project: project, domain: domain)
        }
    }

    /// What is known while the lists of a project and domain are read.
    struct ListReading {
        let place: HarvestPlan.Place
        /// Executions to be read whatever a list says of them.
        let due: Set<ExecutionID>
        /// Those of them that were, and the names of the last pages: rows that enter a list while it is read
        /// move others to the next page.
        var begun: Set<KeyBytes> = []
        var lastPages: [Set<KeyBytes>] = []
        /// Those that are to be read, as the list has them, and have not found room yet.
        var waiting: ArraySlice<Waiting> = []
        /// All of them were listed.
        var isCounted = false
        /// How many executions were listed, and how many of them are read that were not due.
        var listed = 0
        var news = 0
        /// The server's time before its first answer.
        var began: Timestamp?
        /// Rows that are too large to be listed, by their place.
        var tooLarge: [(Int, AdminError)] = []
        /// A list was left before its end.
        var wasLeft: Bool { tooLarge.contains { $0.1.kind == .endless } }
    }

    /// An execution that a list named.
    struct Waiting {
        var id: ExecutionID
        var createdAt: Timestamp?
    }

    /// How many executions of a list may wait to be read. A list goes on while the trees before are read, so that what is
    /// to be done is known early. Only their names are kept, and of all lists together not too many.
    private var waitingAtMost: Int { max(100, 20_000 / max(1, min(plan.places.count, Self.listsAtOnce))) }

    /// Begins to read what is new in a list.
    ///
    /// - Parameters:
    ///   - isLast: No other list of the project and domain follows.
    ///   - window: Told of each execution that is begun, and of each that is done.
    func read(
        _ filters: [String], _ reading: inout ListReading, isLast: Bool, _ treesAtOnce: Semaphore,
        _ group: inout Trees, window: HistoryWindow? = nil
    ) async throws {
        let list = try client.executions(
            project: reading.place.project, domain: reading.place.domain, filters: filters)
        var tooLarge: [(Int, AdminError)] = []
        do {
            try await client.pages(of: list) {
                tooLarge.append(($0, $1))
            } _: { page in
                try await self.take(page, &reading, treesAtOnce, &group, window: window)
            }
        } catch let error as AdminError where !error.isFatal {
            // What it named until then is there.
            try await beginWaiting(&reading, leaving: 0, treesAtOnce, &group, window: window)
            throw error
        }
        reading.tooLarge += tooLarge
        if isLast { await tellListed(&reading) }
        try await beginWaiting(&reading, leaving: 0, treesAtOnce, &group, window: window)
    }

    /// Begins to read those that wait, as far as there is room.
    ///
    /// - Parameter count: Once no more than these are left, nobody waits for room.
    func beginWaiting(
        _ reading: inout ListReading, leaving count: Int, _ treesAtOnce: Semaphore, _ group: inout Trees,
        window: HistoryWindow?
    ) async throws {
        while let next = reading.waiting.first, !stop.isSet {
            if try await skipsForgotten(next.id, createdAt: next.createdAt) {
                reading.waiting.removeFirst()
                continue
            }
            if reading.waiting.count > count {
                await treesAtOnce.wait()
            } else if await !treesAtOnce.takeIfFree() {
                return
            }
            reading.waiting.removeFirst()
            await start(next.id, treesAtOnce, &group, window: window)
        }
    }

    func take(
        _ page: Page, _ reading: inout ListReading, _ treesAtOnce: Semaphore, _ group: inout Trees,
        window: HistoryWindow? = nil
    ) async throws {
        // The server's own clock, to the second, before its first answer.
        if reading.began == nil { reading.began = page.date ?? now() }
        var executions: [Execution] = []
        var made: [Timestamp?] = []
        for (index, bytes) in page.items.enumerated() {
            do {
                let execution = try Execution(decoding: bytes)
                made.append(execution.lifetime.createdAt)
                let asked = ExecutionID(
                    project: reading.place.project, domain: reading.place.domain, name: execution.id.name)
                guard execution.id == asked else {
                    let problem = AdminError(
                        kind: .garbage, route: "GET executions", status: 200,
                        message:
                            "the list of \(reading.place.project)/\(reading.place.domain) names \(execution.id)"
                    )
                    reading.tooLarge.append((reading.listed + index, problem))
                    continue
                }
                executions.append(execution)
            } catch {
                let problem = AdminError(
                    kind: .garbage, route: "GET executions", status: 200, message: error.description)
                reading.tooLarge.append((reading.listed + index, problem))
            }
        }
        if options.isAudit { try await writer.note(executions) }
        let known = try await writer.known(executions)
        var names: Set<KeyBytes> = []
        let fresh = executions.filter { execution in
            let name = execution.id.name
            return names.insert(name) && !reading.lastPages.contains { $0.contains(name) }
        }
        let changed = fresh.filter { execution in
            if reading.due.contains(execution.id) { return reading.begun.insert(execution.id.name) }
            return options.isFull || known[execution.id].map { !$0.isSame(as: execution) } ?? true
        }
        let news = changed.count { !reading.due.contains($0.id) }
        reading.listed += fresh.count
        reading.news += news
        await tally.skipped(fresh.count - changed.count)
        await tally.found(news)
        reading.waiting += changed.map { Waiting(id: $0.id, createdAt: $0.lifetime.createdAt) }
        try await beginWaiting(
            &reading, leaving: waitingAtMost, treesAtOnce, &group, window: window)
        reading.lastPages = reading.lastPages.suffix(1) + [names]
        await window?.listed(made)
    }

    /// Marks what no page named and the server, asked once more, does not have.
    private func endAudit(_ place: HarvestPlan.Place) async throws {
        let (missed, returned) = try await writer.endAudit(project: place.project, domain: place.domain)
        await tally.returned(returned)
        for id in missed {
            if stop.isSet { return }
            do {
                _ = try await client.execution(id)
            } catch {
                // A `catch where` does not compile here with Swift 6.3.
                guard error.kind == .notFound else { throw error }
                _ = try await writer.markVanished(id, at: now())
                await tally.vanished(id)
            }
        }
    }

    private func begin(_ id: ExecutionID, _ treesAtOnce: Semaphore, _ group: inout Trees) async throws {
        if try await skipsForgotten(id, createdAt: nil) { return }
        await treesAtOnce.wait()
        await start(id, treesAtOnce, &group, window: nil)
    }

    /// Begins to read an execution for which there is room.
    private func start(
        _ id: ExecutionID, _ treesAtOnce: Semaphore, _ group: inout Trees, window: HistoryWindow?
    ) async {
        await window?.begin()
        group.addTask {
            do {
                let isHandled = try await self.harvest(id) != nil
                if isHandled { try await window?.end() }
            } catch {
                await treesAtOnce.signal()
                throw error
            }
            await treesAtOnce.signal()
        }
    }

    /// What was erased at its owner's wish is not read again.
    private func skipsForgotten(_ id: ExecutionID, createdAt: Timestamp?) async throws -> Bool {
        guard try await writer.isForgotten(id, createdAt: createdAt) else { return false }
        await tally.done(id, .unchanged, failures: [])
        return true
    }

    // MARK: An execution

    /// - Returns: nil when neither the execution nor its problem is in the archive; else the executions that it
    ///   refers to.
    private func harvest(_ id: ExecutionID) async throws -> [ExecutionID]? {
        if stop.isSet { return nil }
        do {
            guard id.generation == nil else {
                throw AdminError(
                    kind: .garbage, route: "GET /api/v1/executions/\(id)", status: nil,
                    message:
                        "names that end in '~' and a number are the archive's own, and no Flyte name has a '~'"
                )
            }
            return try await carryInTime(id)
        } catch let error as AdminError {
            // Nobody there, or nobody let in: the rest would fail the same way.
            if error.isFatal { throw error }
            if error.kind == .notFound, try await writer.markVanished(id, at: now()) {
                await tally.vanished(id)
            } else {
                try await failed(id, error)
            }
        } catch let error as ModelError {
            try await failed(
                id,
                AdminError(
                    kind: .garbage, route: "GET /api/v1/executions/\(id)", status: 200,
                    message: error.description))
        }
        return []
    }

    /// Reads a tree and has it written, if that does not take too long: a server that gives a little now and then never
    /// comes to an end.
    private func carryInTime(_ id: ExecutionID) async throws -> [ExecutionID] {
        let work = Task { try await carry(id) }
        let isLate = StopFlag()
        let timer = Task { [limit = options.executionTimeout] in
            try await Task.sleep(for: .seconds(limit))
            isLate.set()
            work.cancel()
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        } catch  where isLate.isSet && !stop.isSet && StopFlag.isCancellation(error) {
            throw AdminError(
                kind: .endless, route: "GET /api/v1/executions/\(id)",
                message:
                    "the execution was not read within \(options.executionTimeout) s, and is left for this time"
            )
        }
    }

    /// Reads a tree and has it written.
    ///
    /// - Returns: The executions that it refers to.
    private func carry(_ id: ExecutionID) async throws -> [ExecutionID] {
        // Decoded it takes more memory than while its messages are read, and a large one far more.
        var places: Semaphore?
        do {
            let read = try await reader.read(id, at: now(), after: try await earlier(id)) { isLarge in
                guard isLarge else { return }
                places = largeTrees
                await largeTrees.wait()
            }
            await writer.learn(read.secrets)
            if places == nil {
                let needed = read.tree.capture.messages.heldBytes == nil ? largeTrees : smallTrees
                places = needed
                await needed.wait()
            }
            let (others, failures) = (read.others, read.failures)
            let written = try await write(consume read)
            await places?.signal()
            await tally.done(id, written, failures: failures)
            return others
        } catch {
            await places?.signal()
            throw error
        }
    }

    /// What the archive has of an execution that had not ended; nil where all of it is to be read.
    private func earlier(_ id: ExecutionID) async throws -> EarlierReading? {
        guard !options.isFull, let capture = try await writer.openCapture(id) else { return nil }
        return EarlierReading(capture, skips: options.skips)
    }

    /// Prepares a tree here, as the writer has enough to do for all of them, and has it written.
    private func write(_ read: consuming TreeReader.Result) async throws -> WriteResult {
        let (definitions, failures) = (read.definitions, read.failures)
        var execution = try preparer.prepare(read.tree)
        // The writer ties the tree, and with another owner there would be two.
        _ = consume read
        if try await !writer.has(execution) { preparer.pack(&execution) }
        return try await writer.write(
            &execution, definitions: definitions, failures: failures, grace: options.grace, at: now())
    }

    private func failed(_ id: ExecutionID, _ error: AdminError) async throws {
        let error = await writer.withoutSecrets(error)
        await tally.failed(id, error)
        try await writer.problem(id, project: id.project, domain: id.domain, error, detail: nil, at: now())
    }
}
