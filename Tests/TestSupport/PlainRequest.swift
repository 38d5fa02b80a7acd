import Foundation

/// A request as it goes over the wire, for servers on this machine.
public enum PlainRequest {
    public struct Answer: Sendable {
        public var status: Int
        /// With its line ends.
        public var head: String
        public var body: String
    }

    public enum Failure: Error { case noConnection, noAnswer }

    /// - Parameters:
    ///   - target: As it is, whatever it holds.
    ///   - headers: Lines without their ends. `Host` is added where none is among them.
    public static func send(
        _ method: String = "GET", _ target: String, port: UInt16, headers: [String] = []
    ) throws -> Answer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Failure.noConnection }
        let host = headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: 127.0.0.1:\(port)"]
        let lines = ["\(method) \(target) HTTP/1.1"] + host + headers + ["Connection: close", "", ""]
        let request = Array(lines.joined(separator: "\r\n").utf8)
        guard Foundation.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
        else { throw Failure.noConnection }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
            bytes += buffer[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"),
            let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Failure.noAnswer }
        return Answer(
            status: status, head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
    }
}
