/// Where to look further: a console page, a log.
public struct LinksBlock: Hashable, Sendable {
    public struct Link: Hashable, Sendable {
        public var title: String
        /// From Flyte, and so anything. What is no address of the web is shown, and leads nowhere.
        public var address: String

        public init(_ title: String, _ address: String) {
            self.title = title
            self.address = address
        }
    }

    /// Its name within its section, for CSV and JSON.
    public var key: String
    public var links: [Link]

    public init(key: String = "links", _ links: [Link]) {
        self.key = key
        self.links = links
    }
}

extension LinksBlock.Link {
    /// The address, where it is safe to follow: of the web, and of nothing but the characters of addresses.
    var safeAddress: String? {
        let lower = address.lowercased()
        let isWeb = lower.hasPrefix("https://") || lower.hasPrefix("http://")
        let isPlain = address.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains($0)
        }
        return isWeb && isPlain ? address : nil
    }
}

extension LinksBlock {
    /// A row for each link.
    var figures: FigureTable {
        FigureTable(
            columns: [FigureColumn("", "title"), FigureColumn("", "address")],
            rows: links.map { [.text($0.title), .text($0.address)] })
    }
}
