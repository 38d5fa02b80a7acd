import FlyteIDL

/// How a message is written on the wire.
enum WireForm: Hashable {
    case protobuf
    case json(JSONNames)

    enum JSONNames: Hashable {
        case snakeCase, camelCase
    }

    var contentType: String {
        switch self {
        case .protobuf: "application/octet-stream"
        case .json: "application/json"
        }
    }

    /// The gateway's choice: the first `Accept` line that is, as it stands, one of two types; else what
    /// the request's own body is written in; else lowerCamelCase JSON.
    static func answering(_ request: ServerRequest) -> WireForm {
        for line in request.values(of: "Accept") {
            if let form = named(String(line.trimmed)) { return form }
        }
        return reading(request)
    }

    /// What the request's own body is written in.
    static func reading(_ request: ServerRequest) -> WireForm {
        for line in request.values(of: "Content-Type") {
            let type = line.prefix { $0 != ";" }
            if let form = named(type.trimmed.lowercased()) { return form }
        }
        return .json(.camelCase)
    }

    private static func named(_ type: String) -> WireForm? {
        switch type {
        case "application/octet-stream": .protobuf
        case "application/json": .json(.snakeCase)
        default: nil
        }
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    var trimmed: SubSequence {
        guard let first = firstIndex(where: { $0 != " " && $0 != "\t" }),
            let last = lastIndex(where: { $0 != " " && $0 != "\t" })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
