public import FlyteModel

/// A list of the Admin API, as it is read page by page.
public struct AdminList: Sendable {
    let route: Route
    /// Items a page.
    var limit = 100

    /// As messages name it.
    public var name: String { route.name }
}

extension AdminClient {
    /// Reads all pages of a list, in order.
    ///
    /// A page that is larger than the server sends is asked for again in halves; an item that is too large
    /// alone is passed over and told to `gap` with its place in the list. So is the place at which a list is left that
    /// does not come to an end: nothing new for many rows, or one row after the other too large.
    public func pages(
        of list: AdminList, gap: (Int, AdminError) async -> Void = { _, _ in },
        _ take: (Page) async throws -> Void
    ) async throws {
        var offset = 0
        var limit = list.limit
        /// Whether rows were passed over, and pages grow again.
        var isGrowing = false
        var passedOver = 0
        var progress = ListProgress()
        while true {
            let page: Page
            do {
                page = try await self.page(list.route, limit: limit, token: offset == 0 ? "" : String(offset))
            } catch {
                guard error.kind == .tooLarge else { throw error }
                if limit > 1 {
                    limit /= 2
                    continue
                }
                await gap(offset, error)
                offset += 1
                passedOver += 1
                isGrowing = true
                // Where the answer was cut here, each row cost megabytes.
                guard passedOver < (error.status == nil ? Self.cutRows : Self.refusedRows) else {
                    return await gap(
                        offset,
                        Self.left(list, "\(passedOver) rows in a row are too large, and it is left there"))
                }
                continue
            }
            passedOver = 0
            try await take(page)
            offset += page.items.count
            guard !page.token.isEmpty, !page.items.isEmpty else { return }
            guard progress.goesOn(page.items) else {
                return await gap(
                    offset,
                    Self.left(
                        list,
                        offset >= ListProgress.rowsAtMost
                            ? "it has no end after \(offset) rows, and is left there"
                            : "the server gives the same rows again and again, and it is left there"))
            }
            if isGrowing { limit = min(limit * 2, list.limit) }
            // Several lists are read at once, and each page is in memory.
            let bytes = page.items.reduce(0) { $0 + $1.count }
            if bytes > Self.pageBytes { limit = max(1, limit / 2) }
        }
    }

    private static func left(_ list: AdminList, _ words: String) -> AdminError {
        AdminError(kind: .endless, route: list.route.name, message: "the list does not end: \(words)")
    }

    /// So many rows in a row may be larger than the server sends.
    private static let refusedRows = 100
    /// The same of rows whose answers are cut off here.
    private static let cutRows = 8

    /// The next page is half as long after one that is larger.
    private static let pageBytes = 1 << 20

    /// All items of a list that fits into memory; what does not is told to `gap` like any other end.
    public func items(
        of list: AdminList, gap: (Int, AdminError) async -> Void = { _, _ in }
    ) async throws -> [[UInt8]] {
        struct Enough: Error {}
        var items: [[UInt8]] = []
        var bytes = 0
        do {
            try await pages(of: list, gap: gap) { page in
                items += page.items
                bytes += page.items.reduce(0) { $0 + $1.count }
                if bytes > Self.itemsBytes { throw Enough() }
            }
        } catch is Enough {
            await gap(
                items.count,
                Self.left(list, "it has more than \(Self.itemsBytes >> 20) MiB, and is left there"))
        }
        return items
    }

    private static let itemsBytes = 16 << 20

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
