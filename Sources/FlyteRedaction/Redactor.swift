import FlyteIDL
public import FlyteModel

/// Puts tokens in the place of secrets, before anything is written.
public struct Redactor: Sendable {
    private let settings: RedactionRules

    public init(_ rules: RedactionRules) { settings = rules }

    /// What was a secret in trees: in memory only, to keep it out of messages about them.
    public struct Secrets: Sendable {
        fileprivate var rules: [[UInt8]: Int] = [:]
        /// Those that `search` does not have yet: it is made when there is a message, and most trees have none.
        fileprivate var unindexed: [[UInt8]: Int] = [:]
        fileprivate var search: SecretSearch?

        public init() {}

        fileprivate init(_ rules: [[UInt8]: Int]) { (self.rules, unindexed) = (rules, rules) }

        /// So many take about 25 MiB.
        private static let most = 50_000

        /// Adds those of another tree. Where there are too many for memory, earlier ones are forgotten.
        public mutating func formUnion(_ other: Secrets) { add(other.rules) }

        fileprivate mutating func add(_ others: [[UInt8]: Int]) {
            if rules.count > Self.most { self = Secrets() }
            for (secret, rule) in others where rules[secret] == nil {
                rules[secret] = rule
                unindexed[secret] = rule
            }
        }
    }

    /// Redacts an execution's whole tree: what a rule finds in one place is replaced in all.
    ///
    /// - Parameters:
    ///   - workflow: The workflow's name, for rules that are about some only.
    ///   - task: The name of the task that a node runs, by the node's id.
    /// - Returns: The secrets.
    public func redact(
        _ capture: inout ExecutionCapture, workflow: String?, task: (String) -> String?
    ) throws -> Secrets {
        let walk = SecretWalk(settings)
        func begin(_ message: CapturedMessage) {
            walk.begin()
            walk.rules = rules(
                project: capture.id.project, workflow: workflow,
                task: message.place.task?.name ?? message.place.nodeID.flatMap(task))
        }
        var hasWhole: [Bool] = []
        for message in capture.messages {
            begin(message)
            _ = Self.rewritten(message.bytes, of: message, walk)
            hasWhole.append(walk.hasWhole)
        }
        walk.startReplacing()
        let given = capture.withheld.indices
        var ledger = RedactionLedger()
        for index in capture.messages.indices {
            var message = capture.messages[index]
            let bytes = message.bytes
            begin(message)
            let uri = message.uri.flatMap { walk.plainText($0, field: "uri") }
            let changed =
                hasWhole[index] || walk.holdsSecret(bytes) ? Self.rewritten(bytes, of: message, walk) : nil
            if uri != nil || changed != nil {
                message.uri = uri ?? message.uri
                message.bytes = changed ?? bytes
                try capture.messages.replace(at: index, by: message)
            }
            for redaction in redactions(of: walk, at: message.place) {
                ledger.add(redaction, of: capture.messages.kept(at: index), to: &capture)
            }
        }
        for index in given {
            walk.begin()
            let gap = capture.withheld[index]
            if let detail = walk.plainText(gap.detail, field: "detail") {
                capture.withheld[index].detail = detail
            }
            for redaction in redactions(of: walk, at: gap.place) {
                ledger.add(redaction, of: nil, to: &capture)
            }
        }
        return Secrets(walk.secrets)
    }

    /// Redacts a definition by itself, so that it is the same whichever execution needed it first.
    public func redact(_ definition: inout CapturedDefinition) {
        let id = definition.id
        let walk = SecretWalk(settings)
        walk.rules = rules(
            project: id.project, workflow: id.kind == .workflow ? id.name : Self.workflow(of: definition),
            task: id.kind == .task ? id.name : nil)
        let type = IDL.message(
            id.kind == .task ? "admin.Task" : id.kind == .workflow ? "admin.Workflow" : "admin.LaunchPlan")
        _ = walk.rewritten(definition.bytes, as: type, field: nil)
        let hasWhole = walk.hasWhole
        walk.startReplacing()
        walk.begin()
        if hasWhole || walk.holdsSecret(definition.bytes) {
            definition.bytes = walk.rewritten(definition.bytes, as: type, field: nil) ?? definition.bytes
        }
        definition.redactions = redactions(of: walk, at: .execution)
    }

    /// A text about an execution whose tree may be unknown, such as an error's.
    ///
    /// - Parameter secrets: Those that are known; those that the rules find in the text are added.
    public func redact(_ text: String, knowing secrets: inout Secrets) -> String {
        let walk = SecretWalk(settings)
        _ = walk.plainText(text, field: "")
        secrets.add(walk.secrets)
        var search = secrets.search ?? SecretSearch(minimumLength: settings.minimumLength)
        secrets.search = nil
        search.add(secrets.unindexed)
        secrets.unindexed = [:]
        walk.startReplacing(by: search)
        defer { secrets.search = walk.stopReplacing() }
        return walk.plainText(text, field: "") ?? text
    }

    private func rules(project: String, workflow: String?, task: String?) -> [Int] {
        settings.rules.indices.filter {
            settings.rules[$0].applies(project: project, workflow: workflow, task: task)
        }
    }

    private static func workflow(of plan: CapturedDefinition) -> String? {
        guard plan.id.kind == .launchPlan else { return nil }
        return (try? LaunchPlan(decoding: plan.bytes))?.workflow?.name
    }

    private func redactions(of walk: SecretWalk, at place: CapturePlace) -> [Redaction] {
        walk.replacements.map { what, count in
            Redaction(
                place: place, field: what.field, name: what.name, rule: settings.rules[what.rule].name,
                token: what.token, count: count)
        }
    }

    private static func rewritten(
        _ bytes: [UInt8], of message: CapturedMessage, _ walk: SecretWalk
    ) -> [UInt8]? {
        let field: String? =
            switch message.kind {
            case .execution, .node, .attempt, .data: nil
            case .metrics: "metrics"
            case .signal: "signal"
            case .dynamicWorkflow: "dynamic_workflow"
            case .literalMap: message.direction == .output ? "outputs" : "inputs"
            case .literal: "offloaded"
            }
        return walk.rewritten(bytes, as: IDL.message(message.typeName), field: field)
    }
}

extension SecretWalk {
    /// A message with its secrets replaced; nil when it holds none. One that cannot be read is nobody's message, and
    /// is treated as a text.
    fileprivate func rewritten(_ bytes: [UInt8], as type: MessageType, field: String?) -> [UInt8]? {
        let context = Context(field: field)
        do {
            return try message(WireReader(bytes), type, context)
        } catch {
            return replaceFound(in: bytes, context)
        }
    }

    fileprivate func plainText(_ text: String, field: String) -> String? {
        self.text(Array(text.utf8), Context(field: field)).map { String(decoding: $0, as: UTF8.self) }
    }
}
