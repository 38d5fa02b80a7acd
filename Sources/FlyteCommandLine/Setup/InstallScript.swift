/// The shell's part of setting up a machine: user, folders, files in their places.
struct InstallScript {
    let plan: NightlyPlan
    private(set) var text = ""

    init(plan: NightlyPlan) { self.plan = plan }

    static func head(_ kind: String) -> String {
        """
        #!/bin/sh
        # Puts the files beside this script in their places. Run it as root; twice does no harm.
        # Written by 'flightlog setup \(kind)'.
        set -eu
        cd "$(dirname "$0")"
        """
    }

    /// The user, and the folders that are its own.
    var user: String {
        let folder = Quoted.shell(plan.folder)
        var lines: [String] = []
        if let group = plan.group {
            lines.append("getent group \(group) >/dev/null || groupadd --system \(group)")
        }
        lines.append(
            "getent passwd \(plan.user) >/dev/null || useradd --system --user-group --home-dir \(folder) --no-create-home --shell /usr/sbin/nologin \(plan.user)"
        )
        // What is made in a folder with this bit has the folder's group.
        lines.append(
            plan.group.map { "install -d -o \(plan.user) -g \($0) -m 2750 \(folder)" }
                ?? "install -d -o \(plan.user) -g \(plan.user) -m 700 \(folder)")
        let others = Set([plan.reportFile, plan.metrics].compactMap { $0 }.map(NightlyPlan.folder))
            .subtracting([plan.folder]).sorted()
        for other in others {
            lines.append(
                "test -d \(Quoted.shell(other)) || install -d -o \(plan.user) -g \(plan.group ?? plan.user) -m 755 \(Quoted.shell(other))"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// Files that have a place.
    mutating func install(_ files: [SetupFile]) {
        for file in files {
            guard let place = file.place else { continue }
            // Settings of one's own stay.
            let keep = place == plan.settings ? "test -e \(Quoted.shell(place)) || " : ""
            text += "\(keep)install -D -m 644 \(file.name) \(Quoted.shell(place))\n"
        }
    }

    /// A file that only its owner may read; what is in it is not known here.
    mutating func secret(_ secret: NightlyPlan.Secret, owner: String) {
        let file = Quoted.shell(secret.file)
        text += """
            test -e \(file) || { install -d -m 755 \(Quoted.shell(NightlyPlan.folder(of: secret.file))); install -o \(owner) -m 600 /dev/null \(file); }
            test -s \(file) || printf 'Now write the secret %s into %s\\n' \(secret.name) \(file)

            """
    }
}
