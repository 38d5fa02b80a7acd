import Foundation

/// A server on a loopback socket that answers with the very bytes it is told to, however wrong they are.
public final class RawServer: Sendable {
    public struct Request: Sendable {
        /// Counts from 0, over all connections.
        public var number = 0
        /// Counts from 0.
        public var connection = 0
        public var method = ""
        /// Path and query as they came.
        public var target = ""
        /// By their names in lower case.
        public var headers: [String: String] = [:]
        public var body: [UInt8] = []

        public var path: String { String(target.prefix { $0 != "?" }) }
    }

    public enum Answer: Sendable {
        /// The bytes, and then the next request of the connection.
        case bytes([UInt8])
        /// The bytes, and then the connection's end.
        case bytesAndClose([UInt8])
        /// The bytes, and then a reset.
        case bytesAndReset([UInt8])
        /// The bytes, and then nothing more until the server is stopped.
        case bytesAndHang([UInt8])
        /// The bytes, and then what is given as soon as it is given; then the next request.
        case bytesAndThen([UInt8], @Sendable () -> [UInt8])
        /// The bytes, and then what is given again and again, until nobody takes it.
        case bytesAndEndlessly([UInt8], @Sendable () -> [UInt8])
        /// A byte every so many milliseconds.
        case drip([UInt8], milliseconds: UInt32)

        /// A whole answer that HTTP approves of.
        public static func http(
            _ status: Int, _ headers: [String: String] = [:], _ body: [UInt8] = []
        ) -> Answer {
            .bytes(head(status, headers, length: body.count) + body)
        }

        public static func protobuf(_ body: [UInt8]) -> Answer {
            http(200, ["Content-Type": "application/octet-stream"], body)
        }

        /// A status line and header fields, with a Content-Length that may be a lie.
        public static func head(_ status: Int, _ headers: [String: String] = [:], length: Int?) -> [UInt8] {
            var text = "HTTP/1.1 \(status) Whatever\r\n"
            for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
            if let length { text += "Content-Length: \(length)\r\n" }
            return Array((text + "\r\n").utf8)
        }
    }

    /// A piece of a body in chunks.
    public static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }

    public let port: Int
    private let listener: Int32
    private let state = State()
    private let answer: @Sendable (Request) -> Answer

    public var base: String { "http://127.0.0.1:\(port)" }
    /// All requests so far, in the order of their coming.
    public var requests: [Request] { state.withLock { $0.requests } }
    public var connections: Int { state.withLock { $0.connections } }

    public init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        self.answer = answer
        (listener, port) = try Self.bound(isListening: true)
        Thread.detachNewThread { [state, answer, listener] in
            // Who waits on a descriptor closes it: its number may be another server's at once.
            defer { close(listener) }
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    if state.withLock({ $0.isStopped }) { return }
                    usleep(1000)
                    continue
                }
                let number = state.withLock { values in
                    values.sockets.insert(connection)
                    if values.isStopped { shutdown(connection, Int32(SHUT_RDWR)) }
                    values.connections += 1
                    return values.connections - 1
                }
                Thread.detachNewThread { Self.serve(connection, number, state, answer) }
            }
        }
    }

    deinit { stop() }

    /// Ends the server and all its connections.
    public func stop() {
        state.withLock { values in
            guard !values.isStopped else { return }
            values.isStopped = true
            for socket in [listener] + values.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// A port of the loopback address that refuses connections.
    public static func closedPort() throws -> Int {
        // No server that is stopped again: its thread might take what the next one on the descriptor is sent.
        let (socket, port) = try bound(isListening: false)
        close(socket)
        return port
    }

    private static func bound(isListening: Bool) throws -> (socket: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && (!isListening || listen(descriptor, 128) == 0)
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    // Unchecked: the lock guards the values.
    private final class State: @unchecked Sendable {
        struct Values {
            var requests: [Request] = []
            var connections = 0
            var sockets: Set<Int32> = []
            var isStopped = false
        }
        private var values = Values()
        private let lock = NSLock()

        func withLock<Result>(_ body: (inout Values) -> Result) -> Result {
            lock.lock()
            defer { lock.unlock() }
            return body(&values)
        }
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func serve(
        _ connection: Int32, _ number: Int, _ state: State, _ answer: @Sendable (Request) -> Answer
    ) {
        defer {
            state.withLock { values in
                values.sockets.remove(connection)
                _ = close(connection)
            }
        }
        var buffer: [UInt8] = []
        while var request = read(from: connection, &buffer) {
            request.connection = number
            let index = state.withLock { values in
                request.number = values.requests.count
                values.requests.append(request)
                return request.number
            }
            request.number = index
            switch answer(request) {
            case .bytes(let bytes): guard write(bytes, to: connection) else { return }
            case .bytesAndThen(let bytes, let rest):
                guard write(bytes, to: connection), write(rest(), to: connection) else { return }
            case .bytesAndEndlessly(let bytes, let more):
                guard write(bytes, to: connection) else { return }
                while write(more(), to: connection) {}
                return
            case .bytesAndClose(let bytes):
                _ = write(bytes, to: connection)
                return
            case .bytesAndReset(let bytes):
                _ = write(bytes, to: connection)
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(
                    connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
                return
            case .bytesAndHang(let bytes):
                _ = write(bytes, to: connection)
                var byte: UInt8 = 0
                while recv(connection, &byte, 1, 0) > 0 {}
                return
            case .drip(let bytes, let milliseconds):
                for byte in bytes {
                    guard write([byte], to: connection) else { return }
                    usleep(milliseconds * 1000)
                }
            }
        }
    }

    private static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// The next request of a connection; nil at its end.
    private static func read(from socket: Int32, _ buffer: inout [UInt8]) -> Request? {
        func more() -> Bool {
            var chunk = [UInt8](repeating: 0, count: 16384)
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { return false }
            buffer += chunk.prefix(count)
            return true
        }
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let index = buffer.indices.first(where: { buffer[$0...].starts(with: end) }) {
                let lines = String(decoding: buffer[..<index], as: UTF8.self).components(separatedBy: "\r\n")
                buffer.removeFirst(index + 4)
                let words = lines[0].split(separator: " ")
                guard words.count == 3 else { return nil }
                var request = Request()
                request.method = String(words[0])
                request.target = String(words[1])
                for line in lines.dropFirst() {
                    guard let colon = line.firstIndex(of: ":") else { continue }
                    request.headers[line[..<colon].lowercased()] = String(
                        line[line.index(after: colon)...]
                    ).trimmingCharacters(in: .whitespaces)
                }
                let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
                while buffer.count < length { guard more() else { return nil } }
                request.body = Array(buffer.prefix(length))
                buffer.removeFirst(length)
                return request
            }
            guard more() else { return nil }
        }
    }
}
