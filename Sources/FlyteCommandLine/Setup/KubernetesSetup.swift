/// Manifests for a harvest every night and a report every week: a config map, a volume, two cron jobs. The secret is
/// referred to, never written.
struct KubernetesSetup {
    var plan: NightlyPlan
    /// Five fields each.
    var schedule: String
    var reportSchedule: String
    /// What the settings say.
    var settingsText: String
    var name = "flightlog"
    var namespace: String?
    var image: String
    var size: String
    var storageClass: String?

    static let secretFolder = "/run/secrets/flightlog"

    var files: [SetupFile] { [SetupFile(name: "flightlog-kubernetes.yaml", text: text)] }

    private var text: String {
        var text =
            "# A nightly harvest of Flyte. Written by 'flightlog setup kubernetes': kubectl apply -f FILE\n"
        if !plan.secrets.isEmpty {
            let files = plan.secrets.map { "--from-file=\($0.name)=\(Quoted.shell($0.file))" }
            text +=
                "# Before that: kubectl \(namespace.map { "-n \($0) " } ?? "")create secret generic \(name) \(files.joined(separator: " "))\n"
        }
        return text + configMap + "---\n" + volume + "---\n"
            + job(
                name, schedule, ["harvest", plan.archive, "--settings", plan.settings], needsSettings: true)
            + "---\n"
            + job(
                "\(name)-report", reportSchedule, Array(plan.weeklyReport.dropFirst()), needsSettings: false)
    }

    private func metadata(_ name: String) -> String {
        """
        metadata:
          name: \(name)
        \(namespace.map { "  namespace: \($0)\n" } ?? "")  labels:
            app.kubernetes.io/name: flightlog
        """
    }

    private var configMap: String {
        """
        apiVersion: v1
        kind: ConfigMap
        \(metadata(name))
        data:
          flightlog.yaml: \(Quoted.yamlFile(settingsText, indent: 4))

        """
    }

    private var volume: String {
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        \(metadata(name))
        spec:
          accessModes: [ReadWriteOnce]
        \(storageClass.map { "  storageClassName: \(Quoted.yaml($0))\n" } ?? "")  resources:
            requests:
              storage: \(Quoted.yaml(size))

        """
    }

    private func job(_ name: String, _ schedule: String, _ arguments: [String], needsSettings: Bool) -> String
    {
        let hasSecret = needsSettings && !plan.secrets.isEmpty
        var mounts = ["- name: archive", "  mountPath: \(Quoted.yaml(plan.folder))"]
        var volumes = ["- name: archive", "  persistentVolumeClaim:", "    claimName: \(self.name)"]
        if needsSettings {
            mounts += [
                "- name: settings", "  mountPath: \(Quoted.yaml(plan.settings))", "  subPath: flightlog.yaml",
                "  readOnly: true",
            ]
            volumes += ["- name: settings", "  configMap:", "    name: \(self.name)"]
        }
        if hasSecret {
            mounts += ["- name: secrets", "  mountPath: \(Self.secretFolder)", "  readOnly: true"]
            volumes += [
                "- name: secrets", "  secret:", "    secretName: \(self.name)", "    defaultMode: 0440",
            ]
        }
        func lines(_ lines: [String], indent: Int) -> String {
            lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
        }
        return """
            apiVersion: batch/v1
            kind: CronJob
            \(metadata(name))
            spec:
              schedule: \(Quoted.yaml(schedule))
              timeZone: Etc/UTC
              concurrencyPolicy: Forbid
              startingDeadlineSeconds: 3600
              successfulJobsHistoryLimit: 3
              failedJobsHistoryLimit: 7
              jobTemplate:
                spec:
                  # The next night goes on where one ended.
                  backoffLimit: 0
                  activeDeadlineSeconds: \(needsSettings ? 72_000 : 3_600)
                  template:
                    metadata:
                      labels:
                        app.kubernetes.io/name: flightlog
                    spec:
                      restartPolicy: Never
                      automountServiceAccountToken: false
                      terminationGracePeriodSeconds: 30
                      securityContext:
                        runAsNonRoot: true
                        runAsUser: 65532
                        runAsGroup: 65532
                        fsGroup: 65532
                        fsGroupChangePolicy: OnRootMismatch
                        seccompProfile:
                          type: RuntimeDefault
                      containers:
                        - name: flightlog
                          image: \(Quoted.yaml(image))
                          args: [\(arguments.map(Quoted.yaml).joined(separator: ", "))]
                          resources:
                            requests: {cpu: 100m, memory: 128Mi}
                            limits: {memory: 512Mi}
                          securityContext:
                            allowPrivilegeEscalation: false
                            readOnlyRootFilesystem: true
                            capabilities:
                              drop: [ALL]
                          volumeMounts:
            \(lines(mounts, indent: 16))
                      volumes:
            \(lines(volumes, indent: 12))

            """
    }
}
