import CommandLineParser
import FlyteReport

/// The format that a file's ending asks for.
enum FileEnding {
    /// nil where there is no ending, or the name is a folder's; refuses one that no report can have, since a file that
    /// is called so would not be what it says.
    static func format(of path: String) throws(UsageError) -> ReportFormat? {
        if let format = ReportFormat(ofFile: path) { return format }
        let name =
            path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last.map {
                String(Substring($0))
            } ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex,
            name.index(after: dot) != name.endIndex
        else {
            return nil
        }
        let formats = ReportFormat.allCases.map { ".\($0.rawValue)" }
        throw UsageError(
            "'\(path)': no report is written as '\(name[dot...])'. Give it one of the endings \(formats.joined(separator: ", ")), or say --format.\(hint(name[dot...].lowercased()))"
        )
    }

    private static func hint(_ ending: String) -> String {
        ending == ".pdf" ? " A browser prints the html page as a PDF." : ""
    }
}
