import Foundation

/// The views and their columns, as `schema/README.md` documents them: people's SQL depends on them.
public enum ViewContract {
    /// In the order of their documentation.
    public static let views: [(name: String, columns: [String])] = {
        let path = URL(filePath: #filePath).appending(path: "../../../schema/README.md").standardized.path
        guard let bytes = FileManager.default.contents(atPath: path) else {
            preconditionFailure("\(path) cannot be read")
        }
        let page = String(decoding: bytes, as: UTF8.self)
        let views = page[..<(page.firstRange(of: "\n## How the tables")?.lowerBound ?? page.endIndex)]
        return views.split(separator: "\n### `").dropFirst().map { section in
            (
                name: String(section.prefix { $0 != "`" }),
                columns: section.matches(of: #/\n\| `(\w+)` /#).map { String($0.1) }
            )
        }
    }()
}
