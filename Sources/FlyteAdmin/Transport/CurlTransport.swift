import FlyteIDL
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
        /// Seconds without a byte, or with next to none, after which a transfer is given up.
        public var idleTimeout = 60
        /// Seconds that a transfer may last in all.
        public var totalTimeout = 1800
        /// A PEM bundle; nil for the system's.
        public var caFile: String?
        /// A proxy's URL; nil for what `http_proxy`, `https_proxy` and `no_proxy` say.
        public var proxy: String?
        /// Takes any certificate. Whoever sets it warns the user.
        public var skipsVerification = false
        /// Longer bodies are errors, where a request does not say otherwise.
        public var maximumBody = CurlTransport.maximumAnswer
        /// Of larger bodies one is received at a time.
        var hugeBody = 4 << 20

        public init() {}
    }

    /// What an answer has at most: four times what Flyte's gateway passes on unless it is told otherwise.
    public static let maximumAnswer = 16 << 20

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
    private var headBytes = 0
    fileprivate var body: [UInt8] = []
    /// Bytes that came of the body, encodings undone.
    private var received = 0
    private var hasEncoding = false
    fileprivate var limit = BodyLimit(maximum: 0)
    /// Why the transfer was ended from here.
    fileprivate var refusal: Refusal?
    /// Asks for a place among the large bodies that are received at once.
    fileprivate var mayBeLarge: (CurlTransfer, BodySize) -> Bool = { _, _ in true }
    fileprivate var size = BodySize.small
    fileprivate var hugeBody = 0
    /// What ports lead to a proxy: its address is not the URL's.
    fileprivate var proxyPorts: Set<UInt16> = []
    fileprivate let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ request: HTTPRequest, sink: BodySink?) {
        self.request = request
        self.sink = sink
    }

    deinit { errorText.deallocate() }

    /// Scheme, host and port: what messages may say of the address.
    var host: String { Self.origin(of: request.url) }

    /// Scheme, host and port of what may not even be a URL; nothing that stands before an `@`, which may be a password.
    static func origin(of url: String) -> String {
        if let address = WebAddress(url) { return address.origin }
        let rest = url.parts(by: UInt8(ascii: "/"), atMost: 4)
        let named = rest.count > 2 && rest[0].utf8.last == UInt8(ascii: ":") ? "\(rest[0])//\(rest[2])" : url
        let bare = named.utf8.lastIndex(of: UInt8(ascii: "@")).map { "…" + named[$0...] } ?? named
        let told = bare.parts(by: UInt8(ascii: "?"), atMost: 2)[0].parts(by: UInt8(ascii: "#"), atMost: 2)[0]
        return AdminError.plain(String(told), limit: 100)
    }

    /// Why a transfer is ended from here.
    fileprivate enum Refusal {
        /// Its body is larger than it may be; with words on the limit.
        case tooLarge(String)
        case longerThanAnnounced
        /// What is not shown of a refusal need not be read.
        case restOfRefusal
        case endlessHead
        case address(LocalAddress)
    }

    /// Bodies are in memory, and so few large ones are received at once, and one huge one.
    fileprivate enum BodySize: Int {
        case small, large, huge

        init(_ bytes: Int, huge: Int) { self = bytes <= 256 << 10 ? .small : bytes <= huge ? .large : .huge }

        /// How many may be received at once.
        var places: Int {
            switch self {
            case .small: .max
            case .large: 4
            case .huge: 1
            }
        }
    }

    /// What libcurl wants to hear: how many bytes were taken.
    fileprivate func receive(_ data: UnsafeRawBufferPointer) -> Int {
        if status != 200 {
            body.append(contentsOf: data.prefix(Self.refusalBytes - body.count))
            guard body.count < Self.refusalBytes else { return end(.restOfRefusal) }
            return data.count
        }
        let decoded = received + data.count
        if let objection = objection(decoded: decoded, encoded: encodedBytes(decoded)) {
            return end(objection)
        }
        if let sink {
            received += data.count
            return sink(data) ? data.count : end(.tooLarge(""))
        }
        let needed = BodySize(received + data.count, huge: hugeBody)
        if needed.rawValue > size.rawValue {
            guard mayBeLarge(self, needed) else { return Int(CURL_WRITEFUNC_PAUSE) }
        }
        received += data.count
        body.append(contentsOf: data)
        return data.count
    }

    private func end(_ refusal: Refusal) -> Int {
        self.refusal = refusal
        return 0
    }

    /// How much of the body has come as it was sent, where `decoded` bytes became of it.
    private func encodedBytes(_ decoded: Int) -> Int {
        guard hasEncoding, let easy else { return decoded }
        var count: curl_off_t = 0
        ccurl_get_offset(UnsafeMutableRawPointer(easy), CURLINFO_SIZE_DOWNLOAD_T, &count)
        return Int(count)
    }

    /// The bytes of the whole body as it was sent.
    fileprivate var encodedCount: Int { encodedBytes(received) }

    /// Of a refusal's body only the beginning is shown.
    private static let refusalBytes = 64 << 10
    /// A head has some hundred bytes, and some kilobytes with a proxy's cookies.
    private static let headLimit = 128 << 10

    // In bytes: an answer has a dozen lines, and there is one answer a request.
    /// - Returns: Whether to go on.
    fileprivate func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        guard headBytes <= Self.headLimit else {
            refusal = .endlessHead
            return false
        }
        readHeader(line)
        return refusal == nil
    }

    /// A body that says beforehand that it is too large need not come.
    private func checkLength() {
        guard status == 200, !hasEncoding, let length = headers["content-length"].flatMap({ Int($0) }) else {
            return
        }
        refusal = objection(decoded: length, encoded: length)
    }

    /// Why no more of a body is taken of which so much has come; nil when more may come.
    private func objection(decoded: Int, encoded: Int) -> Refusal? {
        guard decoded <= limit.maximum else {
            let mebibytes = limit.maximum >> 20
            return .tooLarge("more than \(mebibytes > 0 ? "\(mebibytes) MiB" : "\(limit.maximum) bytes")")
        }
        guard let announced = limit.announced, min(decoded, encoded) > announced else { return nil }
        return .longerThanAnnounced
    }

    /// Makes room for what the head says that comes, once there is a place for it.
    fileprivate func reserve() {
        guard sink == nil, let length = headers["content-length"].flatMap({ Int($0) }), length > 0 else {
            return
        }
        body.reserveCapacity(min(length, limit.maximum))
    }

    private func readHeader(_ line: UnsafeRawBufferPointer) {
        if line.starts(with: "HTTP/".utf8) {
            headers.removeAll(keepingCapacity: true)  // those of an interim answer, or of a proxy
            hasEncoding = false
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
            checkLength()
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
        if name == "content-encoding" {
            hasEncoding = request.undoesEncodings
        } else if name == "content-length", sink == nil, let length = Int(value), length > 0 {
            // More where there is a place among the large ones, and where it comes.
            body.reserveCapacity(min(length, limit.maximum, 256 << 10))
        }
    }

    // MARK: Addresses

    /// Whether an address may be connected to, or a kept connection to it be used.
    fileprivate func mayAsk(_ kind: LocalAddress?, port: UInt16) -> Bool {
        guard let kind, let allowed = request.localAddresses, !allowed.contains(kind) else { return true }
        // A proxy on this machine is ours, and asks from where it is.
        if kind == .loopback, proxyPorts.contains(port) { return true }
        refusal = .address(kind)
        return false
    }

    fileprivate func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(address) + offset, count: Int(address.pointee.addrlen))
        // Both versions have the port at the same place.
        let port = bytes.count >= 4 ? UInt16(bytes[2]) << 8 | UInt16(bytes[3]) : 0
        let kind = LocalAddress(bytes, family: address.pointee.family)
        guard mayAsk(kind, port: port) else { return CURL_SOCKET_BAD }
        return socket(
            address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
            address.pointee.protocol)
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
    /// Bodies that are received now, by what size they have at least.
    private var bodies: [CurlTransfer.BodySize: Int] = [:]
    /// Those that wait for a place, with what they want one for.
    private var paused: [(transfer: CurlTransfer, size: CurlTransfer.BodySize)] = []
    private let proxyPorts: Set<UInt16>

    // Once for the process, before any thread of ours, as libcurl asks.
    private static let initialised: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(options: CurlTransport.Options) {
        precondition(Self.initialised, "libcurl cannot be initialised")
        guard let multi = curl_multi_init() else { preconditionFailure("libcurl has no memory") }
        self.options = options
        self.multi = OpaquePointer(multi)
        proxyPorts = Self.proxyPorts(options.proxy)
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

    /// The ports of the proxies that libcurl may use.
    private static func proxyPorts(_ proxy: String?) -> Set<UInt16> {
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        let proxies = proxy.map { [$0] } ?? names.compactMap { getenv($0).map { String(cString: $0) } }
        return Set(
            proxies.filter { !$0.isEmpty }.map { proxy in
                let address = proxy.split(separator: "/").first { !$0.hasSuffix(":") } ?? ""
                // libcurl's own for a proxy without one.
                return address.split(separator: ":").last.flatMap { UInt16($0) } ?? 1080
            })
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
        // A proxy would look the name up where it is, and an address needs no looking up.
        if let allowed = transfer.request.localAddresses, let host = WebAddress(transfer.request.url)?.host,
            let kind = LocalAddress(host: host), !allowed.contains(kind)
        {
            return complete(
                transfer,
                .failure(
                    TransportError(kind: .forbiddenAddress, host: transfer.host, detail: kind.rawValue)))
        }
        guard let handle = idle.popLast() ?? curl_easy_init().map({ OpaquePointer($0) }) else {
            return complete(
                transfer, .failure(TransportError(kind: .other, host: transfer.host, detail: "no memory")))
        }
        let easy = UnsafeMutableRawPointer(handle)
        transfer.easy = handle
        let request = transfer.request
        transfer.limit = request.limit ?? BodyLimit(maximum: options.maximumBody)
        transfer.mayBeLarge = { [unowned self] in admit($0, $1) }
        transfer.proxyPorts = proxyPorts
        transfer.hugeBody = options.hugeBody
        ccurl_set_string(easy, CURLOPT_URL, request.url)
        ccurl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_string(easy, CURLOPT_USERAGENT, options.userAgent)
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT, options.connectTimeout)
        ccurl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, Self.slowest)
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
        if request.undoesEncodings {
            // Undone, and not asked for: the name without a value takes away what libcurl would ask.
            ccurl_set_string(easy, CURLOPT_ACCEPT_ENCODING, "")
            list = curl_slist_append(list, "Accept-Encoding:")
        }
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
            let line = UnsafeRawBufferPointer(start: data, count: size * count)
            return transfer.receiveHeader(line) ? line.count : 0
        }
        if request.localAddresses != nil { guardAddresses(of: transfer, easy, user) }
        running[handle] = transfer
        curl_multi_add_handle(UnsafeMutableRawPointer(multi), easy)
    }

    /// Bytes a second, below which a transfer is as good as idle.
    private static let slowest = 16

    /// Has libcurl ask before it connects to an address, and before it uses a connection that it kept: names may mean
    /// another address the next time.
    private func guardAddresses(
        of transfer: CurlTransfer, _ easy: UnsafeMutableRawPointer, _ user: UnsafeMutableRawPointer
    ) {
        ccurl_set_open_socket(
            easy,
            { user, _, address in
                guard let user, let address else { return CURL_SOCKET_BAD }
                return Unmanaged<CurlTransfer>.fromOpaque(user).takeUnretainedValue().openSocket(address)
            }, user)
        ccurl_set_before_request(
            easy,
            { user, address, _, port, _ in
                guard let user, let address else { return CURL_PREREQFUNC_ABORT }
                let mayAsk = Unmanaged<CurlTransfer>.fromOpaque(user).takeUnretainedValue().mayAsk(
                    LocalAddress(host: String(cString: address)), port: UInt16(clamping: port))
                return mayAsk ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            }, user)
    }

    private func reap() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(UnsafeMutableRawPointer(multi), &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = running[OpaquePointer(easy)]
            else { continue }
            let code = ccurl_message_result(message)
            var isRefusal = false
            if case .restOfRefusal = transfer.refusal { isRefusal = true }
            guard code == CURLE_OK || isRefusal else {
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
            var response = HTTPResponse(status: status, headers: transfer.headers, body: transfer.body)
            response.encodedBytes = transfer.encodedCount
            finish(transfer, .success(response))
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
        // Whoever asked lets go of the transfer a little later, when the next large body may have come already.
        transfer.body = []
        release(transfer)
        if idle.count < 64 { idle.append(handle) } else { curl_easy_cleanup(easy) }
        complete(transfer, result)
    }

    /// Whether a body may become so large now; else it is told when it may.
    private func admit(_ transfer: CurlTransfer, _ size: CurlTransfer.BodySize) -> Bool {
        guard bodies[size, default: 0] < size.places else {
            paused.append((transfer, size))
            return false
        }
        bodies[size, default: 0] += 1
        // A huge one has its place among the large ones as well.
        if size == .huge, transfer.size == .small { bodies[.large, default: 0] += 1 }
        transfer.size = size
        transfer.reserve()
        return true
    }

    /// A transfer has ended: those that waited for its place go on.
    private func release(_ transfer: CurlTransfer) {
        paused.removeAll { $0.transfer === transfer }
        let size = transfer.size
        transfer.size = .small
        if size.rawValue >= CurlTransfer.BodySize.huge.rawValue { free(.huge) }
        if size.rawValue >= CurlTransfer.BodySize.large.rawValue { free(.large) }
    }

    private func free(_ size: CurlTransfer.BodySize) {
        bodies[size, default: 0] -= 1
        // What was paused asks again by itself.
        guard let index = paused.firstIndex(where: { $0.size == size }),
            let easy = paused.remove(at: index).transfer.easy
        else { return }
        curl_easy_pause(UnsafeMutableRawPointer(easy), 0)
    }

    private func complete(_ transfer: CurlTransfer, _ result: Result<HTTPResponse, TransportError>) {
        let continuation = transfer.continuation
        transfer.continuation = nil
        continuation?.resume(returning: result)
    }

    private static func error(_ code: CURLcode, _ transfer: CurlTransfer) -> TransportError {
        switch transfer.refusal {
        case .tooLarge(let detail):
            return TransportError(kind: .tooLarge, host: transfer.host, detail: detail)
        case .longerThanAnnounced:
            return TransportError(kind: .longerThanAnnounced, host: transfer.host)
        case .endlessHead:
            return TransportError(kind: .malformed, host: transfer.host, detail: "its head does not end")
        case .address(let kind):
            return TransportError(kind: .forbiddenAddress, host: transfer.host, detail: kind.rawValue)
        case .restOfRefusal, nil: break
        }
        var detail = String(cString: transfer.errorText)
        if detail.isEmpty, let text = curl_easy_strerror(code) { detail = String(cString: text) }
        // libcurl says so where the connection was made, and TLS was not.
        if code == CURLE_OPERATION_TIMEDOUT, detail.hasPrefix("SSL connection timeout") {
            detail +=
                "; it takes connections and says nothing in TLS: if it speaks plain HTTP, set 'insecure: true' or pass --insecure"
        }
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
            case CURLE_BAD_CONTENT_ENCODING: .encoding
            case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .cutOff
            default: .other
            }
        return TransportError(kind: kind, host: transfer.host, detail: detail)
    }
}
