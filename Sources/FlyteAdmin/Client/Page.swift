import FlyteIDL
public import FlyteModel

/// A page of a list: each item as the server sent it.
public struct Page: Sendable {
    public var items: [[UInt8]]
    /// Names the next page; empty at the end.
    public var token: String
    /// The server's clock when it answered, to the second.
    public var date: Timestamp?

    /// Cuts a list's body into its items. In all of Flyte's lists they are field 1, and the token is field 2.
    ///
    /// - Parameter limit: How many were asked for. What comes beyond is left: the next page begins there.
    init(decoding body: [UInt8], atMost limit: Int, date: Timestamp?) throws(WireError) {
        items = []
        token = ""
        self.date = date
        var reader = WireReader(body)
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited) where items.count < limit: items.append(try reader.byteArray())
            case (2, .lengthDelimited): token = try reader.string()
            default: try reader.skip(tag)
            }
        }
    }
}
