import FlyteIDL

/// An address of data in the form in which two are the same just when stores take them for the same.
///
/// A scheme is written in small letters, and its synonyms are one; so is the name of a host, where there is one: of the
/// bucket of an object store it is not, nor is anything of its key, which is bytes. One slash at the end, which only says
/// that something is a folder, does not count. What is no address, such as the token of a redacted one, is as it is.
public enum StoreAddress {
    /// Ways in which the same store is written.
    private static let synonyms = ["s3a": "s3", "s3n": "s3", "gcs": "gs", "abfss": "abfs", "wasbs": "wasb"]
    /// Schemes in which what stands between the slashes is the name of a host.
    private static let hosted: Set = ["http", "https", "abfs", "wasb", "adl", "hdfs", "ftp", "sftp"]
    private static let defaultPorts = ["http": ":80", "https": ":443"]

    public static func canonical(_ uri: String) -> String {
        let bytes = Array(uri.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0, isScheme(bytes[..<colon]),
            bytes[(colon + 1)...].starts(with: "//".utf8)
        else { return uri.beginsWithBytes(of: "[") ? uri : withoutSlash(uri) }
        let written = lowercased(bytes[..<colon])
        let scheme = synonyms[written] ?? written
        let rest = bytes[(colon + 3)...]
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let path = String(decoding: rest[slash...], as: UTF8.self)
        var place = String(decoding: rest[..<slash], as: UTF8.self)
        if hosted.contains(scheme) {
            // A container, or who logs in, stands before the host.
            let at = rest[..<slash].lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? rest.startIndex
            place = String(decoding: rest[..<at], as: UTF8.self) + lowercased(rest[at..<slash])
            if let port = defaultPorts[scheme], place.endsWithBytes(of: port) {
                place.removeLast(port.utf8.count)
            }
        }
        return withoutSlash("\(scheme)://\(place)\(path)", least: scheme.utf8.count + 3)
    }

    private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) && $0 > 0x40 || (0x30...0x39).contains($0)
                || [0x2B, 0x2D, 0x2E].contains($0)
        }
    }

    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private static func withoutSlash(_ text: String, least: Int = 1) -> String {
        text.utf8.count > least && text.endsWithBytes(of: "/") && !text.endsWithBytes(of: "//")
            ? String(text.dropLast()) : text
    }
}
