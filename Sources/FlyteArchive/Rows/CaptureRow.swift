import FlyteModel

/// Something that the server did not hand over, and when it was found missing.
struct CaptureRow {
    let withheld: Withheld
    let observedAt: Timestamp
}
