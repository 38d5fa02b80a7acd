import Glibc

/// Waits on a port of the loopback address for the one request that a browser is sent back with.
final class LoopbackListener: Sendable {
    private let descriptor: Int32
    private let path: String
    private let state: String

    /// - Parameter redirectURL: As the server names it: `http://localhost:53593/callback`.
    init(redirectURL: String, state: String) throws(AdminError) {
        let parts = redirectURL.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let address = parts.count > 2 ? parts[2].split(separator: ":").map(String.init) : []
        guard parts.first == "http:", address.count == 2, ["localhost", "127.0.0.1"].contains(address[0]),
            let port = UInt16(address[1])
        else {
            throw OAuthClient.failure(
                "the server sends browsers to '\(AdminError.plain(redirectURL, limit: 200))', which is no port of this machine; use DeviceFlow"
            )
        }
        path = "/" + (parts.count > 3 ? String(parts[3]) : "")
        self.state = state
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(socket, 8) == 0
            }
        }
        guard isBound else {
            let reason = String(cString: strerror(errno))
            close(socket)
            throw OAuthClient.failure(
                "the port \(port), where the browser comes back to, cannot be had: \(reason)")
        }
        descriptor = socket
    }

    deinit { close(descriptor) }

    /// The code that the browser brings.
    func code(timeout: Duration) async throws(AdminError) -> String {
        let result: Result<String, AdminError> = await withCheckedContinuation { continuation in
            // Waiting for a person takes a thread, and those of the tasks are few.
            WaitingThread.run { continuation.resume(returning: self.wait(timeout)) }
        }
        return try result.get()
    }

    private func wait(_ timeout: Duration) -> Result<String, AdminError> {
        let deadline = ContinuousClock.now + timeout
        while Self.isReady(descriptor, before: deadline) {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { continue }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            defer { close(connection) }
            // Whoever connects and says nothing must not keep the browser out.
            guard let target = Self.target(connection, before: min(deadline, .now + .seconds(5))) else {
                continue
            }
            if let result = answer(target, on: connection) { return result }
        }
        return .failure(OAuthClient.failure("nobody logged in at the browser in time; try again"))
    }

    /// nil for requests that are not the browser's return.
    private func answer(_ target: String, on connection: Int32) -> Result<String, AdminError>? {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.first == Substring(path) else {
            Self.respond(404, "There is nothing here.", connection)
            return nil
        }
        let query = Self.values(parts.count > 1 ? parts[1] : "")
        // Other pages can send a browser here too.
        guard query["state"] == state else {
            Self.respond(
                400, "This log-in was not started by flightlog, or not by the one that waits now.", connection
            )
            return nil
        }
        if let code = query["code"], !code.isEmpty {
            Self.respond(200, "You are logged in. This page can be closed.", connection)
            return .success(code)
        }
        Self.respond(200, "The log-in failed. The terminal says why.", connection)
        let words = [query["error"], query["error_description"]].compactMap { $0 }.joined(separator: ": ")
        return .failure(
            OAuthClient.failure(
                words.isEmpty ? "the browser came back without a code" : AdminError.plain(words, limit: 300)))
    }

    private static func isReady(_ descriptor: Int32, before deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = (deadline - .now).components
            guard left.seconds >= 0, left.attoseconds >= 0 else { return false }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1
            let ready = poll(&wait, 1, Int32(clamping: milliseconds))
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { return false }
        }
    }

    /// The target of a GET request; nil for anything else.
    private static func target(_ connection: Int32, before deadline: ContinuousClock.Instant) -> String? {
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let end = Array("\r\n\r\n".utf8)
        while head.count < 1 << 16, isReady(connection, before: deadline) {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            head += buffer.prefix(count)
            guard head.suffix(4).elementsEqual(end) else { continue }
            let words = String(decoding: head, as: UTF8.self).prefix { $0 != "\r\n" }.split(separator: " ")
            return words.count == 3 && words[0] == "GET" ? String(words[1]) : nil
        }
        return nil
    }

    private static func values(_ query: Substring) -> [String: String] {
        var values: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[decoded(parts[0])] = decoded(parts.count > 1 ? parts[1] : "")
        }
        return values
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A page of our own words alone: nothing of the request comes back in it.
    private static func respond(_ status: Int, _ sentence: String, _ connection: Int32) {
        let page = "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>flightlog</title><p>\(sentence)\n"
        let text =
            "HTTP/1.1 \(status) \(status == 200 ? "OK" : "Refused")\r\nContent-Type: text/html; charset=utf-8\r\n"
            + "Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\n"
            + "Content-Length: \(page.utf8.count)\r\nConnection: close\r\n\r\n\(page)"
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
        shutdown(connection, Int32(SHUT_WR))
    }
}
