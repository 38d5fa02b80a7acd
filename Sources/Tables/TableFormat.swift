/// A way to write a table as text. The same table gives the same bytes, in any locale and time zone.
public protocol TableFormat: Sendable {
    func write(_ table: Table, to output: inout some TextOutputStream)
}

extension TableFormat {
    public func text(of table: Table) -> String {
        var text = ""
        write(table, to: &text)
        return text
    }
}
