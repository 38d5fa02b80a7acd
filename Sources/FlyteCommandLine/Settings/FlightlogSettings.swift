import FlyteAdmin
import FlyteHarvest
import FlyteModel
import FlyteRedaction

/// What `flightlog.yaml` says: where the archive is, which installations are harvested into it and how, and what
/// counts as a secret.
struct FlightlogSettings: Sendable {
    /// The file that was read; nil when there is none.
    var file: String?
    var archive: String?
    var sources: [SourceSettings] = []
    var redaction: RedactionSettings?
    /// In which people read times; nil when nothing is said.
    var timeZone: TimeZoneRules?

    /// Reads the file that is named, by the option or by `$FLIGHTLOG_SETTINGS`, else
    /// `~/.config/flightlog/flightlog.yaml` when it is there.
    static func load(
        option: String?, environment: FlyteSettings.Environment = FlyteSettings.processEnvironment
    ) throws -> FlightlogSettings {
        if let path = option ?? environment("FLIGHTLOG_SETTINGS") {
            guard let value = try SettingsValue(file: path) else {
                throw Failure("There are no settings '\(path)'.")
            }
            return try FlightlogSettings(value)
        }
        guard let home = environment("HOME"),
            let value = try SettingsValue(file: home + "/.config/flightlog/flightlog.yaml")
        else { return FlightlogSettings() }
        return try FlightlogSettings(value)
    }

    private init() {}

    init(_ value: SettingsValue) throws {
        file = value.file
        let members = try value.members(of: "the settings", ["archive", "sources", "redaction", "time-zone"])
        archive = try members["archive"]?.path("'archive'")
        sources = try members["sources"]?.elements(of: "the sources").map { try SourceSettings($0) } ?? []
        redaction = try members["redaction"].map { try RedactionSettings($0) }
        timeZone = try members["time-zone"].map { value in
            let name = try value.text("'time-zone'")
            do throws(TimeZoneError) {
                return try TimeZoneRules(named: name)
            } catch {
                throw value.failure(error.description)
            }
        }
        var names: Set<String> = []
        for source in sources where !names.insert(source.name).inserted {
            throw source.value.failure("Another source is called '\(source.name)' too.")
        }
    }

    /// The source of a name, or all without one.
    func sources(named name: String?) throws -> [SourceSettings] {
        guard let name else { return sources }
        let found = sources.filter { $0.name == name }
        guard !found.isEmpty else {
            throw Failure(
                "'\(file ?? "")' has no source '\(name)'; it has \(sources.map(\.name).joined(separator: ", ")).",
                .usage)
        }
        return found
    }
}
