import FlyteModel

/// An execution as people name it: `project/domain/name`, a name or its beginning, what stands in the address line of
/// Flyte's console, or an address that Flyte's own tools print.
struct ExecutionReference: Hashable {
    var project: String?
    var domain: String?
    var name: String

    init(_ text: String) {
        let text = Self.trimmed(text)
        var parts = text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        if let projects = parts.firstIndex(of: "projects"), parts.count >= projects + 6,
            parts[projects + 2] == "domains", parts[projects + 4] == "executions"
        {
            (project, domain, name) = (
                parts[projects + 1], parts[projects + 3], Self.withoutQuery(parts[projects + 5])
            )
        } else if parts.first == "flyte:" {
            // flyte://v1/project/domain/execution/node/attempt/o0
            parts.removeFirst()
            if let version = parts.first?.utf8, version.first == UInt8(ascii: "v"), version.count > 1,
                version.dropFirst().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
            {
                parts.removeFirst()
            }
            if parts.count >= 3 {
                (project, domain, name) = (parts[0], parts[1], Self.withoutQuery(parts[2]))
            } else {
                (project, domain, name) = (nil, nil, text)
            }
        } else if parts.count == 3 {
            (project, domain, name) = (parts[0], parts[1], parts[2])
        } else {
            // ex:project:domain:name, as flytekit writes an identifier.
            let words = text.utf8.split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
            if words.count == 4, words[0] == "ex" {
                (project, domain, name) = (words[1], words[2], words[3])
            } else {
                (project, domain, name) = (nil, nil, text)
            }
        }
    }

    /// With all its parts; nil for a bare name.
    var id: ExecutionID? {
        guard let project, let domain else { return nil }
        return ExecutionID(project: project, domain: domain, name: name)
    }

    /// What a mouse takes along.
    private static func trimmed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let rest = bytes.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
        return String(decoding: rest, as: UTF8.self)
    }

    private static func withoutQuery(_ part: String) -> String {
        String(Substring(part.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }))
    }
}
