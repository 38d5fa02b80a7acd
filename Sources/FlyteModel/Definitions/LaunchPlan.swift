import FlyteIDL

/// A version of a launch plan: what the archive shows of Flyte's `admin.LaunchPlan`.
public struct LaunchPlan: Hashable, Sendable {
    public var id: DefinitionID
    public var workflow: DefinitionID?
    /// The cron text, or `every 5 MINUTE`; nil without a schedule.
    public var schedule: String?
    public var createdAt: Timestamp?

    /// Reads an `admin.LaunchPlan`.
    public init(decoding bytes: [UInt8]) throws(ModelError) {
        let plan = try Message.decoded(bytes, as: "admin.LaunchPlan")
        id = DefinitionID(plan.message("id") ?? Message("core.Identifier"), default: .launchPlan)
        let spec = plan.message("spec")
        workflow = spec?.message("workflow_id").map { DefinitionID($0, default: .workflow) }
        createdAt = plan.message("closure")?.message("created_at").map(Timestamp.init)
        guard let given = spec?.message("entity_metadata")?.message("schedule") else { return }
        if let cron = given.message("cron_schedule") {
            schedule = cron.string("schedule")
        } else if let rate = given.message("rate") {
            schedule = "every \(rate.integer("value")) \(rate.enumName("unit"))"
        } else if !given.string("cron_expression").isEmpty {
            schedule = given.string("cron_expression")
        }
    }
}
