import Locking
import CCurl
import Glibc

/// Asks with libcurl: many transfers at once on one thread, connections reused, HTTP/2 where TLS offers it.
///
/// Redirects are answers like others: whether to follow one is the caller's to decide.
public final class CurlTransport: Transport {
    public struct Options: Hashable, Sendable {
        /// Sent as `User-Agent`.
        public var userAgent = "flightlog"
        /// Seconds.
        public var connectTimeout = 10
        /// Seconds without a byte, after which a transfer is given up.
        public var idleTimeout = 60
        /// Seconds that a transfer may last in all.
        public var totalTimeout = 1800
        /// A PEM bundle; nil for the system's.
        public var caFile: String?
        /// A proxy's URL; nil for what `http_proxy`, `https_proxy` and `no_proxy` say.
        public var proxy: String?
        /// Takes any certificate. Whoever sets it warns the user.
        public var skipsVerification = false
        /// Longer bodies are errors.
        public var maximumBody = 1 << 30

        public init() {}
    }

    private let loop: CurlLoop

    public init(options: Options = Options()) { loop = CurlLoop(options: options) }

    deinit { loop.stop() }

    public func send(_ request: HTTPRequest, sink: BodySink?) async throws(TransportError) -> HTTPResponse {
        let transfer = CurlTransfer(request, sink: sink)
        let result: Result<HTTPResponse, TransportError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.continuation = continuation
                loop.start(transfer)
                // A cancellation that came before the start found nothing to cancel.
                if Task.isCancelled { loop.cancel(transfer) }
            }
        } onCancel: {
            loop.cancel(transfer)
        }
        return try result.get()
    }
}

/// One request on its way.
// Unchecked: made by the caller, which lets go of it by `start`; from then on only the loop's thread
// touches it.
final class CurlTransfer: @unchecked Sendable {
    let request: HTTPRequest
    private let sink: BodySink?
    var continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>?

    fileprivate var easy: OpaquePointer?
    fileprivate var headerList: UnsafeMutablePointer<curl_slist>?
    fileprivate var headers: [String: String] = [:]
    /// 0 before the answer.
    private var status = 0
    /// Whether the empty line after the header fields has come.
    fileprivate var isHeadComplete = false
    fileprivate var body: [UInt8] = []
    fileprivate var maximumBody = 0
    fileprivate var isTooLarge = false
    /// Asks for a place among the large bodies that are received at once.
    fileprivate var mayBeLarge: (CurlTransfer) -> Bool = { _ in true }
    fileprivate var isLarge = false
    fileprivate let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ request: HTTPRequest, sink: BodySink?) {
        self.request = request
        self.sink = sink
    }

    deinit { errorText.deallocate() }

    /// Scheme, host and port: what messages may say of the address.
    var host: String {
        let rest = request.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard rest.count > 2, rest[0].hasSuffix(":") else { return String(request.url.prefix(100)) }
        return "\(rest[0])//\(rest[2].split(separator: "@").last ?? "")"
    }

    /// What libcurl wants to hear: how many bytes were taken.
    fileprivate func receive(_ data: UnsafeRawBufferPointer) -> Int {
        if let sink, status == 200 {
            isTooLarge = !sink(data)
            return isTooLarge ? 0 : data.count
        }
        guard body.count + data.count <= maximumBody else {
            isTooLarge = true
            return 0
        }
        if !isLarge, body.count + data.count > Self.largeBytes {
            guard mayBeLarge(self) else { return Int(CURL_WRITEFUNC_PAUSE) }
        }
        body.append(contentsOf: data)
        return data.count
    }

    private static let largeBytes = 256 << 10

    // In bytes: an answer has a dozen lines, and there is one answer a request.
    fileprivate func receiveHeader(_ line: UnsafeRawBufferPointer) {
        if line.starts(with: "HTTP/".utf8) {
            headers.removeAll(keepingCapacity: true)  // those of an interim answer, or of a proxy
            let code = line.drop { $0 != UInt8(ascii: " ") }.dropFirst().prefix(3)
            status = Int(String(decoding: code, as: UTF8.self)) ?? 0
            isHeadComplete = false
            return
        }
        let isSpace: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 || $0 == 10 }
        var end = line.count
        while end > 0, isSpace(line[end - 1]) { end -= 1 }
        if end == 0 {
            isHeadComplete = true
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        var start = colon + 1
        while start < end, isSpace(line[start]) { start += 1 }
        let value = String(decoding: line[min(start, end)..<end], as: UTF8.self)
        let name = String(unsafeUninitializedCapacity: colon) { target in
            for index in 0..<colon {
                let byte = line[index]
                target[index] = byte >= 65 && byte <= 90 ? byte | 32 : byte
            }
            return colon
        }
        headers[name] = value
        if name == "content-length", sink == nil, let length = Int(value), (0...maximumBody).contains(length)
        {
            body.reserveCapacity(min(length, 64 << 20))
        }
    }
}

