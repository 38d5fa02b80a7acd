import FlyteAdmin
import FlyteArchive
import FlyteModel

// The first harvest of a project and domain goes through the times at which executions were made, window by
// window: those times never change, so that a harvest that was cut off goes on where it was.
extension Harvester {
    private static let second: Int64 = 1_000_000_000

    /// Begins to read all executions that are not yet read.
    ///
    /// - Parameter earlier: How far an earlier harvest came; nil when there was none.
    /// - Returns: The server's time before its first answer: where the next incremental harvest starts. nil when
    ///   this one was stopped before the end.
    func harvestHistory(
        _ earlier: FirstHarvest?, _ reading: inout ListReading, _ treesAtOnce: Semaphore, _ group: inout Trees
    ) async throws -> Timestamp? {
        let start: FirstHarvest
        if let earlier {
            start = earlier
        } else {
            let (first, gaps) = try await firstPage(reading.place, pageSize: 100)
            let began = first?.date ?? now()
            guard let first, !first.token.isEmpty else {
                // A short history is one page.
                reading.began = began
                if let first { try await take(first, &reading, treesAtOnce, &group) }
                reading.tooLarge += gaps
                await tellListed(&reading)
                try await beginWaiting(&reading, leaving: 0, treesAtOnce, &group, window: nil)
                return stop.isSet ? nil : began
            }
            let times = first.items.compactMap { (try? Execution(decoding: $0))?.lifetime.createdAt }
            let oldest = times.min() ?? began
            let last = try await firstPage(reading.place, pageSize: 1, isDescending: true).page?.items.first
            let newest = last.flatMap { try? Execution(decoding: $0) }?.lifetime.createdAt ?? began
            let span = (times.max() ?? began) - oldest
            let count = Int64(max(1, first.items.count))
            start = FirstHarvest(
                began: began, oldest: oldest, newest: newest,
                step: max(Self.second, FirstHarvest.saturated(span / count, times: options.windowSize)))
        }
        reading.began = start.began
        let history = HistoryProgress(start, windowSize: options.windowSize) {
            [writer, place = reading.place] in
            try await writer.setFirstHarvest($0, project: place.project, domain: place.domain)
        }
        while !stop.isSet, let window = await history.next(isNewestFirst: options.isNewestFirst) {
            reading.lastPages = []
            try await read(
                window.filters, &reading, isLast: earlier == nil && window.isLast, treesAtOnce, &group,
                window: window)
            // What was left is not done.
            if reading.wasLeft { break }
            if !stop.isSet { try await window.close() }
        }
        return stop.isSet ? nil : start.began
    }

    /// The first page that there is, and the rows before it that are too large.
    private func firstPage(
        _ place: HarvestPlan.Place, pageSize: Int, isDescending: Bool = false
    ) async throws -> (page: Page?, gaps: [(Int, AdminError)]) {
        struct Enough: Error {}
        var first: Page?
        var gaps: [(Int, AdminError)] = []
        do {
            let list = try client.executions(
                project: place.project, domain: place.domain, isDescending: isDescending, pageSize: pageSize)
            try await client.pages(of: list) {
                gaps.append(($0, $1))
            } _: { page in
                first = page
                throw Enough()
            }
        } catch is Enough {}
        return (first, gaps)
    }
}
