import CommandLineParser
import FlyteModel
import FlyteServer

/// How a server inside is set up.
struct ServerOptions: Sendable {
    private let port: Parameter<UInt16?>
    private let faults: FaultOptions
    private let signsNot: Parameter<Bool>
    private let messageLimit: Parameter<Int?>
    private let tokenLifetime: Parameter<Int?>
    private let log: Parameter<String?>

    init(_ declare: inout Declaration) {
        port = declare.option("port", "N", "The port of 127.0.0.1. Default: 8088; 0 takes a free one.") {
            text throws(UsageError) in
            guard let port = UInt16(text) else {
                throw UsageError("'\(text)' is no port: a number from 0 to 65535.")
            }
            return port
        }
        faults = FaultOptions(&declare)
        signsNot = declare.flag(
            "no-sign", "Signs no URLs, as Flyte does by default: what is too large or unreadable is empty.")
        messageLimit = declare.option(
            "message-limit", "BYTES", "Refuses larger answers. Default: 4194304, as Flyte's."
        ) { text throws(UsageError) in try FaultOptions.number(text, "bytes", 1...1 << 30) }
        tokenLifetime = declare.option(
            "require-token", "SECONDS",
            "Wants a log-in, and lets its tokens expire after so many seconds. The client is 'flightlog', its secret 'open-sesame'."
        ) { text throws(UsageError) in try FaultOptions.number(text, "seconds", 1...86_400) }
        log = declare.option(
            "log", "FILE", "Writes a line for each request there: time, method, target, status.")
    }

    func options(_ input: Input) throws -> AdminServer.Options {
        var options = AdminServer.Options()
        options.port = input[port] ?? 8088
        options.faults = try faults.faults(input)
        options.signsURLs = !input[signsNot]
        if let limit = input[messageLimit] { options.messageLimit = limit }
        if let lifetime = input[tokenLifetime] {
            var logIn = LogIn()
            logIn.lifetime = Int64(lifetime)
            options.logIn = logIn
        }
        if let path = input[log] { options.hear = try RequestLog(path).hear }
        return options
    }
}
