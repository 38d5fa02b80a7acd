/// Finds nodes by their ids. It holds their numbers alone: a dictionary would take six times as much.
struct NodeIndex: Sendable {
    /// Open addressing; -1 is free.
    private var table: [Int32] = Array(repeating: -1, count: 16)
    private var count = 0

    /// - Parameter id: Gives the id of a node that is known.
    func find(_ text: String, id: (Int) -> String) -> Int? {
        var slot = text.hashValue & (table.count - 1)
        while table[slot] >= 0 {
            let number = Int(table[slot])
            if id(number) == text { return number }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    /// Adds a node whose id is not known yet.
    mutating func add(_ number: Int, id: (Int) -> String) {
        if count * 4 >= table.count * 3 {
            let known = table.filter { $0 >= 0 }
            table = Array(repeating: -1, count: table.count * 2)
            for number in known { place(number, id(Int(number))) }
        }
        place(Int32(number), id(number))
        count += 1
    }

    private mutating func place(_ number: Int32, _ text: String) {
        var slot = text.hashValue & (table.count - 1)
        while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
        table[slot] = number
    }
}
