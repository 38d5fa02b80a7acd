import FlyteModel
import Glibc

extension Timestamp {
    /// This moment, by the system's clock.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanos: Int64(time.tv_nsec))
    }

    /// RFC 3339 in UTC, to the second.
    var secondText: String { microsecondText.prefix(19) + "Z" }
}

extension Timestamp {
    static var lastFullHour: Timestamp {
        let hour: Int64 = 3_600_000_000_000
        return Timestamp(nanoseconds: now.nanoseconds / hour * hour)
    }
}
