import FlyteIDL

extension WireReader {
    /// A `core.ArtifactID` as an address: `flyte://project/domain/name@version`, with its organisation before the project
    /// and its partitions behind a question mark where it has them.
    mutating func artifactAddress() throws(WireError) -> String {
        var inner = try message()
        var key = ["", "", "", ""]
        var version = ""
        var partitions: [KeyBytes] = []
        while let tag = try inner.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited):
                var reader = try inner.message()
                while let tag = try reader.next() {
                    switch (tag.number, tag.kind) {
                    // Project, domain, name, organisation.
                    case (1...4, .lengthDelimited): key[tag.number - 1] = try reader.text()
                    default: try reader.skip(tag)
                    }
                }
            case (2, .lengthDelimited): version = try inner.text()
            case (3, .lengthDelimited): try partitions += inner.partitions()
            default: try inner.skip(tag)
            }
        }
        let organisation = key[3].isEmpty ? "" : key[3] + "/"
        let query = partitions.isEmpty ? "" : "?" + partitions.sorted().map(\.text).joined(separator: "&")
        return "flyte://\(organisation)\(key[0])/\(key[1])/\(key[2])@\(version)\(query)"
    }

    /// A `core.Partitions`: `key=value` each, of those that have a plain value.
    private mutating func partitions() throws(WireError) -> [KeyBytes] {
        var inner = try message()
        var found: [KeyBytes] = []
        while let tag = try inner.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try inner.skip(tag)
                continue
            }
            var entry = try inner.message()
            var (name, value) = ("", "")
            while let tag = try entry.next() {
                switch (tag.number, tag.kind) {
                case (1, .lengthDelimited): name = try entry.text()
                case (2, .lengthDelimited):
                    var label = try entry.message()
                    while let tag = try label.next() {
                        switch (tag.number, tag.kind) {
                        case (1, .lengthDelimited): value = try label.text()
                        default: try label.skip(tag)
                        }
                    }
                default: try entry.skip(tag)
                }
            }
            found.append(KeyBytes("\(name)=\(value)"))
        }
        return found
    }
}
