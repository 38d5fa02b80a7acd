import FlyteModel

/// What the places of a tree read and wrote, as its literal maps tell.
struct TreeLineage {
    /// An address that a map tells, in its canonical form.
    struct Told {
        var name: String
        var kind: LiteralAddress.Kind
        var address: KeyBytes
        var format: String?
    }

    /// By the number of the map.
    private var maps: [Int64: [Told]] = [:]
    /// What the cache calls what it has of a node, by the node's index.
    private var cached: [Int: String] = [:]
    /// The numbers of the maps of each place.
    private var places: [Place: (inputs: Int64?, outputs: Int64?)] = [:]

    struct Place: Hashable {
        /// An index into the tree's nodes; nil for the execution.
        var node: Int?
        /// An index into the node's attempts.
        var attempt: Int?

        static let execution = Place()
    }

    mutating func add(_ variables: [LiteralVariable], ofMap number: Int64) {
        let told = variables.flatMap { variable in
            variable.addresses.map {
                Told(
                    name: variable.name + $0.path, kind: $0.kind,
                    address: KeyBytes(StoreAddress.canonical($0.uri)),
                    format: $0.format)
            }
        }
        if !told.isEmpty { maps[number] = told }
    }

    mutating func add(cached artifact: String?, ofNode index: Int) { cached[index] = artifact }

    mutating func add(_ place: Place, inputs: Int64?, outputs: Int64?) {
        guard maps[inputs ?? 0] != nil || maps[outputs ?? 0] != nil else { return }
        places[place] = (inputs, outputs)
    }

    private func inputs(_ place: Place) -> [Told] { maps[places[place]?.inputs ?? 0] ?? [] }
    private func outputs(_ place: Place) -> [Told] { maps[places[place]?.outputs ?? 0] ?? [] }

    // MARK: Rows

    /// What a place's inputs name it read, at its start; what its outputs name it wrote, at its end. But what it was given
    /// and gives back it only passes on, and what it took from a cache or from the execution that it recovered it read.
    func rows(of tree: ExecutionTree) -> [LineageRow] {
        let execution = tree.execution
        guard !places.isEmpty || !execution.artifacts.isEmpty || !cached.isEmpty else { return [] }
        let inner = Inside(self, tree)
        var rows: [LineageRow] = []
        for artifact in execution.artifacts {
            rows.append(
                LineageRow(
                    node: nil, attempt: nil, isWrite: false, name: "artifact", kind: .artifact,
                    address: artifact,
                    format: nil, at: execution.lifetime.createdAt, level: .own))
        }
        add(
            .execution, of: execution.lifetime, isTaken: false, reads: inner.reads, writes: inner.names,
            level: .inner,
            to: &rows)
        for (index, node) in tree.nodes.enumerated() {
            guard node.kind != .start, node.kind != .end, !node.isPhantom else { continue }
            let place = Place(node: index)
            let isTaken = node.isCacheHit || node.isRecovered
            if let artifact = cached[index] {
                rows.append(
                    LineageRow(
                        node: index + 1, attempt: nil, isWrite: !isTaken, name: "cache", kind: .artifact,
                        address: artifact, format: nil,
                        at: isTaken
                            ? node.lifetime.createdAt : node.lifetime.endedAt ?? node.lifetime.updatedAt,
                        level: .own))
            }
            if node.hasChild {
                add(
                    place, of: node.lifetime, isTaken: isTaken, reads: nil, writes: nil, level: .child,
                    to: &rows)
            } else {
                add(
                    place, of: node.lifetime, isTaken: isTaken, reads: inner.readsByNode[index],
                    writes: inner.namesByNode[index], level: .inner, to: &rows)
            }
            for (number, attempt) in node.attempts.enumerated() {
                add(
                    Place(node: index, attempt: number), of: attempt.lifetime, isTaken: isTaken, reads: [],
                    writes: [], level: .inner, attempt: attempt.retryAttempt, to: &rows)
            }
        }
        return rows
    }

    /// - Parameters:
    ///   - isTaken: Whether its outputs come from elsewhere as they are.
    ///   - reads: What lies inside of it has read; nil for all.
    ///   - writes: What lies inside of it names among its outputs; nil for all.
    ///   - level: That of what lies inside.
    private func add(
        _ place: Place, of lifetime: Lifetime, isTaken: Bool, reads: Set<KeyBytes>?, writes: Set<KeyBytes>?,
        level: LineageRow.Level, attempt: UInt32? = nil, to rows: inout [LineageRow]
    ) {
        let (given, told) = (inputs(place), outputs(place))
        // Clocks that cut off seconds may say that it began before it was made.
        let start = [lifetime.createdAt, lifetime.startedAt].compactMap { $0 }.max()
        let end = lifetime.endedAt ?? lifetime.updatedAt ?? start
        func row(_ told: Told, isWrite: Bool, _ inside: Set<KeyBytes>?) -> LineageRow {
            LineageRow(
                node: place.node.map { $0 + 1 }, attempt: attempt, isWrite: isWrite, name: told.name,
                kind: told.kind,
                address: told.address.text, format: told.format, at: isWrite ? end : start,
                level: inside?.contains(told.address) ?? true ? level : .own)
        }
        for address in given { rows.append(row(address, isWrite: false, reads)) }
        let known = Set(given.map(\.address))
        for address in told where !known.contains(address.address) {
            rows.append(row(address, isWrite: !isTaken, isTaken ? reads ?? [] : writes))
        }
    }

    /// What was read and named inside of each node, and in all of them.
    private struct Inside {
        var readsByNode: [Set<KeyBytes>]
        var namesByNode: [Set<KeyBytes>]
        var reads: Set<KeyBytes> = []
        var names: Set<KeyBytes> = []

        init(_ lineage: TreeLineage, _ tree: ExecutionTree) {
            readsByNode = Array(repeating: [], count: tree.nodes.count)
            namesByNode = readsByNode
            // Parents come before their children.
            for (index, node) in tree.nodes.enumerated().reversed() {
                guard node.kind != .start, node.kind != .end, !node.isPhantom else { continue }
                for attempt in node.attempts.indices {
                    let place = Place(node: index, attempt: attempt)
                    readsByNode[index].formUnion(lineage.inputs(place).map(\.address))
                    namesByNode[index].formUnion(lineage.outputs(place).map(\.address))
                }
                let place = Place(node: index)
                let isTaken = node.isCacheHit || node.isRecovered
                var (itsReads, itsNames) = (readsByNode[index], namesByNode[index])
                itsReads.formUnion(lineage.inputs(place).map(\.address))
                itsNames.formUnion(lineage.outputs(place).map(\.address))
                if isTaken { itsReads.formUnion(lineage.outputs(place).map(\.address)) }
                if let parent = node.parent {
                    readsByNode[parent].formUnion(itsReads)
                    namesByNode[parent].formUnion(itsNames)
                } else {
                    reads.formUnion(itsReads)
                    names.formUnion(itsNames)
                }
            }
        }
    }
}
