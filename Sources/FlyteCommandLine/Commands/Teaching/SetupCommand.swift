import CommandLineParser
import FlyteAdmin
import Tables

extension Command {
    /// Ready files for the nightly run.
    static let setup = Command(
        "setup", "Makes ready files for a harvest every night and a report every week.",
        subcommands: [setupCron, setupSystemd, setupKubernetes, setupContainer]
    ) { declare in
        declare.example("flightlog setup systemd --endpoint flyte.example.com --out setup")
    }

    private static let setupCron = Command(
        "cron", "Makes a crontab, settings, and a script that puts them in their places."
    ) { declare in
        declare.details(
            "Nothing of the machine is changed: read the files, then run install.sh as root. cron mails the log's last lines after a night that went wrong, and nothing after a good one."
        )
        let options = SetupOptions(&declare)
        let machine = MachineOptions(&declare)
        let schedule = declare.option(
            "schedule", "FIELDS", "When to harvest, in cron's five fields. Default: 30 2 * * *.",
            read: SetupOptions.cronSchedule)
        let reportSchedule = declare.option(
            "report-schedule", "FIELDS", "When to report. Default: 0 6 * * 1.",
            read: SetupOptions.cronSchedule)
        let isOwn = declare.flag(
            "own", "Lines for your own 'crontab -e', where you are no administrator.")
        declare.example(
            "flightlog setup cron --endpoint flyte.example.com --secret client-secret --out setup")
        declare.example(
            "flightlog setup cron --own --archive \"$HOME/flyte/runs.db\" --settings \"$HOME/flyte/flightlog.yaml\""
        )
        return { input in
            var plan = options.plan(input)
            machine.fill(&plan, input)
            let setup = CronSetup(
                plan: plan, schedule: input[schedule] ?? "30 2 * * *",
                reportSchedule: input[reportSchedule] ?? "0 6 * * 1", isOwn: input[isOwn])
            try options.give(setup.files, input)
            return ExitCode.done.rawValue
        }
    }

    private static let setupSystemd = Command(
        "systemd",
        "Makes hardened units with their timers, settings, and a script that puts them in their places."
    ) { declare in
        declare.details(
            "Nothing of the machine is changed: read the files, then run install.sh as root. Secrets are handed to the unit as credentials (LoadCredential=): only root can read their files."
        )
        let options = SetupOptions(&declare)
        let machine = MachineOptions(&declare)
        let schedule = declare.option(
            "schedule", "EVENT", "When to harvest, as systemd.time(7) has it. Default: *-*-* 02:30:00.",
            read: SetupOptions.calendar)
        let reportSchedule = declare.option(
            "report-schedule", "EVENT", "When to report. Default: Mon 06:00.", read: SetupOptions.calendar)
        declare.example(
            "flightlog setup systemd --endpoint flyte.example.com --secret client-secret --group analysts --out setup"
        )
        return { input in
            var plan = options.plan(input)
            machine.fill(&plan, input)
            guard !plan.program.contains(where: SystemdSetup.unsafe.contains) else {
                throw UsageError(
                    "--program: systemd starts nothing from '\(plan.program)', for its quotes or backslashes."
                )
            }
            let setup = SystemdSetup(
                plan: plan, schedule: input[schedule] ?? "*-*-* 02:30:00",
                reportSchedule: input[reportSchedule] ?? "Mon 06:00")
            try options.give(setup.files, input)
            return ExitCode.done.rawValue
        }
    }

    private static let setupKubernetes = Command(
        "kubernetes", "Makes manifests: a config map, a volume, and two cron jobs."
    ) { declare in
        declare.details(
            "The secret is referred to by its name, 'flightlog'; the first lines say how to make it. Times are UTC. The image is yours to build: 'flightlog setup container'."
        )
        let options = SetupOptions(&declare)
        let namespace = declare.option("namespace", "NAME", "Default: the one that kubectl is set to.") {
            text throws(UsageError) in
            try SetupOptions.name(text, "name of a namespace") {
                $0.wholeMatch(of: /[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/) != nil
            }
        }
        let image = declare.option(
            "image", "NAME",
            "The image that 'flightlog setup container' builds. Default: flightlog:\(flightlogVersion).",
            read: SetupOptions.image)
        let size = declare.option("size", "BYTES", "Of the volume. Default: 20Gi.") {
            text throws(UsageError) in
            try SetupOptions.name(text, "size of a volume, such as 20Gi") {
                $0.wholeMatch(of: /[1-9][0-9]{0,5}(Ki|Mi|Gi|Ti|k|M|G|T)/) != nil
            }
        }
        let storageClass = declare.option(
            "storage-class", "NAME", "Of the volume. Default: the cluster's."
        ) { text throws(UsageError) in
            try SetupOptions.name(text, "name of a storage class") {
                $0.wholeMatch(of: /[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/) != nil
            }
        }
        let schedule = declare.option(
            "schedule", "FIELDS", "When to harvest, in cron's five fields. Default: 30 2 * * *.",
            read: SetupOptions.cronSchedule)
        let reportSchedule = declare.option(
            "report-schedule", "FIELDS", "When to report. Default: 0 6 * * 1.",
            read: SetupOptions.cronSchedule)
        declare.example(
            "flightlog setup kubernetes --endpoint dns:///flyteadmin.flyte.svc.cluster.local:81 | kubectl apply -f -"
        )
        declare.example(
            "flightlog setup kubernetes --settings \"$PWD/flightlog.yaml\" --secret client-secret --namespace flyte --size 50Gi",
            "With settings that are there: they become the config map.")
        return { input in
            var plan = options.plan(input)
            var text = plan.settingsText(secretFolder: KubernetesSetup.secretFolder)
            if plan.endpoint == nil {
                text = try settingsFile(plan.settings)
                plan.settings = NightlyPlan().settings
            }
            guard plan.folder != "/" else {
                throw UsageError("The archive's folder is the volume; it cannot be '/'.")
            }
            let setup = KubernetesSetup(
                plan: plan, schedule: input[schedule] ?? "30 2 * * *",
                reportSchedule: input[reportSchedule] ?? "0 6 * * 1", settingsText: text,
                namespace: input[namespace], image: input[image] ?? "flightlog:\(flightlogVersion)",
                size: input[size] ?? "20Gi", storageClass: input[storageClass])
            try options.give(setup.files, input)
            return ExitCode.done.rawValue
        }
    }

    private static func settingsFile(_ path: String) throws -> String {
        do {
            let bytes = try FileBytes.read(path, limit: 1 << 19)
            guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
                throw Failure("The settings '\(path)' are no text.")
            }
            return text
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("The settings '\(path)' cannot be read: \(error).")
        }
    }

    private static let setupContainer = Command(
        "container", "Makes a recipe for an image with flightlog in it, for docker, podman and their like."
    ) { declare in
        declare.details(
            "It is built in a clone of flightlog's repository, and has the executable with the Swift runtime inside, its manual, and no compiler."
        )
        let build = declare.option(
            "build-image", "NAME", "What it is built in. Default: swift:6.3-bookworm.",
            read: SetupOptions.image)
        let base = declare.option(
            "base-image", "NAME",
            "What it runs in; of the same release of Debian. Default: debian:bookworm-slim.",
            read: SetupOptions.image)
        declare.example("flightlog setup container > Containerfile")
        return { input in
            let setup = ContainerSetup(
                buildImage: input[build] ?? "swift:6.3-bookworm", image: input[base] ?? "debian:bookworm-slim"
            )
            try Terminal.print(setup.files[0].text)
            return ExitCode.done.rawValue
        }
    }
}
