public import FlyteAdmin
import FlyteIDL
import Foundation

/// Answers a client's questions from a recorded set: each recorded question its recorded answer, byte for
/// byte; lists cut from the recorded whole by `limit` and `token`, and refused above 4 MiB as the server does.
public final class RecordedTransport: Transport {
    private let single: [String: RecordedExchange]
    private let lists: [String: [[UInt8]]]
    private let blobs: [String: RecordedExchange]

    public init(_ set: RecordedExchange.Set) throws {
        var single: [String: RecordedExchange] = [:]
        var lists: [String: [[UInt8]]] = [:]
        var blobs: [String: RecordedExchange] = [:]
        var executions: [String: [[UInt8]]] = [:]
        for exchange in RecordedExchange.all(set) where exchange.method == "GET" {
            if exchange.kind == "blob" {
                blobs[Self.key(exchange.path)] = exchange
                continue
            }
            guard exchange.isProtobuf else { continue }
            if exchange.rpc.hasPrefix("List"), exchange.rpc != "ListProjects",
                exchange.query.contains("limit=")
            {
                guard exchange.status == 200 else { continue }
                let key = Self.listKey(exchange.path, exchange.query)
                var items: [[UInt8]] = []
                var reader = WireReader(exchange.body ?? [])
                while let tag = try reader.next() {
                    if tag.number == 1, tag.kind == .lengthDelimited {
                        items.append(try reader.byteArray())
                    } else {
                        try reader.skip(tag)
                    }
                }
                lists[key, default: []] += items
            } else if single[Self.key(exchange.path)] == nil {
                single[Self.key(exchange.path)] = exchange
                if exchange.rpc == "GetExecution", exchange.status == 200 {
                    let folder = exchange.path.split(separator: "/").dropLast().joined(separator: "/")
                    executions[Self.listKey("/" + folder, ""), default: []].append(exchange.body ?? [])
                }
            }
        }
        // Lists that were too large to be recorded are made of their items.
        for (key, items) in executions where lists[key] == nil { lists[key] = items }
        self.single = single
        self.lists = lists
        self.blobs = blobs
    }

    private static func parameters(_ query: some StringProtocol) -> [String: String] {
        var result: [String: String] = [:]
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            result[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
        }
        return result
    }

    /// Clients differ in what they escape.
    private static func key(_ path: String) -> String { path.removingPercentEncoding ?? path }

    private static func listKey(_ path: String, _ query: some StringProtocol) -> String {
        key(path) + "?" + (parameters(query)["unique_parent_id"] ?? "")
    }

    public func send(_ request: HTTPRequest, sink: BodySink?) async throws(TransportError) -> HTTPResponse {
        var response = answer(to: request)
        if let sink, response.status == 200 {
            guard response.body.withUnsafeBytes(sink) else {
                throw TransportError(kind: .tooLarge, host: request.url)
            }
            response.body = []
        }
        return response
    }

    private func answer(to request: HTTPRequest) -> HTTPResponse {
        let afterScheme =
            request.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
        let slash = afterScheme.firstIndex(of: "/") ?? afterScheme.endIndex
        let target = afterScheme[slash...]
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts[0])
        let query = parts.count > 1 ? parts[1] : ""
        if let blob = blobs[Self.key(path)] { return answer(blob) }
        let parameters = Self.parameters(query)
        if let limit = parameters["limit"].flatMap({ Int($0) }) {
            return list(
                lists[Self.listKey(path, query)] ?? [], limit: limit,
                offset: Int(parameters["token"] ?? "") ?? 0)
        }
        if let exchange = single[Self.key(path)] { return answer(exchange) }
        return refusal(404, 5, "Not Found")
    }

    private func answer(_ exchange: RecordedExchange) -> HTTPResponse {
        var headers = exchange.headers
        headers["date"] = "Mon, 23 Nov 2026 20:00:00 GMT"
        return HTTPResponse(status: exchange.status, headers: headers, body: exchange.body ?? [])
    }

    private func list(_ items: [[UInt8]], limit: Int, offset: Int) -> HTTPResponse {
        let page = items.dropFirst(offset).prefix(limit)
        var writer = WireWriter()
        for item in page { writer.field(1, item) }
        if page.count == limit { writer.field(2, String(offset + page.count).utf8) }
        let size = writer.bytes.count
        if size > 4_194_304 {
            return refusal(429, 8, "grpc: received message larger than max (\(size) vs. 4194304)")
        }
        return HTTPResponse(
            status: 200,
            headers: ["content-type": "application/octet-stream", "date": "Mon, 23 Nov 2026 20:00:00 GMT"],
            body: writer.bytes)
    }

    private func refusal(_ status: Int, _ code: Int64, _ message: String) -> HTTPResponse {
        let body = Message("google.rpc.Status", ["code": .int64(code), "message": .string(message)]).encoded()
        return HTTPResponse(status: status, headers: ["content-type": "application/octet-stream"], body: body)
    }
}
