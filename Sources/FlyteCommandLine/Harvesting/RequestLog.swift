import FlyteModel
import FlyteServer
import Glibc

/// Writes down what a server is asked, a line a request. No header is written: tokens are in them.
final class RequestLog: Sendable {
    private let descriptor: Int32

    /// Appends to the file, and makes it when there is none.
    init(_ path: String) throws(Failure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure("'\(path)' cannot be written: \(String(cString: strerror(errno))).")
        }
    }

    deinit { close(descriptor) }

    func hear(_ line: LoggedRequest) {
        let request = line.request
        let query = request.query.isEmpty ? "" : "?" + request.query
        let status = line.status.map(String.init) ?? "-"
        let text = "\(Timestamp.now.microsecondText) \(request.method) \(request.path)\(query) \(status)\n"
        // What the disk does not take is lost: the server goes on.
        _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
