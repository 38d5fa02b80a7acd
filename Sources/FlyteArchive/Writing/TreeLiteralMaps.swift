import FlyteModel

/// The literal maps of a tree, numbered from 1: one for each content, however many places share it.
struct TreeLiteralMaps {
    typealias Place = ExecutionTree.MapPlace

    /// The numbers that a tree's places have, 0 where there is no map: inputs and outputs of the execution, of each
    /// node, and of each attempt behind its node.
    private var numbers: [Int32] = []
    /// The variables of each number where they are known already.
    private var variables: [[LiteralVariable]] = []

    /// - Parameter isSmall: Whether the variables may be kept in memory.
    init(of tree: ExecutionTree, hashes: MessageHashes, isSmall: Bool) throws {
        numbers.reserveCapacity(2 * (1 + tree.nodes.count + tree.nodes.reduce(0) { $0 + $1.attempts.count }))
        /// By the beginning of a SHA-256, which is enough to tell them apart.
        var numberByContent: [SIMD2<UInt64>: Int32] = [:]
        func add(_ place: Place?) throws {
            guard let place else { return numbers.append(0) }
            let message = tree.capture.messages[place.message].content
            // A map that was fetched by its URL is a whole message.
            let isWhole = place.range == 0..<message.count
            let hash = try isWhole ? hashes.hash(at: place.message) : SHA256.hash(message, in: place.range)
            let content = SHA256.beginning(of: hash)
            if let number = numberByContent[content] { return numbers.append(number) }
            let number = Int32(numberByContent.count + 1)
            numberByContent[content] = number
            numbers.append(number)
            if isSmall { variables.append(Self.variables(of: place, in: tree)) }
        }
        try add(tree.inputs)
        try add(tree.outputs)
        for node in tree.nodes {
            try add(node.inputs)
            try add(node.outputs)
            for attempt in node.attempts {
                try add(attempt.inputs)
                try add(attempt.outputs)
            }
        }
    }

    /// Hands over the number of one place after the other, in their order.
    struct Numbers {
        fileprivate var rest: ArraySlice<Int32>
        private var highest: Int32 = 0

        fileprivate init(_ numbers: [Int32]) { rest = numbers[...] }

        /// The number of the next place, and whether no place before has it; nil where there is no map.
        mutating func next() -> (number: Int64, isNew: Bool)? {
            guard let number = rest.popFirst(), number > 0 else { return nil }
            defer { highest = max(highest, number) }
            return (Int64(number), number > highest)
        }
    }

    var inOrder: Numbers { Numbers(numbers) }

    /// The variables of the map that lies at a place; empty for one that cannot be decoded.
    func variables(at place: Place, number: Int64, in tree: ExecutionTree) -> [LiteralVariable] {
        variables.isEmpty ? Self.variables(of: place, in: tree) : variables[Int(number - 1)]
    }

    private static func variables(of place: Place, in tree: ExecutionTree) -> [LiteralVariable] {
        let message = tree.capture.messages[place.message].content
        let map: LiteralMap?
        if case .spooled = message, place.range.count > LiteralMap.scanLimit {
            map = try? LiteralMap(scanning: message, in: place.range)
        } else {
            map = (try? message.bytes(in: place.range)).flatMap { try? LiteralMap(decoding: $0) }
        }
        return map?.variables ?? []
    }
}
