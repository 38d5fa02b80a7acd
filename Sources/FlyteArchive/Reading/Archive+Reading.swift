public import FlyteModel
import FlyteTrace
import Glibc
import Tables

extension Archive {
    /// An execution that had not ended when it was read; nil when it had, or the archive does not have it.
    ///
    /// - Parameter bytes: How much of its messages may be in memory.
    public func openCapture(
        of id: ExecutionID, source: SourceID, holding bytes: Int
    ) throws(ArchiveError) -> ExecutionCapture? {
        let row = try database.row(
            """
            SELECT 1 FROM execution e JOIN scope c ON c.id = e.scope_id
            WHERE e.name = ? AND c.source_id = ? AND c.project = ? AND c.domain = ? AND e.reread_at = 0
            """, [.text(id.name), .integer(source.id), .text(id.project), .text(id.domain)])
        return row == nil ? nil : try capture(of: id, source: source, holding: bytes)
    }

    /// An execution as it was read, message for message; nil when the archive does not have it.
    ///
    /// - Parameter bytes: How much of its messages may be in memory.
    public func capture(
        of id: ExecutionID, source: SourceID, holding bytes: Int = 4 << 20
    ) throws(ArchiveError) -> ExecutionCapture? {
        guard
            let row = try database.row(
                """
                SELECT e.id, e.observed_at FROM execution e JOIN scope c ON c.id = e.scope_id
                WHERE e.name = ? AND c.source_id = ? AND c.project = ? AND c.domain = ?
                """, [.text(id.name), .integer(source.id), .text(id.project), .text(id.domain)])
        else { return nil }
        var capture = ExecutionCapture(id: id, observedAt: Timestamp(nanoseconds: row[1].integer ?? 0))
        let messages = try database.rows(
            """
            SELECT k.value, n.value, m.attempt, m.task_id, p.value, m.direction, m.uri, m.pack_id, m.offset, m.length,
                m.sha256
            FROM message m JOIN name k ON k.id = m.kind_id LEFT JOIN name n ON n.id = m.node_id
            LEFT JOIN name p ON p.id = m.parent_id WHERE m.execution_id = ? ORDER BY m.number
            """, [row[0]])
        var contents = Contents(of: self, holding: bytes)
        for (index, message) in messages.enumerated() {
            let name = "message \(index + 1) of \(id)"
            guard let kind = message[0].text.flatMap(CapturedMessage.Kind.init),
                let pack = message[7].integer,
                let offset = message[8].integer, let length = message[9].integer
            else { throw ArchiveError(.damaged, path: path, detail: "\(name) has no valid row") }
            let content: MessageContent
            do throws(ArchiveError) {
                content = try contents.content(pack, offset, length)
            } catch {
                guard error.kind == .damaged else { throw error }
                throw ArchiveError(.damaged, path: path, detail: "\(name): \(error.detail)")
            }
            guard message[10] == .blob(try contents.hash(content)) else {
                throw ArchiveError(.damaged, path: path, detail: "\(name) does not have its hash")
            }
            capture.messages.append(
                CapturedMessage(
                    kind: kind, place: try place(message[1], message[2], message[3]),
                    parentNodeID: message[4].text,
                    direction: message[5].text.flatMap(CapturedMessage.Direction.init), uri: message[6].text,
                    content: content))
        }
        let gaps = try database.rows(
            """
            SELECT n.value, g.attempt, g.task_id, g.field, g.state, t.value FROM capture g
            LEFT JOIN name n ON n.id = g.node_id JOIN text t ON t.id = g.detail_id
            WHERE g.execution_id = ? ORDER BY g.number
            """, [row[0]])
        for gap in gaps {
            guard let state = gap[4].text.flatMap(Withheld.State.init) else { continue }
            capture.withheld.append(
                Withheld(
                    place: try place(gap[0], gap[1], gap[2]), field: gap[3].text ?? "", state: state,
                    detail: gap[5].text ?? ""))
        }
        capture.redactions = PlacedList(try redactions(ofExecution: row[0]))
        return capture
    }

