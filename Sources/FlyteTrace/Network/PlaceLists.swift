/// A list of places for each place of a network, all of them in one piece of memory: an array each takes ten times as
/// much, and an execution may have 100,000 nodes.
struct PlaceLists {
    /// Where each list ends.
    private var ends: [Int32] = []
    private var places: [Int32] = []

    init(capacity: Int = 0) { ends.reserveCapacity(capacity) }

    /// So many lists with nothing in them.
    init(emptyOnes count: Int) { ends = Array(repeating: 0, count: count) }

    var count: Int { ends.count }
    /// How many places all lists have together.
    var entries: Int { places.count }

    mutating func append(_ list: some Sequence<Int>) {
        for place in list { places.append(Int32(place)) }
        ends.append(Int32(places.count))
    }

    subscript(_ number: Int) -> LazyMapSequence<ArraySlice<Int32>, Int> {
        places[(number == 0 ? 0 : Int(ends[number - 1]))..<Int(ends[number])].lazy.map { Int($0) }
    }

    /// The numbers of the lists, each behind those that its list names, else as they came; nil where some name each other
    /// in a circle.
    var order: [Int]? {
        var open = (0..<count).map { self[$0].count }
        // For each place a chain through those that name it, in their order.
        var first = Array(repeating: Int32(-1), count: count)
        var following = Array(repeating: Int32(-1), count: places.count)
        var namers = Array(repeating: Int32(0), count: places.count)
        var entry = 0
        for number in (0..<count).reversed() {
            for place in self[number] {
                (following[entry], namers[entry]) = (first[place], Int32(number))
                first[place] = Int32(entry)
                entry += 1
            }
        }
        var order = (0..<count).filter { open[$0] == 0 }
        order.reserveCapacity(count)
        var next = 0
        while next < order.count {
            var entry = Int(first[order[next]])
            while entry >= 0 {
                let namer = Int(namers[entry])
                open[namer] -= 1
                if open[namer] == 0 { order.append(namer) }
                entry = Int(following[entry])
            }
            next += 1
        }
        return order.count == count ? order : nil
    }
}
