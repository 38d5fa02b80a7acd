/// A failure with its sentence and its exit code.
struct Failure: Error, CustomStringConvertible {
    var description: String
    var code = ExitCode.failed

    init(_ description: String, _ code: ExitCode = .failed) {
        self.description = description
        self.code = code
    }
}
