import CCurl
import CYaml
public import FlyteModel

extension LibraryVersion {
    /// HTTP and TLS.
    public static var curl: LibraryVersion {
        let info = ccurl_loaded_version()
        let number = Int(info?.pointee.version_num ?? 0)
        let parts = [number >> 16, number >> 8 & 0xFF, number & 0xFF]
        let extras = [info?.pointee.ssl_version, info?.pointee.libz_version].compactMap { text in
            text.map { String(cString: $0) }
        }
        return LibraryVersion(
            "curl",
            found: parts.map(String.init).joined(separator: ".")
                + (extras.first.map { " (\($0))" } ?? ""),
            numbers: parts, least: [7, 85, 0], reason: "CURLOPT_PROTOCOLS_STR")
    }

    /// Settings, Flyte's and ours.
    public static var yaml: LibraryVersion {
        var parts: (Int32, Int32, Int32) = (0, 0, 0)
        yaml_get_version(&parts.0, &parts.1, &parts.2)
        let numbers = [parts.0, parts.1, parts.2].map(Int.init)
        return LibraryVersion(
            "libyaml", found: numbers.map(String.init).joined(separator: "."), numbers: numbers,
            least: [0, 2, 5], reason: "the oldest that was tried")
    }
}