    /// The contents of messages that are read in their order: packs are opened once, and what is more than
    /// memory should hold is put aside.
    private struct Contents {
        private let archive: Archive
        private var opened: [(pack: Int64, bytes: [UInt8])] = []
        private var held = 0
        private var spool: Spool?

        private let heldLimit: Int

        init(of archive: Archive, holding limit: Int) { (self.archive, heldLimit) = (archive, limit) }

        mutating func content(
            _ pack: Int64, _ offset: Int64, _ length: Int64
        ) throws(ArchiveError) -> MessageContent {
            if length > Packer.partBytes {
                let spool = try openSpool()
                let start = spool.count
                try archive.packer.pieces(pack) { (piece) throws(ArchiveError) in
                    try archive.append(piece[...], to: spool)
                }
                guard offset == 0, spool.count - start == length else { throw outside(pack) }
                return .spooled(spool, start..<spool.count)
            }
            let bytes = try open(pack)
            guard offset >= 0, length >= 0, length <= bytes.count, offset <= Int64(bytes.count) - length
            else {
                throw outside(pack)
            }
            let slice = bytes[Int(offset)..<Int(offset + length)]
            held += slice.count
            guard held > heldLimit else { return .held(Array(slice)) }
            let spool = try openSpool()
            try archive.append(slice, to: spool)
            return .spooled(spool, spool.count - slice.count..<spool.count)
        }

        private func outside(_ pack: Int64) -> ArchiveError {
            ArchiveError(.damaged, path: archive.path, detail: "it does not lie within pack \(pack)")
        }

        /// Large messages have packs of their own in between.
        private mutating func open(_ pack: Int64) throws(ArchiveError) -> [UInt8] {
            if let known = opened.first(where: { $0.pack == pack }) { return known.bytes }
            let bytes = try archive.packer.content(pack)
            if opened.count > 1 { opened.removeFirst() }
            opened.append((pack, bytes))
            return bytes
        }

        private mutating func openSpool() throws(ArchiveError) -> Spool {
            if let spool { return spool }
            do {
                let made = try Spool(folder: archive.spoolFolder)
                spool = made
                return made
            } catch {
                throw archive.spoolFailure(error)
            }
        }

        func hash(_ content: MessageContent) throws(ArchiveError) -> [UInt8] {
            do {
                return try SHA256.hash(content)
            } catch {
                throw archive.spoolFailure(error)
            }
        }
    }

    private func append(_ bytes: ArraySlice<UInt8>, to spool: Spool) throws(ArchiveError) {
        do {
            try spool.append(Array(bytes))
        } catch {
            throw spoolFailure(error)
        }
    }

    /// What is put aside lies on the archive's disk.
    private func spoolFailure(_ error: any Error) -> ArchiveError {
        let isFull = (error as? SpoolError).map { [ENOSPC, EDQUOT, EFBIG].contains($0.code) } ?? false
        return ArchiveError(isFull ? .full : .other, path: path, detail: "\(error)")
    }

    /// Where large messages are put aside: beside the archive, which has or will need the room anyway.
    public var spoolFolder: String {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        return access(folder, W_OK) == 0 ? folder : Spool.temporaryFolder
    }

    private func place(_ node: Cell, _ attempt: Cell, _ task: Cell) throws(ArchiveError) -> CapturePlace {
        CapturePlace(
            nodeID: node.text, attempt: attempt.integer.map { UInt32(truncatingIfNeeded: $0) },
            task: try task.integer.flatMap { (id) throws(ArchiveError) in try definitionID(row: id) })
    }

    func definitionID(row id: Int64) throws(ArchiveError) -> DefinitionID? {
        guard
            let row = try database.row(
                """
                SELECT d.kind, c.project, c.domain, d.name, d.version FROM definition d JOIN scope c ON c.id = d.scope_id
                WHERE d.id = ?
                """, [.integer(id)]), let kind = row[0].text.flatMap(DefinitionID.Kind.init)
        else { return nil }
        return DefinitionID(
            kind: kind, project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "",
            version: row[4].text ?? "")
    }

