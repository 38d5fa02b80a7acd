import FlyteModel

/// A signal, and when it was read.
struct SignalRow {
    let signal: Signal
    let observedAt: Timestamp
}
