public import FlyteModel
import Tables

/// That data passes, or passed, between an execution and another, or none.
public struct LineageLink: Hashable, Sendable {
    /// The execution at the other end; nil for what nobody in the archive wrote.
    public var execution: LineageExecution?
    /// The address, in the form in which stores tell addresses apart.
    public var address: String
    /// The variable of the execution that was asked for, and where in it; of an address that was asked for, of the other's.
    public var name: String
    public var kind: String
    /// When the one wrote that the other one read, or when the other one read it.
    public var at: Timestamp?
}

/// An execution as lineage tells of it.
public struct LineageExecution: Hashable, Sendable {
    /// Its row in the archive.
    public var row: Int64
    public var source: String
    public var id: ExecutionID
    public var workflow: String?
    public var phase: String
    public var createdAt: Timestamp?
}

// Who wrote what somebody read is the last one who wrote it before. What something inside of an execution did it did
// itself; what an execution that it launched did is that one's, unless the archive does not have it.
extension Archive {
    /// Whether a row of lineage tells of what its execution did.
    private static func isOwn(_ row: String) -> String {
        """
        (\(row).level = 0 OR \(row).level = 2 AND NOT EXISTS (
            SELECT 1 FROM lineage o JOIN execution y ON y.id = o.execution_id
            WHERE o.address_id = \(row).address_id AND o.is_write = \(row).is_write AND o.level = 0
                AND y.parent IS NOT NULL AND y.parent IN (
                    SELECT z.name FROM execution z WHERE z.id = \(row).execution_id
                    UNION ALL SELECT t.project || '/' || t.domain || '/' || z.name FROM execution z
                    JOIN scope t ON t.id = z.scope_id WHERE z.id = \(row).execution_id)))
        """
    }

    /// What an execution read, and who wrote it: of each address the last who did before it was read. What it wrote
    /// itself is not told.
    public func writers(ofReadsBy execution: Int64) throws(ArchiveError) -> [LineageLink] {
        try links(
            """
            SELECT w.execution_id, a.value, v.value, k.value, max(w.at)
            FROM (
                SELECT address_id, at, min(name_id) AS name_id, min(kind_id) AS kind_id FROM lineage l
                WHERE l.execution_id = ?1 AND l.is_write = 0 AND \(Self.isOwn("l")) GROUP BY 1, 2
            ) r
            JOIN name a ON a.id = r.address_id JOIN name v ON v.id = r.name_id JOIN name k ON k.id = r.kind_id
            LEFT JOIN lineage w ON w.address_id = r.address_id AND w.is_write = 1 AND w.level <> 1 AND \(Self.isOwn("w"))
                AND w.at = (
                    SELECT max(x.at) FROM lineage x
                    WHERE x.address_id = r.address_id AND x.is_write = 1 AND x.level <> 1 AND x.at <= r.at
                        AND \(Self.isOwn("x")))
            WHERE w.execution_id IS NOT ?1
            GROUP BY 1, 2 ORDER BY 5 DESC, 1, 2
            """, [.integer(execution)])
    }

    /// Who read what an execution wrote, before somebody else wrote it anew. What it read itself is not told.
    public func readers(ofWritesBy execution: Int64) throws(ArchiveError) -> [LineageLink] {
        try links(
            """
            SELECT r.execution_id, a.value, v.value, k.value, min(r.at)
            FROM (
                SELECT address_id, at, min(name_id) AS name_id, min(kind_id) AS kind_id FROM lineage l
                WHERE l.execution_id = ?1 AND l.is_write = 1 AND \(Self.isOwn("l")) GROUP BY 1, 2
            ) w
            JOIN name a ON a.id = w.address_id JOIN name v ON v.id = w.name_id JOIN name k ON k.id = w.kind_id
            JOIN lineage r ON r.address_id = w.address_id AND r.is_write = 0 AND r.level <> 1 AND r.at >= w.at
                AND \(Self.isOwn("r"))
            WHERE r.execution_id <> ?1
                AND NOT EXISTS (
                    SELECT 1 FROM lineage x
                    WHERE x.address_id = w.address_id AND x.is_write = 1 AND x.level <> 1 AND x.at > w.at
                        AND x.at <= r.at AND \(Self.isOwn("x")))
            GROUP BY 1, 2 ORDER BY 5, 1, 2
            """, [.integer(execution)])
    }

    /// Who wrote, or who read, what lies at an address, the newest first.
    ///
    /// - Parameter address: As anybody writes it.
    public func uses(
        of address: String, isWrite: Bool
    ) throws(ArchiveError) -> [LineageLink] {
        try links(
            """
            SELECT l.execution_id, a.value, v.value, k.value, max(l.at)
            FROM name a JOIN lineage l ON l.address_id = a.id JOIN name v ON v.id = l.name_id
            JOIN name k ON k.id = l.kind_id
            WHERE a.value = ?1 AND l.is_write = ?2 AND l.level <> 1 AND \(Self.isOwn("l"))
            GROUP BY 1 ORDER BY 5 DESC, 1
            """, [.text(StoreAddress.canonical(address)), .integer(isWrite ? 1 : 0)])
    }

    /// An execution as lineage tells of it; nil when the archive does not have it.
    public func lineageExecution(
        _ id: ExecutionID, source: String
    ) throws(ArchiveError) -> LineageExecution? {
        let row = try database.integer(
            """
            SELECT e.id FROM execution e JOIN scope c ON c.id = e.scope_id JOIN source s ON s.id = c.source_id
            WHERE e.name = ? AND c.project = ? AND c.domain = ? AND s.name = ?
            """, [.text(id.name), .text(id.project), .text(id.domain), .text(source)])
        guard let row else { return nil }
        return try lineageExecution(row: row)
    }

    private func links(_ sql: String, _ values: [Cell]) throws(ArchiveError) -> [LineageLink] {
        var known: [Int64: LineageExecution] = [:]
        var links: [LineageLink] = []
        for row in try database.rows(sql, values) {
            var execution: LineageExecution?
            if let id = row[0].integer {
                if known[id] == nil { known[id] = try lineageExecution(row: id) }
                execution = known[id]
            }
            links.append(
                LineageLink(
                    execution: execution, address: row[1].text ?? "", name: row[2].text ?? "",
                    kind: row[3].text ?? "",
                    at: row[4].integer.map(Timestamp.init(nanoseconds:))))
        }
        return links
    }

    private func lineageExecution(row id: Int64) throws(ArchiveError) -> LineageExecution? {
        let row = try database.row(
            """
            SELECT s.name, c.project, c.domain, e.name, w.name, e.phase, e.created_at FROM execution e
            JOIN scope c ON c.id = e.scope_id JOIN source s ON s.id = c.source_id
            LEFT JOIN definition w ON w.id = e.workflow_id WHERE e.id = ?
            """, [.integer(id)])
        guard let row else { return nil }
        return LineageExecution(
            row: id, source: row[0].text ?? "",
            id: ExecutionID(project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? ""),
            workflow: row[4].text, phase: row[5].text ?? "",
            createdAt: row[6].integer.map(Timestamp.init(nanoseconds:)))
    }
}