/// The thread that drives libcurl's multi interface.
// Unchecked: `queue` has a lock, and all else belongs to the thread, which alone uses `multi` but for `wake`; that is done
// under the lock, and not once the thread has said there that it is about to free it.
private final class CurlLoop: @unchecked Sendable {
    private enum Command {
        case start(CurlTransfer)
        case cancel(CurlTransfer)
    }
    private struct Queue {
        var commands: [Command] = []
        var isStopped = false
        /// Set by the thread before it ends.
        var isGone = false
    }

    private let options: CurlTransport.Options
    private let multi: OpaquePointer
    private let queue = Guarded(Queue())
    private var running: [OpaquePointer: CurlTransfer] = [:]
    private var idle: [OpaquePointer] = []
    /// Large bodies are in memory, and so only some are received at once: the others are paused meanwhile.
    private var largeBodies = 0
    private var paused: [CurlTransfer] = []

    private static let largeBodiesAtOnce = 4

    // Once for the process, before any thread of ours, as libcurl asks.
    private static let initialised: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(options: CurlTransport.Options) {
        precondition(Self.initialised, "libcurl cannot be initialised")
        guard let multi = curl_multi_init() else { preconditionFailure("libcurl has no memory") }
        self.options = options
        self.multi = OpaquePointer(multi)
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, me.toOpaque())
        precondition(status == 0, "no thread for libcurl")
        pthread_detach(thread)
    }

    func start(_ transfer: CurlTransfer) { post(.start(transfer)) }
    func cancel(_ transfer: CurlTransfer) { post(.cancel(transfer)) }

    /// Ends the thread when all that was begun has come to its end.
    func stop() {
        queue.withLock { queue in
            queue.isStopped = true
            if !queue.isGone { wake() }
        }
    }

    // The transport stops the loop when nobody has it any longer, and so nobody can ask for anything afterwards.
    private func post(_ command: Command) {
        queue.withLock { queue in
            precondition(!queue.isGone, "asked after the end")
            queue.commands.append(command)
            // Whoever came before has waked the thread, which has not looked since.
            if queue.commands.count == 1 { wake() }
        }
    }

    /// The only function of a multi handle that other threads may call, as long as there is one.
    private func wake() { curl_multi_wakeup(UnsafeMutableRawPointer(multi)) }

    private func run() {
        while true {
            let hasRunning = !running.isEmpty
            let (commands, isGone) = queue.withLock { queue in
                defer { queue.commands = [] }
                queue.isGone = queue.isStopped && queue.commands.isEmpty && !hasRunning
                return (queue.commands, queue.isGone)
            }
            if isGone { break }
            for command in commands {
                switch command {
                case .start(let transfer): begin(transfer)
                case .cancel(let transfer) where transfer.easy == nil: break  // not begun, or done
                case .cancel(let transfer):
                    finish(transfer, .failure(TransportError(kind: .cancelled, host: transfer.host)))
                }
            }
            var active: Int32 = 0
            curl_multi_perform(UnsafeMutableRawPointer(multi), &active)
            reap()
            if queue.withLock({ $0.commands.isEmpty && !($0.isStopped && running.isEmpty) }) {
                curl_multi_poll(UnsafeMutableRawPointer(multi), nil, 0, 1000, nil)
            }
        }
        for easy in idle { curl_easy_cleanup(UnsafeMutableRawPointer(easy)) }
        curl_multi_cleanup(UnsafeMutableRawPointer(multi))
    }

    private func begin(_ transfer: CurlTransfer) {
        guard let handle = idle.popLast() ?? curl_easy_init().map({ OpaquePointer($0) }) else {
            return complete(
                transfer, .failure(TransportError(kind: .other, host: transfer.host, detail: "no memory")))
        }
        let easy = UnsafeMutableRawPointer(handle)
        transfer.easy = handle
        transfer.maximumBody = options.maximumBody
        transfer.mayBeLarge = { [unowned self] in admit($0) }
        let request = transfer.request
        ccurl_set_string(easy, CURLOPT_URL, request.url)
        ccurl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_string(easy, CURLOPT_USERAGENT, options.userAgent)
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT, options.connectTimeout)
        ccurl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
        ccurl_set_long(easy, CURLOPT_LOW_SPEED_TIME, options.idleTimeout)
        ccurl_set_long(easy, CURLOPT_TIMEOUT, options.totalTimeout)
        ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        // Paths are ours, and their dots and slashes mean what they say.
        ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        let version = request.url.hasPrefix("https:") ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
        ccurl_set_long(easy, CURLOPT_HTTP_VERSION, version)
        ccurl_set_long(easy, CURLOPT_PIPEWAIT, 1)
        if let proxy = options.proxy { ccurl_set_string(easy, CURLOPT_PROXY, proxy) }
        if let file = options.caFile { ccurl_set_string(easy, CURLOPT_CAINFO, file) }
        if options.skipsVerification {
            ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 0)
            ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0)
        }
        if request.method != "GET" { ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method) }
        // libcurl repeats what a kept connection swallowed.
        if !request.isIdempotent { ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1) }
        if let body = request.body {
            body.withUnsafeBytes { bytes in
                // An empty body still wants an address.
                if let base = bytes.baseAddress {
                    _ = ccurl_set_body(easy, base, bytes.count)
                } else {
                    _ = ccurl_set_body(easy, "", 0)
                }
            }
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for header in request.headers { list = curl_slist_append(list, "\(header.name): \(header.value)") }
        transfer.headerList = list
        ccurl_set_headers(easy, list)
        transfer.errorText[0] = 0
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(transfer.errorText))
        let user = Unmanaged.passUnretained(transfer).toOpaque()
        ccurl_set_pointer(easy, CURLOPT_WRITEDATA, user)
        ccurl_set_pointer(easy, CURLOPT_HEADERDATA, user)
        ccurl_set_callback(easy, CURLOPT_WRITEFUNCTION) { data, size, count, user in
            guard let user else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(user).takeUnretainedValue()
            return transfer.receive(UnsafeRawBufferPointer(start: data, count: size * count))
        }
        ccurl_set_callback(easy, CURLOPT_HEADERFUNCTION) { data, size, count, user in
            guard let user else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(user).takeUnretainedValue()
            transfer.receiveHeader(UnsafeRawBufferPointer(start: data, count: size * count))
            return size * count
        }
        running[handle] = transfer
        curl_multi_add_handle(UnsafeMutableRawPointer(multi), easy)
    }

    private func reap() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(UnsafeMutableRawPointer(multi), &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = running[OpaquePointer(easy)]
            else { continue }
            let code = ccurl_message_result(message)
            guard code == CURLE_OK else {
                finish(transfer, .failure(Self.error(code, transfer)))
                continue
            }
            // libcurl takes a head that the connection's end cuts off for an answer without a body.
            guard transfer.isHeadComplete else {
                finish(transfer, .failure(TransportError(kind: .cutOff, host: transfer.host)))
                continue
            }
            var status = 0
            ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
            finish(
                transfer,
                .success(HTTPResponse(status: status, headers: transfer.headers, body: transfer.body)))
        }
    }

    private func finish(_ transfer: CurlTransfer, _ result: Result<HTTPResponse, TransportError>) {
        guard let handle = transfer.easy, running.removeValue(forKey: handle) != nil else {
            return complete(transfer, result)
        }
        let easy = UnsafeMutableRawPointer(handle)
        curl_multi_remove_handle(UnsafeMutableRawPointer(multi), easy)
        curl_easy_reset(easy)
        curl_slist_free_all(transfer.headerList)
        transfer.headerList = nil
        transfer.easy = nil
        release(transfer)
        if idle.count < 64 { idle.append(handle) } else { curl_easy_cleanup(easy) }
        complete(transfer, result)
    }

    /// Whether a body may become large now; else it is told when it may.
    private func admit(_ transfer: CurlTransfer) -> Bool {
        guard largeBodies < Self.largeBodiesAtOnce else {
            paused.append(transfer)
            return false
        }
        largeBodies += 1
        transfer.isLarge = true
        return true
    }

    /// A transfer has ended: those that waited for its place go on.
    private func release(_ transfer: CurlTransfer) {
        paused.removeAll { $0 === transfer }
        guard transfer.isLarge else { return }
        transfer.isLarge = false
        largeBodies -= 1
        guard !paused.isEmpty, let easy = paused[0].easy else { return }
        let next = paused.removeFirst()
        _ = admit(next)
        curl_easy_pause(UnsafeMutableRawPointer(easy), 0)
    }

    private func complete(_ transfer: CurlTransfer, _ result: Result<HTTPResponse, TransportError>) {
        let continuation = transfer.continuation
        transfer.continuation = nil
        continuation?.resume(returning: result)
    }

    private static func error(_ code: CURLcode, _ transfer: CurlTransfer) -> TransportError {
        var detail = String(cString: transfer.errorText)
        if detail.isEmpty, let text = curl_easy_strerror(code) { detail = String(cString: text) }
        let kind: TransportError.Kind =
            switch code {
            case CURLE_URL_MALFORMAT: .invalidURL
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .cannotResolve
            case CURLE_COULDNT_CONNECT: .refused
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR:
                .tls
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .notHTTP
            case CURLE_WRITE_ERROR where transfer.isTooLarge: .tooLarge
            case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .cutOff
            default: .other
            }
        return TransportError(kind: kind, host: transfer.host, detail: detail)
    }
}
