import FlyteAdmin
import FlyteArchive
import FlyteModel
import FlyteRedaction

/// The archive during a harvest: one owner, off the threads that wait for the network.
actor ArchiveWriter {
    private let archive: Archive
    private let source: SourceID
    private let harvest: HarvestID
    /// When the harvest began, by our clock.
    private let start: Timestamp
    private let redactor: Redactor?
    /// Bytes of one execution's messages that may be in memory when it is read from the archive.
    private let heldBytes: Int
    /// Of the trees so far: an error may tell of one that could not be read itself.
    private var secrets = Redactor.Secrets()
    /// What took back executions that had been counted as written already: nothing may follow them, least of all a
    /// watermark.
    private var failure: (any Error)?

    /// - Parameter harvest: Its row of the journal, of which this makes the end.
    init(
        archive: sending Archive, _ harvest: HarvestID, endpoint: String, console: String?,
        redactor: Redactor?, heldBytes: Int, now: Timestamp
    ) throws {
        self.redactor = redactor
        self.heldBytes = heldBytes
        self.harvest = harvest
        // The server has answered there.
        source = try archive.source(named: harvest.source.name, endpoint: endpoint, console: console)
        start = now
        self.archive = archive
    }

    // MARK: Changes

    /// How long changes are kept back to be committed together.
    private var interval = ArchiveWriter.interval(after: .zero)

    /// As a rule a fifth of the time at most goes into committing: where an execution has launched thousands of others, and those
    /// are written, each commit makes anew what follows from all of them.
    ///
    /// - Parameter took: How long the last commit did.
    static func interval(after took: Duration) -> Duration {
        min(max(.milliseconds(100), took * 4), .seconds(5))
    }

    /// Makes a change in the transaction that is open, or in one that is committed a little later.
    private func changing<Result>(_ body: () throws -> Result) throws -> Result {
        if let failure { throw failure }
        if !archive.isInTransaction {
            try archive.begin()
            Task { [weak self, interval] in
                try? await Task.sleep(for: interval)
                try? await self?.commit()
            }
        }
        do {
            return try body()
        } catch {
            if !archive.isInTransaction { failure = error }
            throw error
        }
    }

    /// Commits what was kept back; throws also what kept an earlier change from being committed.
    func commit() throws {
        if let failure { throw failure }
        guard archive.isInTransaction else { return }
        let begun = ContinuousClock.now
        do {
            try archive.commit()
            interval = Self.interval(after: ContinuousClock.now - begun)
        } catch {
            failure = error
            throw error
        }
    }

    /// Rows that were written, changed or taken away so far.
    var rows: Int64 { archive.rowsWritten }

    func definition(_ id: DefinitionID) throws -> [UInt8]? { try archive.definition(id, source: source) }

    func watermark(project: String, domain: String) throws -> Timestamp? {
        try archive.watermark(source: source, project: project, domain: domain)
    }

    /// Moves the watermark to a time by the server's clock, or to the harvest's start by ours when that is earlier:
    /// should one of the clocks be ahead, changes are read twice and none is missed when it is set right.
    func setWatermark(_ time: Timestamp, project: String, domain: String) throws {
        try changing {
            try archive.setWatermark(min(time, start), source: source, project: project, domain: domain)
        }
    }

    func firstHarvest(project: String, domain: String) throws -> FirstHarvest? {
        try archive.firstHarvest(source: source, project: project, domain: domain)
    }

    func setFirstHarvest(_ state: FirstHarvest, project: String, domain: String) throws {
        var state = state
        state.began = min(state.began, start)
        try changing {
            try archive.setFirstHarvest(state, source: source, project: project, domain: domain)
        }
    }

    func known(_ listed: [Execution]) throws -> [ExecutionID: KnownExecution] {
        try archive.known(listed, source: source)
    }

    /// - Parameter createdAt: nil where it is not known yet.
    func isForgotten(_ id: ExecutionID, createdAt: Timestamp?) throws -> Bool {
        try archive.isForgotten(id, createdAt: createdAt, source: source)
    }

    /// An execution as it was read when it had not ended; nil when it had, when the archive does not have it, and when
    /// what the archive has cannot be read: then it is read anew.
    func openCapture(_ id: ExecutionID) throws -> ExecutionCapture? {
        do {
            return try archive.openCapture(of: id, source: source, holding: heldBytes)
        } catch {
            // A `catch where` does not compile here with Swift 6.3.
            guard error.kind == .damaged else { throw error }
            return nil
        }
    }

    func due(project: String, domain: String, at now: Timestamp) throws -> [ExecutionID] {
        try archive.due(source: source, project: project, domain: domain, at: now)
    }

    /// - Parameters:
    ///   - execution: This ties its tree to the archive's definitions.
    ///   - failures: Errors that kept parts of the execution away.
    func write(
        _ execution: inout PreparedExecution, definitions: [CapturedDefinition], failures: [AdminError],
        grace: Int64, at now: Timestamp
    ) throws -> WriteResult {
        let id = execution.capture.id
        let result = try changing {
            try archive.write(&execution, definitions: definitions, source: source, grace: grace, at: now)
        }
        for error in failures {
            try problem(id, project: id.project, domain: id.domain, error, detail: nil, at: now)
        }
        return result
    }

    /// What was replaced in a tree, and must not stand in any message.
    func learn(_ found: Redactor.Secrets) { secrets.formUnion(found) }

    func has(_ execution: PreparedExecution) throws -> Bool { try archive.has(execution, source: source) }

    /// The error as it may be told: its words may quote what was redacted elsewhere.
    func withoutSecrets(_ error: AdminError) -> AdminError {
        redactor?.redact(error, knowing: &secrets) ?? error
    }

    /// - Parameter id: nil for a row of a list that is too large to be named.
    func problem(
        _ id: ExecutionID?, project: String, domain: String, _ error: AdminError, detail: String?,
        at now: Timestamp
    ) throws {
        try changing {
            try archive.recordProblem(
                source: source, project: project, domain: domain, execution: id?.name,
                route: error.route + (detail.map { " (\($0))" } ?? ""), status: error.status,
                message: error.description, at: now)
        }
    }

    func listIsWhole(project: String, domain: String, at now: Timestamp) throws {
        try changing {
            try archive.resolveListProblems(source: source, project: project, domain: domain, at: now)
        }
    }

    func beginAudit() throws -> [HarvestPlan.Place] {
        try archive.beginAudit()
        return try archive.places(source: source).map { HarvestPlan.Place(project: $0, domain: $1) }
    }

    func note(_ executions: [Execution]) throws { try changing { try archive.note(executions) } }

    /// Those that no page of the server's named, and how many of those named were marked.
    func endAudit(project: String, domain: String) throws -> (missed: [ExecutionID], returned: Int) {
        (
            try archive.missed(source: source, project: project, domain: domain),
            try changing { try archive.unmarkNoted(source: source, project: project, domain: domain) }
        )
    }

    func markVanished(_ id: ExecutionID, at now: Timestamp) throws -> Bool {
        try changing { try archive.markVanished(id, source: source, at: now) }
    }

    /// - Parameter failure: What ended it before it was done.
    func finish(_ summary: HarvestSummary, failure: (any Error)? = nil, at now: Timestamp) throws {
        // Also after a failure: what it did not take back is sound.
        try archive.commit()
        let told = (failure as? AdminError).map(withoutSecrets) ?? failure
        try archive.endHarvest(harvest, summary, toldFailure: told, at: now)
    }
}

extension Redactor {
    func redact(_ error: AdminError, knowing secrets: inout Secrets) -> AdminError {
        var error = error
        error.message = redact(error.message, knowing: &secrets)
        return error
    }
}
