import CommandLineParser
import FlyteAdmin
import FlyteArchive
import FlyteModel
import FlyteServer

/// The version of this tool, which the archive's journal keeps.
public let flightlogVersion = "0.1.0"

/// When that version's manual was last changed, for the foot of its pages.
let flightlogManualDate = "2026-11-30"

extension LibraryVersion {
    /// The libraries that tell their version. RE2 does not: another one has another file name.
    static var all: [LibraryVersion] { [.sqlite, .curl, .zstd, .openSSL, .yaml, .microhttpd] }

    /// Throws where one is older than what was compiled against it needs: what would come of that looks like damage.
    static func check(_ libraries: [LibraryVersion] = all) throws(Failure) {
        if let sentence = libraries.lazy.compactMap(\.shortcoming).first { throw Failure(sentence) }
    }
}
