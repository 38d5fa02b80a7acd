import FlyteArchive

extension Archive {
    /// Throws, with what to do, where the file is of an older version and lacks what is asked for.
    func requireNewest() throws {
        guard !missingSteps.isEmpty else { return }
        throw Failure(
            "'\(path)' was written by an older version of flightlog, and lacks what this asks for: 'flightlog migrate \(path)' brings it up to date, as does the next harvest."
        )
    }
}
