import CSQLite
import CZstd
public import FlyteModel

extension LibraryVersion {
    /// The archive's format.
    public static var sqlite: LibraryVersion {
        numbered(
            "SQLite", sqlite3_libversion_number(), base: 1000, least: SQLiteVersion.needed,
            reason: "the operator ->>")
    }

    /// What messages are packed with.
    public static var zstd: LibraryVersion {
        numbered(
            "zstd", Int32(ZSTD_versionNumber()), base: 100, least: 10_405, reason: "ZDICT_getDictHeaderSize")
    }

    private static func numbered(
        _ name: String, _ number: Int32, base: Int32, least: Int32, reason: String
    ) -> LibraryVersion {
        func parts(_ number: Int32) -> [Int] {
            [number / (base * base), number / base % base, number % base].map(Int.init)
        }
        return LibraryVersion(
            name, found: parts(number).map(String.init).joined(separator: "."), numbers: parts(number),
            least: parts(least), reason: reason)
    }
}
