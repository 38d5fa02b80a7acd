/// Units and timers for a harvest every night and a report every week.
struct SystemdSetup {
    var plan: NightlyPlan
    /// As systemd.time(7) has them.
    var schedule: String
    var reportSchedule: String

    /// Where a unit finds what `LoadCredential=` gives it.
    static let secretFolder = "/run/credentials/flightlog.service"
    private static let units = "/etc/systemd/system/"

    /// systemd takes no program whose path has one of these, and no variables in it.
    static let unsafe: Set<Character> = ["'", "\"", "\\"]

    var files: [SetupFile] {
        func unit(_ name: String, _ text: String) -> SetupFile {
            SetupFile(name: name, place: Self.units + name, text: text)
        }
        var files: [SetupFile] = []
        if plan.endpoint != nil {
            files.append(
                SetupFile(
                    name: "flightlog.yaml", place: plan.settings,
                    text: plan.settingsText(secretFolder: Self.secretFolder)))
        }
        files += [
            unit(
                "flightlog.service",
                service(
                    "Harvest Flyte into \(plan.archive)", plan.harvest, needsNetwork: true,
                    more: """
                        # 2: done, with problems recorded. 75: another harvest holds the archive.
                        SuccessExitStatus=2 75
                        # A stop finishes what is in hand; no harvest should take a night and a day.
                        TimeoutStopSec=30
                        TimeoutStartSec=20h
                        \(plan.secrets.map { "LoadCredential=\($0.name):\(Quoted.systemdLine($0.file))\n" }.joined())
                        """)),
            unit("flightlog.timer", timer("Harvest Flyte every night", schedule)),
            unit(
                "flightlog-report.service",
                service(
                    "Report on the last week in \(plan.archive)", plan.weeklyReport, needsNetwork: false,
                    more: "TimeoutStartSec=1h\n")),
            unit("flightlog-report.timer", timer("Report on Flyte every week", reportSchedule)),
        ]
        files.append(SetupFile(name: "install.sh", text: script(files), isExecutable: true))
        return files
    }

    private func service(_ what: String, _ words: [String], needsNetwork: Bool, more: String) -> String {
        """
        # Written by 'flightlog setup systemd'.
        [Unit]
        Description=\(Quoted.systemdLine(what))
        \(needsNetwork ? "Wants=network-online.target\nAfter=network-online.target\n" : "")
        [Service]
        Type=oneshot
        ExecStart=\((words.prefix(1).map { Quoted.systemdPath($0) } + words.dropFirst().map(Quoted.systemdWord)).joined(separator: " "))
        User=\(plan.user)
        \(plan.group.map { "Group=\($0)\n" } ?? "")\(more)Nice=10
        \(places(needsMetrics: needsNetwork))
        # Nothing of the machine but that, and the network.
        UMask=\(plan.metrics != nil ? "0022" : plan.group != nil ? "0027" : "0077")
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        ProtectSystem=strict
        ProtectHome=\(isHome ? "read-only" : "yes")
        \(isTemporary ? "" : "PrivateTmp=yes\n")PrivateDevices=yes
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        ProcSubset=pid
        \(needsNetwork ? "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK" : "RestrictAddressFamilies=AF_UNIX\nPrivateNetwork=yes")
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        RemoveIPC=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged
        SystemCallErrorNumber=EPERM

        """.replacing("\n\n\n", with: "\n\n")
    }

    /// What the units may write.
    private func places(needsMetrics: Bool) -> String {
        var folders = Set([plan.archive, plan.reportFile].map(NightlyPlan.folder))
        if needsMetrics, let metrics = plan.metrics { folders.insert(NightlyPlan.folder(of: metrics)) }
        var lines: [String] = []
        if let name = stateDirectory {
            folders.remove(plan.folder)
            lines = ["StateDirectory=\(name)", "StateDirectoryMode=\(plan.group == nil ? "0700" : "2750")"]
        }
        if !folders.isEmpty {
            lines.append(
                "ReadWritePaths=\(folders.sorted().map { Quoted.systemdPath($0) }.joined(separator: " "))")
        }
        return lines.joined(separator: "\n")
    }

    /// The archive's folder as systemd makes it itself: a simple name below /var/lib.
    private var stateDirectory: String? {
        guard plan.folder.hasPrefix("/var/lib/") else { return nil }
        let name = plan.folder.dropFirst("/var/lib/".count)
        return name.utf8.allSatisfy({
            $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        })
            && !name.isEmpty ? String(name) : nil
    }

    private var isHome: Bool { lies(in: ["/home/", "/root/", "/run/user/"]) }
    private var isTemporary: Bool { lies(in: ["/tmp/", "/var/tmp/"]) }

    private func lies(in folders: [String]) -> Bool {
        ([plan.program, plan.archive, plan.settings, plan.reportFile] + (plan.metrics.map { [$0] } ?? []))
            .contains { path in
                folders.contains { path.hasPrefix($0) }
            }
    }

    private func timer(_ what: String, _ schedule: String) -> String {
        """
        # Written by 'flightlog setup systemd'.
        [Unit]
        Description=\(what)

        [Timer]
        OnCalendar=\(schedule)
        RandomizedDelaySec=10min
        # After a night that the machine slept through.
        Persistent=true

        [Install]
        WantedBy=timers.target

        """
    }

    private func script(_ files: [SetupFile]) -> String {
        var installation = InstallScript(plan: plan)
        installation.install(files)
        // systemd reads them as root, and hands them to the unit alone.
        for secret in plan.secrets { installation.secret(secret, owner: "root") }
        return """
            \(InstallScript.head("systemd"))
            \(installation.user)
            \(installation.text)test -d /run/systemd/system || { echo "systemd does not run here; enable the timers later."; exit 0; }
            systemctl daemon-reload
            systemctl enable --now flightlog.timer flightlog-report.timer

            """
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
