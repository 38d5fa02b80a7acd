import FlyteAdmin
public import FlyteArchive
public import FlyteModel
import FlyteRedaction

extension Archive {
    /// Writes down how a harvest ended, and folds all of it into the file.
    ///
    /// - Parameters:
    ///   - failure: What ended it before it was done. A server's words may quote what is to be redacted.
    ///   - options: Of the harvest.
    public func endHarvest(
        _ harvest: HarvestID, _ summary: HarvestSummary, failure: (any Error)?, _ options: HarvestOptions,
        at now: Timestamp
    ) throws {
        var secrets = Redactor.Secrets()
        let failure =
            (failure as? AdminError).map { options.redactor?.redact($0, knowing: &secrets) ?? $0 } ?? failure
        try endHarvest(harvest, summary, toldFailure: failure, at: now)
    }

    /// - Parameter failure: As it may be told.
    func endHarvest(
        _ harvest: HarvestID, _ summary: HarvestSummary, toldFailure failure: (any Error)?, at now: Timestamp
    ) throws {
        try endHarvest(
            harvest, outcome: failure == nil ? summary.outcome : HarvestSummary.failed,
            reason: failure.map { "\($0)" }, requests: summary.requests, bytesIn: summary.bytesIn,
            new: summary.new, updated: summary.updated, problems: summary.problems, at: now)
        try settle()
    }
}
