import FlyteModel
import FlyteTrace

extension Archive {
    static func fingerprint(_ error: ExecutionError) -> String {
        Fingerprint(kind: error.kind.rawValue, code: error.code, message: error.message).text
    }
}
