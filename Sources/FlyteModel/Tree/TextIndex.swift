import FlyteIDL

/// Finds things by texts, such as nodes by their ids. It holds their numbers alone: a dictionary would take six times
/// as much.
public struct TextIndex: Sendable {
    /// Open addressing; -1 is free.
    private var table: [Int32] = Array(repeating: -1, count: 16)
    private var count = 0

    public init() {}

    /// - Parameter textOf: Gives the text of a thing that is known.
    public func find(_ text: String, textOf: (Int) -> String) -> Int? {
        var slot = KeyBytes(text).hashValue & (table.count - 1)
        while table[slot] >= 0 {
            let number = Int(table[slot])
            if textOf(number).hasSameBytes(as: text) { return number }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    /// Adds a thing whose text is not known yet.
    public mutating func add(_ number: Int, textOf: (Int) -> String) {
        if count * 4 >= table.count * 3 {
            let known = table.filter { $0 >= 0 }
            table = Array(repeating: -1, count: table.count * 2)
            for number in known { place(number, textOf(Int(number))) }
        }
        place(Int32(number), textOf(number))
        count += 1
    }

    private mutating func place(_ number: Int32, _ text: String) {
        var slot = KeyBytes(text).hashValue & (table.count - 1)
        while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
        table[slot] = number
    }
}
