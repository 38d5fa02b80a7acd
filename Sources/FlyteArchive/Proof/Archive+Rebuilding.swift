import FlyteModel
import Tables

/// What a rebuild did.
public struct RebuildSummary: Hashable, Sendable {
    public var executions = 0
    /// Executions that had rows which differed from what their messages give.
    public var changed = 0
    /// Rows of definitions and edges that differed, and of errors and texts.
    public var definitionRows = 0
    public var sharedRows = 0
    /// Whether the full-text index over errors was made again.
    public var isSearchNew = false
    /// What could not be made again, since its messages are damaged; those rows stay as they are.
    public var damaged: [Finding] = []

    public var changedNothing: Bool { changed == 0 && definitionRows == 0 && sharedRows == 0 && !isSearchNew }
}

extension Archive {
    /// Makes every column again from the messages in the archive, without a server: executions, definitions,
    /// errors' fingerprints, spans, paths, causes, and the full-text index.
    ///
    /// Only rows that differ are written, one execution a transaction: a rebuild that is cut off has lost
    /// nothing, and the next one goes on. The archive must be used for nothing else before it is closed.
    public func rebuild(progress: Verification.Progress = { _, _ in }) throws -> RebuildSummary {
        try keepCopiesInMemory()
        var summary = RebuildSummary()
        let suspects = try rebuildShared(&summary)
        try rebuildDefinitions(&summary)
        try rebuildExecutions(&summary, progress)
        // Where one definition is damaged, the others are made one by one.
        let remaking = try makeOverdue(within: nil)
        summary.definitionRows += remaking.made
        // Nothing refers to what nobody said; where something still does, it stays.
        for id in suspects.errors { try? database.run("DELETE FROM error WHERE id = ?", [.integer(id)]) }
        for id in suspects.texts { try? database.run("DELETE FROM text WHERE id = ?", [.integer(id)]) }
        if try !hasWholeSearchIndex() {
            try database.execute("INSERT INTO error_search (error_search) VALUES ('rebuild')")
            summary.isSearchNew = true
        }
        return summary
    }

    /// Errors and texts that are not what their digests say get the digests of what they are, so that nobody
    /// takes them for what they were; whoever needs those makes new ones.
    private func rebuildShared(_ summary: inout RebuildSummary) throws -> (errors: [Int64], texts: [Int64]) {
        var (errors, texts): ([Int64], [Int64]) = ([], [])
        try writing {
            for row in try database.rows("SELECT id FROM error ORDER BY id") {
                guard let id = row[0].integer, let stored = try storedError(id) else { continue }
                let fingerprint = Self.fingerprint(stored.error)
                if stored.fingerprint != fingerprint {
                    try database.run(
                        "UPDATE error SET fingerprint = ? WHERE id = ?", [.text(fingerprint), .integer(id)])
                    summary.sharedRows += 1
                }
                let text = Self.digestText(stored.error)
                guard try !isDigest(stored.digest, of: text, in: "error") else { continue }
                try giveDigest(of: text, to: id, in: "error")
                errors.append(id)
            }
            for row in try database.rows("SELECT id, digest FROM text ORDER BY id") {
                guard let id = row[0].integer,
                    let value = try database.row("SELECT value FROM text WHERE id = ?", [row[0]])?[0].text,
                    try !isDigest(row[1].integer, of: value, in: "text")
                else { continue }
                try giveDigest(of: value, to: id, in: "text")
                texts.append(id)
            }
            try areMade(.error)
        }
        summary.sharedRows += errors.count + texts.count
        return (errors, texts)
    }

    private func giveDigest(of text: String, to id: Int64, in table: String) throws {
        var digest = SHA256.number(text)
        while try database.row("SELECT 1 FROM \(table) WHERE digest = ?", [.integer(digest)]) != nil {
            digest &+= 1
        }
        try database.run("UPDATE \(table) SET digest = ? WHERE id = ?", [.integer(digest), .integer(id)])
    }

    private func rebuildDefinitions(_ summary: inout RebuildSummary) throws {
        let made = try DefinitionRederivation(self)
        defer { try? made.close() }
        var damaged: [Finding] = []
        let changed = try writing {
            let differences = try made.differences { kept, error in
                damaged.append(Finding(damage: error, at: "\(kept.id)"))
                try cannotBeMade(.definition, kept.row, error)
            }
            // What cannot be read would lose its columns.
            if !differences.isEmpty, damaged.isEmpty { try made.replace() }
            if damaged.isEmpty { try areMade(.definition) }
            return damaged.isEmpty ? differences.count : 0
        }
        summary.definitionRows = changed
        summary.damaged += damaged
    }

    private func rebuildExecutions(
        _ summary: inout RebuildSummary, _ progress: Verification.Progress
    ) throws {
        let made = try Rederivation(self)
        defer { try? made.close() }
        let items = try executionItems()
        summary.executions = items.count
        var changed: Set<Int64> = []
        var open = items
        for pass in 0..<Self.deepestNesting where !open.isEmpty {
            let isFirst = pass == 0
            var hasChanged = false
            for (index, item) in open.enumerated() {
                if isFirst { progress(index, items.count) }
                do {
                    if try rebuild(item, made) {
                        changed.insert(item.row)
                        hasChanged = true
                    }
                } catch let error as ArchiveError where error.stopsAll {
                    throw error
                } catch {
                    guard isFirst else { continue }
                    summary.damaged.append(Finding(damage: error, at: item.place))
                    try cannotBeMade(.execution, item.row, error)
                }
            }
            // A parent may have come before a child of its: again, until nothing changes.
            open = hasChanged ? try parents(among: items) : []
        }
        summary.changed = changed.count
    }

    private func parents(among items: [Rederivation.Item]) throws -> [Rederivation.Item] {
        let rows = try database.rows("SELECT DISTINCT execution_id FROM main.node WHERE child IS NOT NULL")
        let parents = Set(rows.compactMap { $0[0].integer })
        return items.filter { parents.contains($0.row) }
    }

    /// True when rows differed.
    private func rebuild(_ item: Rederivation.Item, _ made: Rederivation) throws -> Bool {
        try writing {
            let tree = try made.tree(of: item)
            let differs = try !made.differences(tree, item).isEmpty
            if differs { try made.replace(item) }
            try isMade(.execution, item.row)
            return differs
        }
    }
}

extension ArchiveError {
    /// Whether it would be met with any other execution as well: a full disk, or a file that cannot be written. All else
    /// is one execution's, which does not stop the rest.
    fileprivate var stopsAll: Bool {
        [.full, .noRoom, .unwritable, .unreadable, .moved, .busy].contains(kind)
    }
}
