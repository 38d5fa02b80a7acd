import FlyteModel

/// What a list asks for: a page of the rows that satisfy all conditions, in some order.
struct ListQuery {
    struct Sort: Hashable {
        var column: Int
        var isAscending: Bool
    }

    var limit: Int
    var offset: Int
    var filters: [Filter]
    /// nil: in the order of the table.
    var sort: Sort?

    /// Reads and checks a list's parameters in the order in which the server does.
    ///
    /// `name` is what the server calls the list in its messages. A limit of 0 is refused unless
    /// `allowsNoLimit`, and then means all rows.
    init(
        _ parameters: Parameters, of entity: Entity, name: String, now: Timestamp,
        allowsNoLimit: Bool = false, ignoresFilters: Bool = false,
        limitMessage: String = "invalid value for limit"
    ) throws(Refusal) {
        limit = Int(parameters.number("limit"))
        guard limit > 0 || allowsNoLimit else { throw .invalid(limitMessage) }
        filters =
            ignoresFilters ? [] : try Filter.parse(parameters.text("filters"), of: entity, now: now)
        if parameters.has("sort_by") {
            let key = parameters.text("sort_by.key")
            guard let column = entity.index(of: key) else { throw .invalid("invalid sort key '\(key)'") }
            sort = Sort(column: column, isAscending: parameters.number("sort_by.direction") == 1)
        }
        let token = parameters.text("token")
        guard !token.isEmpty else {
            offset = 0
            return
        }
        let digits = token.utf8.first == UInt8(ascii: "+") ? token.utf8.dropFirst() : token.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let offset = Int(token)
        else { throw .invalid("invalid pagination token \(token) for \(name)") }
        self.offset = offset
    }

    /// The rows that satisfy all conditions, in order. A row comes once for each tag that does.
    func select(_ rows: [StoredRow], in installation: any Installation) -> [StoredRow] {
        var own: [Filter] = []
        var joined: [Entity: [Filter]] = [:]
        for filter in filters {
            if filter.entity == rows.first?.entity {
                own.append(filter)
            } else {
                joined[filter.entity, default: []].append(filter)
            }
        }
        var selected: [StoredRow] = []
        for row in rows where own.allSatisfy({ $0.accepts(row.columns[$0.column]) }) {
            var copies = 1
            for (entity, filters) in joined where copies > 0 {
                copies *= Self.matches(row, entity, filters, installation)
            }
            for _ in 0..<copies { selected.append(row) }
        }
        guard let sort else { return selected }
        // Stable, so that equal rows stay in the order of the table. NULL is the greatest.
        let keyed = selected.enumerated().sorted { a, b in
            let (x, y) = (a.element.columns[sort.column], b.element.columns[sort.column])
            let order: Int
            switch (x == .null, y == .null) {
            case (true, true): order = 0
            case (true, false): order = 1
            case (false, true): order = -1
            case (false, false): order = ColumnValue.order(x, y) ?? 0
            }
            return order == 0 ? a.offset < b.offset : (order < 0) == sort.isAscending
        }
        return keyed.map(\.element)
    }

    /// How many rows of another table go with this one and satisfy the conditions on it.
    private static func matches(
        _ row: StoredRow, _ entity: Entity, _ filters: [Filter], _ installation: any Installation
    ) -> Int {
        let references = row.references
        var other: StoredRow?
        switch entity {
        case .executionTag:
            return references.tags.filter { tag in
                filters.allSatisfy { filter in
                    let name = Entity.executionTag.columns[filter.column].name
                    let value: ColumnValue =
                        switch name {
                        case "key": .text(tag.key)
                        case "value": .text(tag.value)
                        default: row[name]
                        }
                    return filter.accepts(value)
                }
            }.count
        case .launchPlan: other = references.launchPlan.flatMap { installation.definition($0) }
        case .workflow: other = references.workflow.flatMap { installation.definition($0) }
        case .task: other = references.task.flatMap { installation.definition($0) }
        case .execution: other = references.execution.flatMap { installation.execution($0) }
        case .nodeExecution:
            other = references.execution.flatMap { execution in
                references.nodeID.flatMap { installation.node($0, of: execution) }
            }
        default: break
        }
        guard let other else { return 0 }
        return filters.allSatisfy { $0.accepts(other.columns[$0.column]) } ? 1 : 0
    }

    /// The page's rows, and the token of the next one: empty when the page is not full.
    func page<Row>(_ rows: [Row]) -> (rows: ArraySlice<Row>, token: String) {
        let start = min(offset, rows.count)
        let count = limit == 0 ? rows.count - start : min(limit, rows.count - start)
        let token = limit > 0 && count == limit ? String(offset + count) : ""
        return (rows[start..<(start + count)], token)
    }
}
