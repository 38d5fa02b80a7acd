import FlyteModel
import FlyteTrace

extension Archive {
    static func fingerprint(_ error: ExecutionError) -> String {
        Fingerprint(kind: error.kind.rawValue, code: error.code, message: error.message).text
    }

    /// What an error's digest is made of.
    static func digestText(_ error: ExecutionError) -> String {
        "\(error.kind.rawValue)\0\(error.code)\0\(error.message)"
    }
}
