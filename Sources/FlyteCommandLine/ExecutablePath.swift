import Glibc

/// Where this program is, for what it tells people to run.
enum ExecutablePath {
    /// The whole path; nil where the system does not say.
    static var own: String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        return count > 0 && count < bytes.count ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    /// As it was called, for command lines that can be copied: a path where it is not in the shell's.
    static var asCalled: String { Quoted.shell(CommandLine.arguments.first ?? "flightlog") }
}
