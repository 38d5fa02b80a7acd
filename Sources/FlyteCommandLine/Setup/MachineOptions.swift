import CommandLineParser

/// What 'flightlog setup' is told for a machine of one's own: accounts, and files beside the archive.
struct MachineOptions: Sendable {
    private let user: Parameter<String?>
    private let group: Parameter<String?>
    private let metrics: Parameter<String?>
    private let program: Parameter<String?>

    init(_ declare: inout Declaration) {
        user = declare.option(
            "user", "NAME", "Who harvests. Default: flightlog, made when it is not there.",
            read: SetupOptions.account)
        group = declare.option(
            "group", "NAME", "Whose members may read the archive and the report. Default: nobody else.",
            read: SetupOptions.account)
        metrics = declare.option(
            "metrics", "FILE", "Where the harvest leaves its figures for node_exporter. Default: nowhere.",
            read: SetupOptions.path)
        program = declare.option(
            "program", "FILE",
            "The executable. Default: this one where it is installed, else /usr/local/bin/flightlog.",
            read: SetupOptions.path)
    }

    func fill(_ plan: inout NightlyPlan, _ input: Input) {
        if let user = input[user] { plan.user = user }
        plan.group = input[group]
        plan.metrics = input[metrics]
        if let path = input[program] ?? Self.ownPath { plan.program = path }
    }

    /// This executable, if it lies where programs are kept.
    private static var ownPath: String? {
        ExecutablePath.own.flatMap { path in
            ["/usr/", "/opt/"].contains { path.hasPrefix($0) } ? path : nil
        }
    }
}
