import FlyteIDL
import FlyteModel

/// What stands between HTTP and the API, as grpc-gateway does: paths, queries, the forms of answers, errors.
struct Gateway: Sendable {
    /// The server's limit for a message, above which the gateway refuses to pass it on.
    var messageLimit: Int

    /// A message as an answer.
    struct Answer {
        /// Protobuf.
        var bytes: [UInt8]
        /// Such as `admin.Execution`.
        var type: String
    }

    /// A request whose path fits a route.
    struct Call {
        /// What the path's placeholders stand for, in order.
        var parts: [String]
        var query: [(key: String, value: String)]
        var body: [UInt8]
        /// What the body is written in.
        var form: WireForm

        /// The body, whose type has this name; of no bytes the message in which nothing is set.
        func message(_ type: String) throws(Refusal) -> Message {
            guard !body.isEmpty else { return Message(type) }
            switch form {
            case .protobuf:
                do {
                    return try Message(decoding: body, as: type)
                } catch {
                    throw .invalid("proto: cannot parse invalid wire-format data: \(error)")
                }
            case .json:
                do {
                    return try Message(json: body, as: IDL.message(type))
                } catch {
                    throw .invalid("\(error)")
                }
            }
        }

        func parameters(_ declared: Parameters.Declaration) throws(Refusal) -> Parameters {
            try Parameters(declared, from: query)
        }
    }

    struct Route: Sendable {
        var method: String
        /// Segments below `/api/v1`; `*` is a placeholder.
        var pattern: [String]
        var handle: @Sendable (Call) throws(Refusal) -> Answer

        init(
            _ method: String, _ pattern: String,
            _ handle: @escaping @Sendable (Call) throws(Refusal) -> Answer
        ) {
            self.method = method
            self.pattern = pattern.parts(by: UInt8(ascii: "/")).map(String.init)
            self.handle = handle
        }
    }

    var routes: [Route]

    func respond(to request: ServerRequest) -> ServerResponse {
        let form = WireForm.answering(request)
        do throws(Refusal) {
            // The whole path is decoded before it is split: a slash in a value cannot be addressed.
            guard let bytes = PercentCoding.decoded(request.path),
                let path = String(validating: bytes, as: UTF8.self)
            else {
                throw Refusal.internal("grpc: error while marshaling: string field contains invalid UTF-8")
            }
            let segments = path.parts(by: UInt8(ascii: "/")).dropFirst().map(String.init)
            let (route, parts) = try route(for: segments, method: request.method)
            let call = Call(
                parts: parts, query: try Self.pairs(request.query), body: request.body,
                form: .reading(request))
            let answer = try route.handle(call)
            guard answer.bytes.count <= messageLimit else {
                throw Refusal(
                    code: 8,
                    message:
                        "grpc: received message larger than max (\(answer.bytes.count) vs. \(messageLimit))"
                )
            }
            var response = ServerResponse(
                status: 200, contentType: form.contentType, body: try Self.body(answer, form))
            response.set("Grpc-Metadata-Content-Type", "application/grpc")
            return response
        } catch {
            return Self.refusal(error, to: request)
        }
    }

    private func route(for segments: [String], method: String) throws(Refusal) -> (Route, [String]) {
        guard
            segments.starts(with: ["api", "v1"]) || segments.first?.beginsWithBytes(of: ".well-known") == true
                || segments.first == "config" || segments.first == "me"
        else { throw .notFound("Not Found") }
        let rest = segments.starts(with: ["api", "v1"]) ? Array(segments.dropFirst(2)) : segments
        var fits = false
        for route in routes where route.pattern.count == rest.count {
            guard zip(route.pattern, rest).allSatisfy({ $0 == "*" || $0.hasSameBytes(as: $1) }) else {
                continue
            }
            fits = true
            if route.method == method {
                return (route, zip(route.pattern, rest).filter { $0.0 == "*" }.map(\.1))
            }
        }
        throw fits ? .unimplemented("Method Not Allowed") : .notFound("Not Found")
    }

    private static func pairs(_ query: String) throws(Refusal) -> [(key: String, value: String)] {
        guard !query.utf8.contains(UInt8(ascii: ";")) else {
            throw .invalid("invalid semicolon separator in query")
        }
        var pairs: [(key: String, value: String)] = []
        for part in query.parts(by: UInt8(ascii: "&")) where !part.isEmpty {
            let halves = part.parts(by: UInt8(ascii: "="), atMost: 2)
            guard let key = PercentCoding.decoded(halves[0], plusIsSpace: true),
                let value = PercentCoding.decoded(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else { throw .invalid("invalid URL escape \"\(part)\"") }
            pairs.append((String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return pairs
    }

    static func body(_ answer: Answer, _ form: WireForm) throws(Refusal) -> [UInt8] {
        switch form {
        case .protobuf: return answer.bytes
        case .json(let names):
            do {
                let style: JSONStyle = names == .snakeCase ? .snakeCase : .camelCase
                return try IDL.message(answer.type).json(of: answer.bytes, style)
            } catch {
                // What JSON cannot say is a fault of the server to who asks for JSON.
                throw Refusal(code: 2, message: "\(error)")
            }
        }
    }

    static func refusal(_ refusal: Refusal, to request: ServerRequest) -> ServerResponse {
        let form = WireForm.answering(request)
        var response = ServerResponse(
            status: refusal.status, contentType: form.contentType, body: refusal.body(form))
        if refusal.code == 16 { response.set("WWW-Authenticate", refusal.message) }
        return response
    }
}
