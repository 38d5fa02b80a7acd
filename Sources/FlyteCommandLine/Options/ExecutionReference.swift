import FlyteModel

/// An execution as people name it: `project/domain/name`, a bare name, or a console URL.
struct ExecutionReference: Hashable {
    var project: String?
    var domain: String?
    var name: String

    init(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        if let projects = parts.firstIndex(of: "projects"), parts.count >= projects + 6,
            parts[projects + 2] == "domains",
            parts[projects + 4] == "executions"
        {
            project = parts[projects + 1]
            domain = parts[projects + 3]
            name = String(
                Substring(
                    parts[projects + 5].utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }))
        } else if parts.count == 3 {
            (project, domain, name) = (parts[0], parts[1], parts[2])
        } else {
            (project, domain, name) = (nil, nil, text)
        }
    }

    /// With all its parts; nil for a bare name.
    var id: ExecutionID? {
        guard let project, let domain else { return nil }
        return ExecutionID(project: project, domain: domain, name: name)
    }
}
