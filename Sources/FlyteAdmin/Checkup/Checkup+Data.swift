import FlyteIDL
import FlyteModel

// What lists, data calls and limits do to a harvest.
extension Checkup {
    /// Projects and domains that are looked through for an execution.
    private static let placesAtMost = 12

    // MARK: Lists

    /// Looks for a place with executions, and whether its lists do as they are told.
    ///
    /// - Returns: Some of the latest executions; nil when there are none, or lists fail.
    mutating func checkLists(_ places: [Place]) async -> [Execution]? {
        do {
            for place in places.prefix(Self.placesAtMost) {
                let latest = try await list(place, [], limit: 20, descending: true)
                guard let first = latest.first else { continue }
                add(
                    "lists", .ok, "\(place.project)/\(place.domain) has executions, such as \(first.id.name)."
                )
                try await checkFilters(place, first)
                try await checkOrder(place, latest)
                try await checkArchived(place)
                return latest
            }
        } catch {
            add("lists", .problem, error.description)
            return nil
        }
        let some =
            places.count > Self.placesAtMost ? "the first \(Self.placesAtMost) of \(places.count)" : "all"
        add(
            "lists", .note, "No executions in \(some) projects and domains; the rest could not be checked.",
            "Run this again when there are some.")
        return nil
    }

    private mutating func list(
        _ place: Place, _ filters: [String], limit: Int, token: String = "", descending: Bool = false
    ) async throws(AdminError) -> [Execution] {
        let list = try client.executions(project: place.project, domain: place.domain, filters: filters)
        var route = list.route
        if descending {
            route.query = route.query.map { $0.name == "sort_by.direction" ? ($0.name, "DESCENDING") : $0 }
        }
        let page = try await timed { client async throws(AdminError) in
            try await client.page(route, limit: limit, token: token)
        }
        do {
            return try page.items.map { try Execution(decoding: $0) }
        } catch {
            throw AdminError(
                kind: .garbage, route: "GET \(route.path)", status: 200, message: "\(error)")
        }
    }

    /// One that names an execution, joined to another by `+`, with a list of values joined by `;`.
    private mutating func checkFilters(_ place: Place, _ execution: Execution) async throws(AdminError) {
        let found = try await list(place, ["eq(execution_name,\(execution.id.name))"], limit: 5)
        if found.map(\.id) == [execution.id] {
            add("filters", .ok, "Filters do what they say, '+' and ';' in them included.")
        } else {
            add(
                "filters", .problem,
                "A filter on one execution's name gave \(found.count): filters get lost or changed on the way.",
                "Let '%2B' and '%3B' in queries pass through the proxy as they are; else every harvest reads everything."
            )
        }
    }

    /// Pages by the hidden id, which no change disturbs.
    private mutating func checkOrder(_ place: Place, _ latest: [Execution]) async throws(AdminError) {
        let four = try await list(place, [], limit: 4).map(\.id)
        let pages = try await list(place, [], limit: 2) + list(place, [], limit: 2, token: "2")
        // From the other end another execution comes first.
        let isTurned = latest.count < 2 || four.first != latest.first?.id
        if four == pages.map(\.id), isTurned {
            add("order", .ok, "Pages are cut from one stable order.")
        } else {
            add(
                "order", .problem, "Two small pages do not make one larger page: pages may skip executions.",
                "Let 'sort_by.key', 'sort_by.direction', 'limit' and 'token' in queries pass through the proxy."
            )
        }
    }

    private mutating func checkArchived(_ place: Place) async throws(AdminError) {
        let archived = try await list(place, ["eq(state,1)"], limit: 1)
        if archived.isEmpty {
            add("archived", .ok, "No archived execution in \(place.project)/\(place.domain) to be seen.")
        } else if archived[0].isArchived {
            add("archived", .ok, "Archived executions, which lists hide, are seen when asked for.")
        } else {
            add(
                "archived", .problem, "A filter on archived executions gave one that is not.",
                "Let 'filters' in queries pass through the proxy.")
        }
    }

    // MARK: Data

    mutating func checkData(_ latest: [Execution]) async {
        // One with outputs, if there is one.
        guard
            let execution = latest.first(where: { $0.phase == .succeeded && $0.outputURI != nil })
                ?? latest.first
        else { return }
        let uri = execution.outputURI ?? ""
        do {
            let body = try await timed { client async throws(AdminError) in
                try await client.executionData(execution.id)
            }
            let data = try Message(decoding: body, as: "admin.WorkflowExecutionGetDataResponse")
            let urls = ["inputs", "outputs"].compactMap { data.message($0)?.string("url") }.filter {
                !$0.isEmpty
            }
            let maps = ["full_inputs", "full_outputs"].compactMap { data.message($0)?.encoded() }
            await checkURLs(urls, uri)
            if maps.allSatisfy(\.isEmpty), urls.isEmpty, !uri.isEmpty {
                add(
                    "data", .note,
                    "\(execution.id) shows no inputs and no outputs, though it has a place for them.",
                    "They may be empty, deleted by the store's retention, or larger than 'storage.limits.maxDownloadMBs'."
                )
            } else {
                add("data", .ok, "Inputs and outputs are handed out, as of \(execution.id.name).")
            }
        } catch let error as AdminError {
            if error.message.contains("failed to get object size")
                || error.message.contains("failed to get metadata")
            {
                add(
                    "data", .note,
                    "\(execution.id): an object is gone from the store, and with it the whole answer.",
                    "Nothing to be done for this one; check the store's retention.")
            } else {
                add("data", .problem, error.description)
            }
        } catch {
            add("data", .problem, "The answer for \(execution.id) cannot be read: \(error)")
        }
        await checkSpans(execution.id)
    }

