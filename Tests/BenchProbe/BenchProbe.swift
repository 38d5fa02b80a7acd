import CCrypto
import CSQLite
import CZstd
import FlyteArchive
import FlyteModel
import Foundation
import Tables

/// Measures what the command line does not show: `write ARCHIVE FOLDER` and `read ARCHIVE`.
///
/// Each line of the output is `name value`; `Tests/bench/run` makes a table of them.
@main
enum BenchProbe {
    static func main() throws {
        switch CommandLine.arguments.dropFirst().first {
        case "write": try write(CommandLine.arguments[2], into: CommandLine.arguments[3])
        case "read": try read(CommandLine.arguments[2])
        default: print("usage: bench-probe write ARCHIVE FOLDER | read ARCHIVE")
        }
    }

    private static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try work()
        return seconds(since: start)
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - start) / .seconds(1)
    }

    private static func say(_ name: String, _ value: Double) { print(name, value) }

    // MARK: Writing

    /// Writes the executions of an archive into a new one; then the rows of that into a file with the same schema, with
    /// nothing but prepared statements; and then makes of the same messages what stands in the rows, without writing it.
    private static func write(_ path: String, into folder: String) throws {
        let from = try Archive(path: path, mode: .readOnly)
        let source = try from.sources()[0]
        let captures = try captures(from, source)
        let definitions = try definitions(from, source)
        let made = folder + "/written.db"
        let archive = try Archive(path: made, mode: .readWrite)
        let target = try archive.source(named: source.name, endpoint: "http://bench")
        let now = captures.map(\.observedAt).max() ?? Timestamp(nanoseconds: 0)
        var pending = definitions
        var preparing = 0.0
        func write(_ captures: ArraySlice<ExecutionCapture>) throws {
            let preparer = try archive.preparer()
            var committed = ContinuousClock.now
            try archive.begin()
            for capture in captures {
                // As often as a harvest commits.
                if ContinuousClock.now - committed > .milliseconds(100) {
                    try archive.commit()
                    try archive.begin()
                    committed = .now
                }
                let begun = ContinuousClock.now
                var execution = try preparer.prepare(capture)
                preparer.pack(&execution)
                preparing += seconds(since: begun)
                _ = try archive.write(&execution, definitions: pending, source: target, grace: 0, at: now)
                pending = []
            }
            try archive.commit()
        }
        // Of these it trains a dictionary, which it does once.
        try write(captures.prefix(trained))
        let before = try rowCount(archive)
        preparing = 0
        let rest = captures.dropFirst(trained)
        let writing = try seconds {
            try write(rest)
            try archive.settle()
        }
        let written = try rowCount(archive) - before
        let (rows, bare) = try bareLoop(from: made, into: folder + "/bare.db")
        let packing = try packing(rest, dictionary: dictionary(archive))
        say("rows", Double(rows))
        say("bare_rows_per_s", Double(rows) / bare)
        say("writer_rows_per_s", Double(written) / (writing - preparing))
        // As if the bare loop had written as many.
        say("bare_packing_rows_per_s", Double(written) / (Double(written) * bare / Double(rows) + packing))
        say("writer_preparing_rows_per_s", Double(written) / writing)
    }

    private static let trained = 320

    private static func rowCount(_ archive: Archive) throws -> Int {
        try copied(archive).reduce(0) { sum, table in
            let count = try archive.query("SELECT count(*) FROM \(rows(of: table))").rows[0][0].integer
            return sum + Int(count ?? 0)
        }
    }

    /// Those that the bare loop writes: triggers seal the others.
    private static func rows(of table: String) -> String {
        table == "seal" ? "seal WHERE part = 'execution'" : "\"\(table)\""
    }

    /// The tables that the bare loop fills.
    private static func copied(_ archive: Archive) throws -> [String] {
        try archive.query(
            """
            SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'error_search%'
                AND name NOT LIKE 'sqlite_%' AND name NOT IN ('derivation', 'overdue')
            """
        ).rows.compactMap { $0[0].text }
    }

    private static func dictionary(_ archive: Archive) throws -> [UInt8] {
        let row = try archive.query("SELECT data FROM dictionary ORDER BY trained_at DESC LIMIT 1").rows.first
        guard case .blob(let bytes)? = row?[0] else { return [] }
        return bytes
    }

    /// Compresses messages as the archive does, half a megabyte at most to a frame, and hashes each.
    private static func packing(
        _ captures: ArraySlice<ExecutionCapture>, dictionary: [UInt8]
    ) throws -> Double {
        let context = ZSTD_createCCtx()
        let trained = ZSTD_createCDict(dictionary, dictionary.count, 9)
        defer {
            ZSTD_freeCDict(trained)
            ZSTD_freeCCtx(context)
        }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 9)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        if !dictionary.isEmpty { ZSTD_CCtx_refCDict(context, trained) }
        let limit = 512 << 10
        var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(limit))
        var hash = [UInt8](repeating: 0, count: 32)
        func pack(_ frame: ArraySlice<UInt8>) {
            frame.withUnsafeBytes {
                _ = ZSTD_compress2(context, &packed, packed.count, $0.baseAddress, $0.count)
            }
        }
        var total = 0.0
        for capture in captures {
            // Reading is not counted.
            let messages = try capture.messages.map { try $0.content.bytes(in: 0..<$0.content.count) }
            total += seconds {
                var frame: [UInt8] = []
                for message in messages {
                    _ = CCrypto.SHA256(message, message.count, &hash)
                    if message.count > limit {
                        for start in stride(from: 0, to: message.count, by: limit) {
                            pack(message[start..<min(start + limit, message.count)])
                        }
                        continue
                    }
                    if frame.count + message.count > limit {
                        pack(frame[...])
                        frame.removeAll(keepingCapacity: true)
                    }
                    frame += message
                }
                pack(frame[...])
            }
        }
        return total
    }

    private static func captures(_ archive: Archive, _ source: SourceID) throws -> [ExecutionCapture] {
        try archive.query("SELECT project, domain, name FROM v_execution ORDER BY created_at, name").rows
            .compactMap { row in
                try archive.capture(
                    of: ExecutionID(
                        project: row[0].text ?? "", domain: row[1].text ?? "", name: row[2].text ?? ""),
                    source: source)
            }
    }

    private static func definitions(_ archive: Archive, _ source: SourceID) throws -> [CapturedDefinition] {
        try archive.query("SELECT kind, project, domain, name, version FROM v_definition").rows.compactMap {
            row in
            guard let kind = row[0].text.flatMap(DefinitionID.Kind.init) else { return nil }
            let id = DefinitionID(
                kind: kind, project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "",
                version: row[4].text ?? "")
            return try archive.definition(id, source: source).map { CapturedDefinition(id: id, bytes: $0) }
        }
    }

    /// Copies all rows with one prepared statement a table, one execution after the other as the writer does, into a
    /// file that promises the same: its foreign keys hold, and what nothing else vouches for is sealed. Reading is not
    /// counted.
    private static func bareLoop(from path: String, into copy: String) throws -> (rows: Int, seconds: Double)
    {
        // With the tables that full-text search has of its own.
        try Archive(path: copy, mode: .readWrite).settle()
        let archive = try Archive(path: path, mode: .readOnly)
        var handle: OpaquePointer?
        guard sqlite3_open(copy, &handle) == SQLITE_OK else { fatalError("no bare database") }
        defer { sqlite3_close_v2(handle) }
        func run(_ sql: String) {
            guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
                fatalError("\(sql): \(String(cString: sqlite3_errmsg(handle)))")
            }
        }
        run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
        run("PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4096")
        let (shared, owned) = try rowsByExecution(archive)
        var statements: [String: OpaquePointer] = [:]
        func insert(_ table: String, _ row: [Cell]) {
            if statements[table] == nil {
                let marks = row.map { _ in "?" }.joined(separator: ", ")
                var statement: OpaquePointer?
                sqlite3_prepare_v2(handle, "INSERT INTO \"\(table)\" VALUES (\(marks))", -1, &statement, nil)
                statements[table] = statement
            }
            let statement = statements[table]
            for (column, cell) in row.enumerated() { bind(cell, Int32(column + 1), statement) }
            guard sqlite3_step(statement) == SQLITE_DONE else {
                fatalError("\(table): \(String(cString: sqlite3_errmsg(handle)))")
            }
            sqlite3_reset(statement)
        }
        var count = 0
        let total = seconds {
            var committed = ContinuousClock.now
            run("BEGIN")
            for rows in [shared] + owned {
                for (table, row) in rows { insert(table, row) }
                count += rows.count
                // As often as a harvest commits.
                if ContinuousClock.now - committed > .milliseconds(100) {
                    run("COMMIT; BEGIN")
                    committed = .now
                }
            }
            run("COMMIT")
            run("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        for statement in statements.values { sqlite3_finalize(statement) }
        return (count, total)
    }

    private typealias Row = (table: String, cells: [Cell])

    /// The rows of a file as they must come: those that many executions share, and those of each execution.
    private static func rowsByExecution(_ archive: Archive) throws -> (shared: [Row], owned: [[Row]]) {
        var packs: [Int64: Int64] = [:]
        for row in try archive.query("SELECT pack_id, execution_id FROM message").rows {
            if let pack = row[0].integer { packs[pack] = row[1].integer }
        }
        var shared: [Row] = []
        var owned: [Int64: [Row]] = [:]
        for name in try inOrderOfReference(copied(archive), archive) {
            let table = try archive.query("SELECT * FROM \(rows(of: name))")
            let owner = table.columns.firstIndex { $0.name == "execution_id" }
            for row in table.rows {
                let execution: Int64? =
                    switch name {
                    case "execution": row[0].integer
                    case "seal": row[0] == .text("execution") ? row[1].integer : nil
                    case "pack": row[0].integer.flatMap { packs[$0] }
                    case "pack_part": row[0].integer.flatMap { packs[$0] }
                    default: owner.flatMap { row[$0].integer }
                    }
                if let execution {
                    owned[execution, default: []].append((name, row))
                } else {
                    shared.append((name, row))
                }
            }
        }
        return (shared, owned.sorted { $0.key < $1.key }.map(\.value))
    }

    /// Tables after those that they refer to.
    private static func inOrderOfReference(_ names: [String], _ archive: Archive) throws -> [String] {
        var open = names
        var ordered: [String] = []
        while !open.isEmpty {
            let ready = try open.filter { name in
                let others = try archive.query(
                    "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('\(name)')")
                return others.rows.allSatisfy { row in
                    row[0].text == name || ordered.contains(row[0].text ?? "")
                }
            }
            guard !ready.isEmpty else { return ordered + open }
            ordered += ready
            open.removeAll { ready.contains($0) }
        }
        return ordered
    }

    private static func bind(_ cell: Cell, _ index: Int32, _ statement: OpaquePointer?) {
        guard let statement else { return }
        switch cell {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let value): sqlite3_bind_int64(statement, index, value)
        case .real(let value): sqlite3_bind_double(statement, index, value)
        case .text(var value):
            value.withUTF8 {
                $0.withMemoryRebound(to: CChar.self) {
                    _ = csqlite_bind_text(statement, index, $0.baseAddress, UInt64($0.count))
                }
            }
        case .blob(let value):
            value.withUnsafeBytes {
                _ = csqlite_bind_blob(statement, index, $0.baseAddress, UInt64($0.count))
            }
        }
    }

    // MARK: Reading

    /// Reads literal maps in an order that has nothing to do with the file's.
    private static func read(_ path: String) throws {
        let archive = try Archive(path: path, mode: .readOnly)
        let ids = try archive.query(
            """
            SELECT input_map_id FROM v_node_execution WHERE input_map_id IS NOT NULL
            ORDER BY input_map_id * 7919 % 1000003 LIMIT 5000
            """
        ).rows.compactMap { $0[0].integer }
        var bytes = 0
        let time = try seconds { for id in ids { bytes += try archive.literalMap(id)?.count ?? 0 } }
        say("maps_read", Double(ids.count))
        say("map_bytes", Double(bytes))
        say("map_read_ms", time / Double(max(ids.count, 1)) * 1000)
    }
}