    /// The installations in the archive, by name.
    public func sources() throws(ArchiveError) -> [SourceID] {
        try database.rows("SELECT id, name FROM source ORDER BY name").compactMap { row in
            row[0].integer.map { SourceID(id: $0, name: row[1].text ?? "") }
        }
    }

    /// Where the console of each installation is, by the installation's name.
    public func consoles() throws(ArchiveError) -> [String: String] {
        let rows = try database.rows("SELECT name, coalesce(console, endpoint) FROM source")
        return Dictionary(
            rows.map { ($0[0].text ?? "", $0[1].text ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    /// The bytes of a literal map by the id that views give; nil when there is none. It may be larger than
    /// memory: see `literalMapSize`.
    public func literalMap(_ id: Int64) throws(ArchiveError) -> [UInt8]? {
        var bytes: [UInt8] = []
        let isThere = try literalMap(id) { (piece) throws(ArchiveError) in
            if bytes.isEmpty { bytes = Array(piece) } else { bytes += piece }
        }
        return isThere ? bytes : nil
    }

    /// How many bytes a literal map has; nil when there is none.
    public func literalMapSize(_ id: Int64) throws(ArchiveError) -> Int64? {
        try database.integer(
            """
            SELECT l.length FROM literal_map l JOIN execution e ON e.id = l.execution_id
            WHERE e.key = ? AND l.number = ?
            """, [.integer(id >> 20), .integer(id & (1 << 20 - 1))])
    }

    /// Hands the bytes of a literal map over in order, piece by piece; false when there is none.
    public func literalMap(
        _ id: Int64, pieces take: (ArraySlice<UInt8>) throws(ArchiveError) -> Void
    ) throws(ArchiveError) -> Bool {
        guard
            let row = try database.row(
                """
                SELECT m.pack_id, m.offset + l.offset, l.length FROM literal_map l
                JOIN execution e ON e.id = l.execution_id
                JOIN message m ON m.execution_id = l.execution_id AND m.number = l.message
                WHERE e.key = ? AND l.number = ?
                """, [.integer(id >> 20), .integer(id & (1 << 20 - 1))]), let pack = row[0].integer,
            let offset = row[1].integer, let length = row[2].integer
        else { return false }
        let (end, isOver) = offset.addingReportingOverflow(length)
        guard offset >= 0, length >= 0, !isOver else { throw outside(map: id) }
        var position: Int64 = 0
        var taken: Int64 = 0
        try packer.pieces(pack) { (piece) throws(ArchiveError) in
            let first = max(offset, position)
            let last = min(end, position + Int64(piece.count))
            if first < last {
                taken += last - first
                try take(piece[Int(first - position)..<Int(last - position)])
            }
            position += Int64(piece.count)
        }
        guard taken == length else { throw outside(map: id) }
        return true
    }

    private func outside(map id: Int64) -> ArchiveError {
        ArchiveError(.damaged, path: path, detail: "literal map \(id) lies outside of its pack")
    }

    /// The critical path that the file has of an execution's row; nodes that it does not have are unnamed.
    func storedPath(of execution: Int64) throws(ArchiveError) -> [PathStep] {
        try database.rows(
            """
            SELECT i.value, p.attempt, c.value, p.start_at, p.duration_ns FROM main.path_step p
            JOIN name c ON c.id = p.class_id
            LEFT JOIN main.node n ON n.execution_id = p.execution_id AND n.number = p.node
            LEFT JOIN name i ON i.id = n.node_id WHERE p.execution_id = ? ORDER BY p.step
            """, [.integer(execution)]
        ).map { row in
            let start = Timestamp(nanoseconds: row[3].integer ?? 0)
            return PathStep(
                nodeID: row[0].text, attempt: row[1].integer.map { UInt32(truncatingIfNeeded: $0) },
                kind: row[2].text.flatMap(PathClass.init) ?? .unexplained, start: start,
                end: start + (row[4].integer ?? 0))
        }
    }
}
