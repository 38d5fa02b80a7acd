public import FlyteModel
import FlyteTrace
public import Tables

/// Whether a database owner may remove an execution from Flyte's database: what the archive proves of it.
public struct PrunePlan: Sendable {
    public struct Item: Sendable {
        public var source: String
        public var id: ExecutionID
        /// Empty when it cannot be read.
        public var phase: String
        /// Which of the executions of its name it is; nil where it is not known.
        public var createdAt: Timestamp?
        /// nil while it runs, and where it is not known.
        public var endedAt: Timestamp?
        /// Of the archive's messages of it, in their order: SHA-256 over their bytes.
        public var digest: [UInt8] = []
        public var nodes = 0
        public var attempts = 0
        public var messages = 0
        public var bytes: Int64 = 0
        /// Why it is not proven, a sentence each; nothing when it is.
        public var reasons: [String] = []
        /// What the server no longer had when it was asked, by what its other rows and definitions prove. The archive has
        /// all that the server has, all the same.
        public var lost: [String] = []
        /// That it had not ended when it was read.
        var isOpen = false

        public var isProven: Bool { reasons.isEmpty }

        /// The digest in hexadecimal.
        public var digestText: String { SHA256.hex(digest) }

        /// Its row, in the order of the plan's columns.
        public var cells: [Cell] {
            [
                .text(source), .text(id.project), .text(id.domain), .text(id.name),
                phase.isEmpty ? .null : .text(phase), endedAt.map { .text($0.microsecondText) } ?? .null,
                .integer(isProven ? 1 : 0),
                isProven ? .null : .text(reasons.joined(separator: "; ")),
                .integer(Int64(nodes)), .integer(Int64(attempts)), .integer(Int64(messages)),
                .integer(bytes), .text(digestText),
                lost.isEmpty ? .null : .text(lost.joined(separator: "; ")),
                createdAt.map { .text($0.microsecondText) } ?? .null,
            ]
        }
    }

    public var items: [Item] = []
    /// What is wrong with the archive as a whole; then nothing is proven.
    public var damage: [Finding] = []

    public var proven: [Item] { items.filter(\.isProven) }

    /// The columns of its rows, one for each execution.
    public static let columns = [
        Column("source"), Column("project"), Column("domain"), Column("name"), Column("phase"),
        Column("ended_at"), Column("is_proven", .integer), Column("reason"), Column("nodes", .integer),
        Column("attempts", .integer), Column("messages", .integer), Column("bytes", .integer),
        Column("sha256"), Column("lost"), Column("created_at"),
    ]
}

extension Archive {
    /// What the archive proves of each execution. It changes nothing and asks no server.
    ///
    /// Proven is what ended, is past its time of grace, was handed over whole, has messages that have their
    /// hashes and rows that follow from them, no problem that stands against it, and children and a parent of
    /// which the same is true. Whatever is wrong with the file itself leaves nothing proven. What the server had lost
    /// already keeps nothing from being proven, and is told.
    ///
    /// - Parameter before: Only executions that ended before this time, and those of which the archive cannot
    ///   tell when they ended; nil for all.
    public func prunePlan(
        before: Timestamp?, progress: Verification.Progress = { _, _ in }
    ) throws -> PrunePlan {
        guard version == newestVersion else {
            throw ArchiveError(
                .tooOld(found: version, newest: newestVersion), path: path, detail: "the newest schema")
        }
        try keepCopiesInMemory()
        return try database.snapshot { try PrunePlanner(self).plan(before: before, progress: progress) }
    }
}

/// Makes a plan, within a transaction.
private final class PrunePlanner {
    private let archive: Archive
    private var database: Database { archive.database }
    private var found: [Finding] = []

    init(_ archive: Archive) { self.archive = archive }

    func plan(before: Timestamp?, progress: Verification.Progress) throws -> PrunePlan {
        let verifier = Verifier(archive) { [unowned self] in found.append($0) }
        verifier.checkShared()
        var plan = PrunePlan(damage: found)
        let made = try Rederivation(archive)
        defer { try? made.close() }
        let items = try archive.executionItems()
        // All are looked at: what a chosen one hangs together with may be outside of the window.
        var all: [Key: PrunePlan.Item] = [:]
        var kin: [Key: Set<Key>] = [:]
        for (index, item) in items.enumerated() {
            progress(index, items.count)
            let key = Key(source: item.source.id, id: item.id)
            let (planned, relatives) = try look(at: item, made, verifier)
            all[key] = planned
            for relative in relatives {
                let other = Key(source: item.source.id, id: relative)
                kin[key, default: []].insert(other)
                kin[other, default: []].insert(key)
            }
        }
        refuseKin(&all, kin)
        plan.items = items.compactMap { all[Key(source: $0.source.id, id: $0.id)] }
            .filter { item in
                guard let before else { return true }
                return item.endedAt.map { $0 < before } ?? !item.isOpen
            }
            .sorted { ($0.source, $0.id.description) < ($1.source, $1.id.description) }
        if !plan.damage.isEmpty {
            for index in plan.items.indices {
                plan.items[index].reasons.append("the archive itself is damaged")
            }
        }
        return plan
    }

    private struct Key: Hashable {
        var source: Int64
        var id: ExecutionID
    }

