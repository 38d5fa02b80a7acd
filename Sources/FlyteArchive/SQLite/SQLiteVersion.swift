import CSQLite

/// The SQLite that this process has loaded.
enum SQLiteVersion {
    /// The views use `->>`, which came with 3.38.0 (https://sqlite.org/releaselog/3_38_0.html); STRICT tables came before.
    /// Queries are tried with 3.40.
    static let needed: Int32 = 3_038_000

    /// Throws before anything is opened or made: an older SQLite calls the schema malformed, which looks like damage.
    ///
    /// - Parameter found: As `sqlite3_libversion_number()` writes it.
    static func check(
        for path: String, found: Int32 = sqlite3_libversion_number()
    ) throws(ArchiveError) {
        guard found < needed else { return }
        throw ArchiveError(.oldSQLite(found: text(found), needed: text(needed)), path: path)
    }

    private static func text(_ number: Int32) -> String {
        "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
    }
}
