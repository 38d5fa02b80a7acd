import FlyteIDL
import FlyteModel

/// What two looks at an execution have in common when nothing changed.
enum CaptureDigest {
    /// SHA-256 over all messages and gaps, without what differs at every look: signed URLs.
    ///
    /// - Parameter hashes: Of the messages, in order.
    static func digest(of capture: ExecutionCapture, hashes: MessageHashes) throws -> [UInt8] {
        // Of many messages together it is more than memory should hold.
        var hash = SHA256.Running()
        var bytes: [UInt8] = []
        func add(_ text: String?) {
            let utf8 = (text ?? "\u{1}").utf8
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: utf8.count).littleEndian) { bytes += $0 }
            bytes += utf8
        }
        func add(_ place: CapturePlace) {
            add(place.nodeID)
            add(place.attempt.map(String.init))
            add(place.task?.description)
        }
        for (index, message) in capture.messages.enumerated() {
            add(message.kind.rawValue)
            add(message.place)
            add(message.parentNodeID)
            add(message.direction?.rawValue)
            add(message.uri)
            bytes +=
                try message.kind == .data
                ? SHA256.hash(withoutURLs(message.bytes)) : hashes.hash(at: index)
            hash.add(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        for gap in capture.withheld {
            add(gap.place)
            add(gap.field)
            add(gap.state.rawValue)
        }
        hash.add(bytes)
        return hash.digest
    }

    /// An answer to a data call without its fields 1 and 2, the signed URLs of both sides.
    private static func withoutURLs(_ bytes: [UInt8]) -> [UInt8] {
        var reader = WireReader(bytes)
        var kept: [UInt8] = []
        var start = 0
        do {
            while let tag = try reader.next() {
                try reader.skip(tag)
                if tag.number > 2 { kept += bytes[start..<reader.position] }
                start = reader.position
            }
            return kept
        } catch {
            return bytes
        }
    }
}
