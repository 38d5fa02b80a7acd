/// A crontab for a harvest every night and a report every week.
struct CronSetup {
    var plan: NightlyPlan
    /// Five fields each.
    var schedule: String
    var reportSchedule: String
    /// For one's own 'crontab -e', which has no column for the user.
    var isOwn: Bool

    var files: [SetupFile] {
        var files: [SetupFile] = []
        if plan.endpoint != nil {
            files.append(
                SetupFile(
                    name: "flightlog.yaml", place: plan.settings, text: plan.settingsText(secretFolder: nil)))
        }
        files.append(
            SetupFile(name: "flightlog.cron", place: isOwn ? nil : "/etc/cron.d/flightlog", text: crontab))
        if isOwn { return files }
        files.append(
            SetupFile(name: "flightlog.logrotate", place: "/etc/logrotate.d/flightlog", text: rotation))
        return files + [SetupFile(name: "install.sh", text: script(files), isExecutable: true)]
    }

    private var log: String { isOwn ? "\(plan.folder)/harvest.log" : "/var/log/flightlog/harvest.log" }

    /// cron mails what a command prints: nothing on a good night, the log's last lines on others.
    private var crontab: String {
        let log = Quoted.crontab(log)
        func line(_ schedule: String, _ words: [String], isCalm: String = "") -> String {
            let command = words.map(Quoted.crontab).joined(separator: " ")
            let tell = "echo \"flightlog exited with $code\"; tail -n 5 \(log)"
            return
                "\(schedule)  \(isOwn ? "" : "\(plan.user)  ")\(command) >>\(log) 2>&1 || { code=$?; \(isCalm)\(isCalm.isEmpty ? tell : "{ \(tell); }"); }"
        }
        let what = isOwn ? "Lines for 'crontab -e'" : "/etc/cron.d/flightlog"
        return """
            # \(what): a harvest every night, a report every week. Written by 'flightlog setup cron'.
            # What a command prints is mailed. 75: another harvest holds the archive, and goes on.
            \(isOwn ? "" : "MAILTO=root\n")SHELL=/bin/sh
            \(line(schedule, plan.harvest, isCalm: "[ $code = 75 ] || "))
            \(line(reportSchedule, plan.weeklyReport))

            """
    }

    private var rotation: String {
        "/var/log/flightlog/*.log { weekly rotate 8 compress missingok notifempty su \(plan.user) \(plan.group ?? plan.user) }\n"
    }

    private func script(_ files: [SetupFile]) -> String {
        var installation = InstallScript(plan: plan)
        installation.install(files)
        for secret in plan.secrets { installation.secret(secret, owner: plan.user) }
        return """
            \(InstallScript.head("cron"))
            \(installation.user)
            install -d -o \(plan.user) -g \(plan.group ?? plan.user) -m 750 /var/log/flightlog
            \(installation.text)
            """
    }
}
