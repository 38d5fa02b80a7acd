import FlyteModel
import Tables

// Rows that others refer to: made when they are first needed.
extension Archive {
    func nameID(_ text: String) throws -> Int64 {
        if let id = interned.names[text] { return id }
        let known = try database.integer("SELECT id FROM name WHERE value = ?", [.text(text)])
        let id = try known ?? database.insert("INSERT INTO name (value) VALUES (?)", [.text(text)])
        interned.names.keep(id, for: text)
        return id
    }

    /// NULL for an empty text.
    func nameCell(_ text: String?) throws -> Cell {
        guard let text, !text.isEmpty else { return .null }
        return .integer(try nameID(text))
    }

    func textID(_ text: String) throws -> Int64 {
        if let id = interned.texts[text] { return id }
        var digest = SHA256.number(text)
        while let row = try database.row("SELECT id, value FROM text WHERE digest = ?", [.integer(digest)]) {
            if row[1] == .text(text), let id = row[0].integer {
                interned.texts.keep(id, for: text)
                return id
            }
            digest &+= 1
        }
        let id = try database.insert(
            "INSERT INTO text (digest, value) VALUES (?, ?)", [.integer(digest), .text(text)])
        if text.utf8.count < 1000 { interned.texts.keep(id, for: text) }
        return id
    }

    func textCell(_ text: String?) throws -> Cell {
        guard let text, !text.isEmpty else { return .null }
        return .integer(try textID(text))
    }

    func errorCell(_ error: ExecutionError?) throws -> Cell {
        guard let error else { return .null }
        let hash = SHA256.hash(Array(Self.digestText(error).utf8))
        let key = SHA256.beginning(of: hash)
        if let id = interned.errors[key] { return .integer(id) }
        let id = try errorID(error, digest: SHA256.number(hash))
        interned.errors.keep(id, for: key, bytes: 100)
        return .integer(id)
    }

    private func errorID(_ error: ExecutionError, digest: Int64) throws -> Int64 {
        var digest = digest
        let values: [Cell] = [.text(error.kind.rawValue), .text(error.code), .text(error.message)]
        while let row = try database.row(
            "SELECT id, kind, code, message FROM error WHERE digest = ?", [.integer(digest)])
        {
            if Array(row[1...]) == values, let id = row[0].integer { return id }
            digest &+= 1
        }
        let fingerprint = Self.fingerprint(error)
        // Numbered by its words, an error has the same number in every archive, however it came there: unless a row
        // that was tampered with has it.
        let isTaken = try database.row("SELECT 1 FROM error WHERE id = ?", [.integer(digest)]) != nil
        return try database.insert(
            "INSERT INTO error (id, digest, kind, code, message, fingerprint) VALUES (?, ?, ?, ?, ?, ?)",
            [isTaken ? .null : .integer(digest), .integer(digest)] + values + [.text(fingerprint)])
    }

    func scopeID(source: SourceID, project: String, domain: String) throws -> Int64 {
        let key = KeyBytes("\(source.id)\0\(project)\0\(domain)")
        if let id = interned.scopes[key] { return id }
        let values: [Cell] = [.integer(source.id), .text(project), .text(domain)]
        let known = try database.integer(
            "SELECT id FROM scope WHERE source_id = ? AND project = ? AND domain = ?", values)
        let id =
            try known
            ?? database.insert("INSERT INTO scope (source_id, project, domain) VALUES (?, ?, ?)", values)
        interned.scopes[key] = id
        return id
    }

    /// The row of a definition, made without its content when nothing is known but its name.
    func definitionID(_ definition: DefinitionID, source: SourceID) throws -> Int64 {
        let key = InternedTexts.OwnDefinition(source: source.id, id: definition)
        if let id = interned.definitionIDs[key] { return id }
        let scope = try scopeID(source: source, project: definition.project, domain: definition.domain)
        let values: [Cell] = [
            .integer(scope), .text(definition.kind.rawValue), .text(definition.name),
            .text(definition.version),
        ]
        let known = try database.integer(
            "SELECT id FROM definition WHERE scope_id = ? AND kind = ? AND name = ? AND version = ?", values)
        let id =
            try known
            ?? database.insert(
                "INSERT INTO definition (scope_id, kind, name, version) VALUES (?, ?, ?, ?)", values)
        interned.definitionIDs.keep(id, for: key, bytes: 300)
        return id
    }

    func definitionCell(_ definition: DefinitionID?, source: SourceID) throws -> Cell {
        guard let definition, !definition.name.isEmpty else { return .null }
        return .integer(try definitionID(definition, source: source))
    }
}

// What their digests vouch for.
extension Archive {
    /// Whether a digest is a text's own, or the next number after those that other texts have.
    func isDigest(_ digest: Int64?, of text: String, in table: String) throws(ArchiveError) -> Bool {
        guard let digest else { return false }
        var expected = SHA256.number(text)
        while expected != digest {
            let taken = try database.row("SELECT 1 FROM \(table) WHERE digest = ?", [.integer(expected)])
            guard taken != nil else { return false }
            expected &+= 1
        }
        return true
    }

    func storedError(_ id: Int64) throws(ArchiveError) -> (
        error: ExecutionError, digest: Int64?, fingerprint: String?
    )? {
        let row = try database.row(
            "SELECT kind, code, message, digest, fingerprint FROM error WHERE id = ?", [.integer(id)])
        guard let row else { return nil }
        let error = ExecutionError(
            code: row[1].text ?? "", message: row[2].text ?? "", kind: ErrorKind(rawValue: row[0].text ?? ""))
        return (error, row[3].integer, row[4].text)
    }
}
