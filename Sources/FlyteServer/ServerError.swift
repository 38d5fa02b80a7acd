/// Why a server does not serve.
public struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The port cannot be had; the system's number of the reason.
        case cannotListen(port: UInt16, errno: Int32)
    }

    public var kind: Kind

    public var description: String {
        switch kind {
        case .cannotListen(let port, let errno):
            "Port \(port) of 127.0.0.1 cannot be listened on: \(Self.text(of: errno))."
        }
    }

    private static func text(of errno: Int32) -> String {
        switch errno {
        case 98: "another program has it. Choose one with --port, or 0 for a free one"
        case 13: "permission denied. Ports below 1024 need the administrator's rights"
        default: "system error \(errno)"
        }
    }
}