    /// What an execution says of itself, and the executions that belong with it.
    private func look(
        at item: Rederivation.Item, _ made: Rederivation, _ verifier: Verifier
    ) throws -> (PrunePlan.Item, [ExecutionID]) {
        var planned = PrunePlan.Item(source: item.source.name, id: item.id, phase: "")
        var relatives: [ExecutionID] = []
        found = []
        verifier.check(item, made, spans: false, paths: true, rows: true) { tree in
            let execution = tree.execution
            planned.phase = execution.phase.rawValue
            planned.isOpen = !execution.lifetime.isTerminal
            planned.endedAt = planned.isOpen ? nil : execution.lifetime.endedAt
            planned.nodes = tree.nodes.count
            planned.attempts = tree.nodes.reduce(0) { $0 + $1.attempts.count }
            planned.messages = tree.capture.messages.count
            planned.bytes = tree.capture.messages.reduce(0) { $0 + Int64($1.content.count) }
            planned.digest = try Self.digest(of: tree.capture)
            relatives = try archive.children(of: tree, item.source)
            if let parent = execution.parent?.execution {
                relatives.append(
                    try archive.execution(meantBy: parent, as: .followed, of: .init(tree, item.source)))
            }
            planned.createdAt = execution.lifetime.createdAt
            if item.id.generation != nil {
                planned.reasons.append("the server gave its name to another execution")
            }
            if planned.isOpen {
                planned.reasons.append("it had not ended when it was read")
            } else if planned.endedAt == nil {
                planned.reasons.append("nothing tells when it ended")
            }
            let proof = RecordProof(of: tree)
            planned.reasons += (proof.gaps + Self.skipped(in: tree)).map {
                Self.words($0.field, $0.place) + ": \($0.state.rawValue)"
            }
            planned.lost = proof.lost.map { Self.words($0.field, $0.place) + ": \($0.detail)" }
            if !tree.capture.redactions.isEmpty {
                planned.reasons.append("\(tree.capture.redactions.count) values were redacted")
            }
        }
        planned.reasons += found.map { finding in
            let row = finding.place.dropFirst(item.place.count + 2)
            return "verify: \(row.isEmpty ? "it" : row) \(finding.finding) (\(finding.detail))"
        }
        planned.reasons += try standing(against: item)
        return (planned, relatives)
    }

    /// What the archive's owner did not want in it: the server has it. Spans are recomputed from what is here.
    private static func skipped(in tree: ExecutionTree) -> [Withheld] {
        tree.capture.withheld.filter {
            ($0.state == .notRequested || $0.state == .redacted) && $0.field != "metrics"
        }
    }

    private static func words(_ field: String, _ place: CapturePlace) -> String {
        "\(field)\(place.nodeID.map { " of \($0)" } ?? "")"
    }

    /// Over the messages one after the other: together they may be more than memory holds.
    private static func digest(of capture: ExecutionCapture) throws -> [UInt8] {
        var hash = SHA256.Running()
        for message in capture.messages {
            try message.content.pieces(of: 0..<message.content.count) { hash.add($0) }
        }
        return hash.digest
    }

    /// What the journal says against an execution.
    private func standing(against item: Rederivation.Item) throws -> [String] {
        var reasons: [String] = []
        let row = try database.row(
            """
            SELECT reread_at, EXISTS (SELECT 1 FROM vanished v WHERE v.execution_id = e.id),
                EXISTS (
                    SELECT 1 FROM problem p WHERE p.source_id = ?2 AND p.resolved_at IS NULL
                        AND p.project = ?3 AND p.domain = ?4 AND p.execution = ?5),
                EXISTS (SELECT 1 FROM erasure x WHERE x.execution_id = e.id)
            FROM main.execution e WHERE e.id = ?1
            """,
            [
                .integer(item.row), .integer(item.source.id), .text(item.id.project), .text(item.id.domain),
                .text(item.id.name),
            ])
        if try archive.isOverdue(.execution, item.row) {
            reasons.append("its rows are to be made again first ('flightlog rebuild')")
        }
        guard let row else { return reasons }
        if row[0] == .integer(Archive.neverAsked) {
            reasons.append("an earlier version did not ask for all of it; the next harvest does")
        } else if let due = row[0].integer, due > 0 {
            reasons.append("it just ended when it was read, and is to be read again")
        }
        if row[1] == .integer(1) { reasons.append("the server no longer has it") }
        if row[2] == .integer(1) { reasons.append("a problem stands against it") }
        if row[3] == .integer(1) { reasons.append("something of it was erased here") }
        return reasons
    }

    /// A parent without its children tells less than the database did, and the other way round.
    private func refuseKin(_ all: inout [Key: PrunePlan.Item], _ kin: [Key: Set<Key>]) {
        for (key, relatives) in kin where all[key] != nil {
            for relative in relatives.sorted(by: { $0.id.description < $1.id.description })
            where all[relative] == nil {
                all[key]?.reasons.append("\(relative.id) belongs to it, and is not in the archive")
            }
        }
        var open = all.filter { !$0.value.isProven }.map(\.key)
        while let key = open.popLast() {
            for relative in kin[key] ?? [] where all[relative]?.isProven == true {
                all[relative]?.reasons.append("\(key.id) belongs to it, and is not proven")
                open.append(relative)
            }
        }
    }
}