    private mutating func checkURLs(_ urls: [String], _ uri: String) async {
        let signed = urls.first { $0.beginsWithBytes(of: "http://") || $0.beginsWithBytes(of: "https://") }
        if let signed {
            return await checkObject(
                signed, "Signed URLs come with the answers, and the store can be reached from here")
        }
        let limit =
            "Objects over 'storage.limits.maxDownloadMBs' (2 MiB by default, 10 in the chart), and unreadable ones, come back as empty maps without a hint"
        if let native = urls.first {
            return add(
                "signed URLs", .note,
                "The answers name objects by the store's own address (\(AdminError.plain(native, limit: 60))). \(limit).",
                "Set 'remoteData.scheme' to aws or gcp, whichever the store is, so that URLs are signed.")
        }
        guard !uri.isEmpty else {
            return add("signed URLs", .note, "No execution with outputs was found to try them on.")
        }
        do {
            let url = try await timed { client async throws(AdminError) in
                try await client.signedURL(for: uri)
            }
            await checkObject(
                url,
                "The answers have no signed URLs, but the data proxy signs them when asked, and the store can be reached from here"
            )
        } catch {
            add(
                "signed URLs", .note,
                "The server signs none (\(error.message.isEmpty ? "\(error)" : error.message)). \(limit).",
                "Set 'remoteData.signedUrls.enabled: true' (with 'remoteData.scheme'), or raise 'storage.limits.maxDownloadMBs'."
            )
        }
    }

    private mutating func checkObject(_ url: String, _ good: String) async {
        let host = AdminClient.origin(of: url)
        do {
            _ = try await client.signedObject(url, folder: nil)
            add("signed URLs", .ok, "\(good) (\(host)).")
        } catch {
            switch (error.kind, error.status) {
            // What is too large for memory was there.
            case (.tooLargeToRedact, _): add("signed URLs", .ok, "\(good) (\(host)).")
            case (.transport(let transport), _):
                add(
                    "signed URLs", .note, "A signed URL leads nowhere from here: \(transport)",
                    Self.storeAdvice)
            case (_, let status?):
                add("signed URLs", .note, "\(host) answers a signed URL with \(status).", Self.storeAdvice)
            default: add("signed URLs", .note, error.description, Self.storeAdvice)
            }
        }
    }

    private static let storeAdvice =
        "Harvest from where the store can be reached, or give it an outside address ('remoteData' and 'storage' of flyteadmin). Until then large values are recorded as withheld."

    private mutating func checkSpans(_ id: ExecutionID) async {
        do {
            _ = try await timed { client async throws(AdminError) in try await client.metrics(of: id) }
            add("metric spans", .ok, "The server computes them.")
        } catch {
            add(
                "metric spans", .note, "The server does not give those of \(id.name): \(error.message).",
                "They are recomputed from the archive; nothing is lost.")
        }
    }

    // MARK: Sizes

    /// Asks for a large page: either it comes, or the refusal names the limit.
    mutating func checkSize(_ latest: [Execution]) async {
        guard let id = latest.first?.id else { return }
        do {
            let list = try client.executions(project: id.project, domain: id.domain)
            let before = client.counts.bytesIn
            _ = try await timed { client async throws(AdminError) in
                try await client.page(list.route, limit: 2000, token: "")
            }
            let size = client.counts.bytesIn - before
            if size > 4_194_304 {
                add(
                    "message size", .ok,
                    "An answer of \(size >> 20) MiB passed; the default limit of 4 MiB is raised.")
            } else {
                add(
                    "message size", .note,
                    "The limit could not be found out: the largest page has \(size >> 10) KiB.",
                    "It is 4 MiB unless 'server.grpc.maxMessageSizeBytes' says otherwise. What is larger alone is recorded as too large."
                )
            }
        } catch {
            guard error.kind == .tooLarge else { return add("message size", .problem, error.description) }
            let limit =
                error.message.split(separator: " ").last.flatMap { Int($0.prefix { $0 != ")" }) } ?? 4_194_304
            add(
                "message size", .note,
                "Answers over \(limit) bytes are refused: lists are read in smaller pages, and what is larger alone is recorded as too large.",
                "Raise 'server.grpc.maxMessageSizeBytes' to see it.")
        }
    }
}
