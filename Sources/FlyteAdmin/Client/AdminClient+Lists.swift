public import FlyteModel

/// A list of the Admin API, as it is read page by page.
public struct AdminList: Sendable {
    let route: Route
    /// Items a page.
    var limit = 100
}

extension AdminClient {
    /// Reads all pages of a list, in order.
    ///
    /// A page that is larger than the server sends is asked for again in halves; an item that is too large
    /// alone is passed over and told to `tooLarge` with its place in the list.
    public func pages(
        of list: AdminList, tooLarge: (Int, AdminError) async -> Void = { _, _ in },
        _ take: (Page) async throws -> Void
    ) async throws {
        var offset = 0
        var limit = list.limit
        while true {
            let page: Page
            do {
                page = try await self.page(list.route, limit: limit, token: offset == 0 ? "" : String(offset))
            } catch {
                guard error.kind == .tooLarge else { throw error }
                if limit > 1 {
                    limit /= 2
                } else {
                    await tooLarge(offset, error)
                    offset += 1
                    limit = list.limit
                }
                continue
            }
            try await take(page)
            offset += page.items.count
            // Several lists are read at once, and each page is in memory.
            let bytes = page.items.reduce(0) { $0 + $1.count }
            if bytes > Self.pageBytes { limit = max(1, limit / 2) }
            guard !page.token.isEmpty, !page.items.isEmpty else { return }
        }
    }

    /// The next page is half as long after one that is larger.
    private static let pageBytes = 1 << 20

    /// All items of a list that fits into memory.
    public func items(
        of list: AdminList, tooLarge: (Int, AdminError) async -> Void = { _, _ in }
    ) async throws -> [[UInt8]] {
        var items: [[UInt8]] = []
        try await pages(of: list, tooLarge: tooLarge) { items += $0.items }
        return items
    }

    /// Executions of a project and domain in the order of their making, which no change disturbs. Without
    /// a filter on `state` the server hides archived ones, so that there always is one.
    public func executions(
        project: String, domain: String, filters: [String] = [], isDescending: Bool = false,
        pageSize: Int = 100
    ) throws(AdminError) -> AdminList {
        AdminList(
            route: Self.stable(
                try Route("executions", [project, domain], answer: "admin.ExecutionList"),
                isDescending: isDescending
            )
            .with("filters", (filters + ["value_in(state,0;1)"]).joined(separator: "+")), limit: pageSize)
    }

    /// The nodes of one level: those without a parent, or those of a parent node.
    public func nodes(of id: ExecutionID, parent: String? = nil) throws(AdminError) -> AdminList {
        let route = Self.stable(
            try Route("node_executions", [id.project, id.domain, id.name], answer: "admin.NodeExecutionList"))
        return AdminList(route: parent.map { route.with("unique_parent_id", $0) } ?? route)
    }

    public func attempts(of id: ExecutionID, node: String) throws(AdminError) -> AdminList {
        AdminList(
            route: Self.stable(
                try Route(
                    "task_executions", [id.project, id.domain, id.name, node],
                    answer: "admin.TaskExecutionList")))
    }

    /// The nodes that an attempt of an engine before event version 1 spawned.
    public func children(
        of id: ExecutionID, node: String, task: DefinitionID, attempt: UInt32
    ) throws(AdminError) -> AdminList {
        AdminList(
            route: Self.stable(
                try Route(
                    "children/task_executions", Self.attemptParts(id, node, task, attempt),
                    answer: "admin.NodeExecutionList")))
    }

    public func signals(of id: ExecutionID) throws(AdminError) -> AdminList {
        AdminList(
            route: Self.stable(
                try Route("signals", [id.project, id.domain, id.name], answer: "admin.SignalList")))
    }

    static func attemptParts(
        _ id: ExecutionID, _ node: String, _ task: DefinitionID, _ attempt: UInt32
    ) -> [String] {
        [
            id.project, id.domain, id.name, node, task.project, task.domain, task.name, task.version,
            String(attempt),
        ]
    }

    private static func stable(_ route: Route, isDescending: Bool = false) -> Route {
        route.with("sort_by.key", "id").with(
            "sort_by.direction", isDescending ? "DESCENDING" : "ASCENDING")
    }
}
