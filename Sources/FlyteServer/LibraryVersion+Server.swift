import CMicrohttpd
public import FlyteModel

extension LibraryVersion {
    /// The server inside.
    public static var microhttpd: LibraryVersion {
        let found = MHD_get_version().map { String(cString: $0) } ?? ""
        return LibraryVersion(
            "libmicrohttpd", found: found,
            numbers: found.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 },
            least: [0, 9, 71], reason: "MHD_Result")
    }
}
