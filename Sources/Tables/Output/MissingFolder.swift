import Glibc

/// Why a file cannot be made where nothing is.
public enum MissingFolder {
    /// What to do where the folder of a path is not there; nil where it is, and for a name in the working folder.
    public static func sentence(for path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex else {
            return nil
        }
        let folder = String(path[..<slash])
        guard access(folder, F_OK) != 0 else { return nil }
        return "There is no folder '\(folder)' for '\(path)'; make it first: mkdir -p '\(folder)'."
    }
}
