import CommandLineParser
import FlyteAdmin
import FlyteModel
import Tables

/// `--tz`: the zone in which people read times, and whose days and weeks they mean.
struct ZoneOption: Sendable {
    private let zone: Parameter<TimeZoneRules?>

    /// - Parameter help: What the zone decides here; a sentence without its end.
    init(_ declare: inout Declaration, _ help: String) {
        zone = declare.option("tz", "ZONE", "\(help). Default: time-zone of the settings, else UTC.") {
            text throws(UsageError) in
            do {
                return try TimeZoneRules(named: text)
            } catch {
                throw UsageError("\(error)")
            }
        }
    }

    /// The zone that is meant, here or in the settings.
    func rules(_ input: Input) -> TimeZoneRules { input[zone] ?? Self.ofSettings }

    /// Read once, and told of once: a page, its width and its text all ask for it. Settings that cannot be read take nobody's
    /// answer away.
    private static let ofSettings: TimeZoneRules = {
        do {
            return try FlightlogSettings.load(option: nil).timeZone ?? .utc
        } catch {
            Terminal.say("flightlog: \(error) Times are in UTC.")
            return .utc
        }
    }()
}

extension TimeZoneRules {
    /// How the archive's times read in this zone.
    var clock: ZoneClock {
        if self == .utc { return .utc }
        return ZoneClock(name: name) { text in
            guard let time = Timestamp(text) else { return nil }
            let local = self.local(time)
            return ZoneClock.Reading(time: local.text, zone: local.abbreviation)
        }
    }
}
