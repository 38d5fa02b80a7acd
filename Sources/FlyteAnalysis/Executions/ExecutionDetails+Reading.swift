public import FlyteArchive
import FlyteIDL
public import FlyteModel
import Tables

extension ExecutionDetails {
    /// What is read of the executions that it launched.
    public enum Expansion: Sendable {
        /// The nodes of those that did not succeed, and of all how they ended.
        case unsuccessful
        /// The nodes of all.
        case all
    }

    /// Reads an execution from an archive, with those that it launched: a handful of statements, however many nodes it
    /// has.
    ///
    /// nil when the archive does not have it.
    public init?(
        of id: ExecutionID, source: String, in archive: Archive,
        expanding expansion: Expansion = .unsuccessful
    ) throws {
        let reader = Reader(archive: archive, source: source)
        guard let details = try archive.reading({ try reader.read(id, expanding: expansion) }) else {
            return nil
        }
        self = details
    }
}

/// Asks the tables that all versions of the schema have.
private struct Reader {
    let archive: Archive
    let source: String

    /// How many executions are read with their nodes, with the one that was asked for.
    private static let expandedAtMost = 1000

    /// An execution by its row.
    fileprivate struct Found {
        var row: Int64
        var inputMap: Int64?
        var details: ExecutionDetails
        /// The places of nodes, by their numbers.
        var places: [Int64: Int] = [:]
        /// The inputs of nodes, by their numbers: maps of the execution's.
        var nodeInputs: [Int64: Int64] = [:]
        /// The node and the attempt in its list, by the attempt's number.
        var attempts: [Int64: (node: Int, attempt: Int)] = [:]
        /// The errors of nodes and attempts, which are read once for all.
        var nodeErrors: [(place: Int, error: Int64)] = []
        var attemptErrors: [(number: Int64, error: Int64)] = []
        var nodeTasks: [(place: Int, task: Int64)] = []
    }

    func read(_ id: ExecutionID, expanding expansion: ExecutionDetails.Expansion) throws -> ExecutionDetails?
    {
        guard var root = try heads(of: [id]).first else { return nil }
        root.details.consoleURL = try consoleURL(of: id)
        root.details.inputs = try variables(root.row, map: root.inputMap)
        var found: [ExecutionID: Found] = [id: root]
        var unexpanded = 0
        // Level by level: whoever was met before is not met again, so that no message makes this endless.
        var level = [id]
        var expanded = 1
        while !level.isEmpty {
            try readNodes(level, &found)
            var children: [ExecutionID] = []
            var seen: Set<ExecutionID> = []
            for id in level {
                for child in found[id]?.details.nodes.compactMap(\.child) ?? []
                where found[child] == nil && seen.insert(child).inserted { children.append(child) }
            }
            level = []
            for head in try heads(of: children) {
                let id = head.details.id
                found[id] = head
                guard expansion == .all || head.details.phase != .succeeded else { continue }
                if expanded < Self.expandedAtMost {
                    expanded += 1
                    level.append(id)
                } else {
                    unexpanded += 1
                }
            }
        }
        try readAttempts(&found)
        try readDefinitions(&found)
        try readErrors(&found)
        try readReasons(&found)
        try readLogs(&found)
        try readElements(&found)
        try readGaps(&found)
        guard var details = found[id]?.details else { return nil }
        details.unexpandedCount = unexpanded
        if let cause = details.cause, let nodeID = cause.nodeID, let place = found[cause.execution],
            let number = place.places.first(where: {
                place.details.nodes[$0.value].id.hasSameBytes(as: nodeID)
            })?.key
        {
            details.causeInputs = try variables(place.row, map: place.nodeInputs[number])
        }
        found[id] = nil
        details.children = found.mapValues(\.details)
        return details
    }

    // MARK: Executions

    private func heads(of ids: [ExecutionID]) throws -> [Found] {
        guard !ids.isEmpty else { return [] }
        return try archive.query(
            """
            SELECT
                e.id, c.project, c.domain, e.name, e.observed_at, e.phase, e.mode, e.is_complete, e.retry_count,
                e.created_at, e.started_at, e.ended_at, e.duration_ns, e.scheduled_at, w.name, w.version, l.name, l.version,
                (SELECT value FROM name WHERE id = e.principal_id), (SELECT value FROM name WHERE id = e.cluster_id),
                e.parent, (SELECT value FROM name WHERE id = e.parent_node_id), e.reference,
                x.kind, x.code, x.message, y.kind, y.code, y.message, e.cause_execution,
                (SELECT value FROM name WHERE id = e.cause_node_id), e.cause_attempt,
                (SELECT value FROM text WHERE id = e.abort_cause_id),
                (SELECT value FROM name WHERE id = e.abort_principal_id), e.input_map,
                \(try hasCauseClass() ? "e.cause_class" : "NULL")
            FROM json_each(:ids) i
            JOIN source s ON s.name = :source
            JOIN scope c ON c.source_id = s.id AND c.project = i.value ->> 0 AND c.domain = i.value ->> 1
            JOIN execution e ON e.scope_id = c.id AND e.name = i.value ->> 2
            LEFT JOIN definition w ON w.id = e.workflow_id
            LEFT JOIN definition l ON l.id = e.launch_plan_id
            LEFT JOIN error x ON x.id = e.error_id
            LEFT JOIN error y ON y.id = e.cause_id
            ORDER BY i.key
            """, ["source": .text(source), "ids": .text(Self.json(ids))]
        ).rows.compactMap { row in
            guard let number = row[0].integer else { return nil }
            let id = ExecutionID(
                project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "")
            var details = ExecutionDetails(
                source: source, id: id, observedAt: row[4].time ?? Timestamp(nanoseconds: 0),
                phase: ExecutionPhase(rawValue: row[5].text ?? ""), mode: row[6].text ?? "",
                isComplete: row[7].integer == 1, retryCount: Int(row[8].integer ?? 0))
            details.times = ObservedTimes(row[9...12])
            details.scheduledAt = row[13].time
            details.workflow = Self.version(row[14], row[15])
            details.launchPlan = Self.version(row[16], row[17])
            (details.principal, details.cluster) = (row[18].text, row[19].text)
            details.parent = row[20].text.map { Archive.execution(written: $0, in: id) }
            details.parentNodeID = row[21].text
            details.reference = row[22].text.map { Archive.execution(written: $0, in: id) }
            details.error = ExecutionError(row[23...25])
            if let error = ExecutionError(row[26...28]) {
                details.cause = ExecutionDetails.Cause(
                    execution: row[29].text.map { Archive.execution(written: $0, in: id) } ?? id,
                    nodeID: row[30].text, attempt: row[31].integer.flatMap { Int(exactly: $0) }, error: error,
                    causeClass: row[35].text)
            }
            if !row[32].isNull || !row[33].isNull {
                details.abort = ExecutionDetails.Abort(cause: row[32].text, principal: row[33].text)
            }
            return Found(row: number, inputMap: row[34].integer, details: details)
        }
    }

    /// Archives of the first three versions do not.
    private func hasCauseClass() throws -> Bool {
        try !archive.query("SELECT 1 FROM pragma_table_info('execution') WHERE name = 'cause_class'").rows
            .isEmpty
    }

    private func consoleURL(of id: ExecutionID) throws -> String? {
        try archive.query(
            """
            SELECT console_url FROM v_execution
            WHERE source = :source AND project = :project AND domain = :domain AND name = :name
            """,
            [
                "source": .text(source), "project": .text(id.project), "domain": .text(id.domain),
                "name": .text(id.name),
            ]
        ).rows.first?[0].text
    }

    private static func version(_ name: Cell, _ version: Cell) -> ExecutionDetails.NamedVersion? {
        name.text.map { ExecutionDetails.NamedVersion(name: $0, version: version.text ?? "") }
    }

    // MARK: Nodes and attempts

    private func readNodes(_ ids: [ExecutionID], _ found: inout [ExecutionID: Found]) throws {
        let owners = Owners(ids, found)
        for row in try archive.query(
            """
            SELECT
                n.execution_id, n.number, (SELECT value FROM name WHERE id = n.node_id),
                (SELECT value FROM name WHERE id = n.spec_node_id), (SELECT value FROM name WHERE id = n.name_id),
                n.parent, n.kind, n.retry_group, n.phase, n.task_id, (SELECT value FROM name WHERE id = n.task_type_id),
                (SELECT value FROM name WHERE id = n.cache_status_id), n.created_at, n.started_at, n.ended_at, n.duration_ns,
                n.error_id, n.child, n.deck_uri, n.input_map
            FROM node n WHERE n.execution_id IN (SELECT value FROM json_each(:rows)) ORDER BY n.execution_id, n.number
            """, ["rows": .text(owners.json)]
        ).rows {
            guard let id = owners[row[0]], let number = row[1].integer else { continue }
            var node = NodeDetails(
                id: row[2].text ?? "", kind: row[6].text.flatMap(NodeKind.init) ?? .unknown,
                phase: NodePhase(rawValue: row[8].text ?? ""))
            (node.specID, node.name, node.retryGroup) = (row[3].text, row[4].text, row[7].text)
            node.cacheStatus = row[11].text
            node.times = ObservedTimes(row[12...15])
            node.child = row[17].text.map { Archive.execution(written: $0, in: id) }
            node.deckURI = row[18].text
            found[id]?.add(
                node, number: number, inside: row[5].integer, task: row[9].integer, error: row[16].integer,
                inputs: row[19].integer)
        }
    }

    private func readAttempts(_ found: inout [ExecutionID: Found]) throws {
        let owners = Owners(found)
        for row in try archive.query(
            """
            SELECT
                a.execution_id, a.number, a.node, a.attempt, a.phase, a.created_at, a.started_at, a.ended_at, a.duration_ns,
                a.error_id, coalesce(a.cpu_request, d.cpu_request),
                coalesce(a.memory_request_bytes, d.memory_request_bytes), coalesce(a.gpu_request, d.gpu_request), a.pod
            FROM attempt a LEFT JOIN definition d ON d.id = a.task_id
            WHERE a.execution_id IN (SELECT value FROM json_each(:rows)) ORDER BY a.execution_id, a.node, a.attempt
            """, ["rows": .text(owners.json)]
        ).rows {
            guard let id = owners[row[0]], let number = row[1].integer, let node = row[2].integer else {
                continue
            }
            var attempt = AttemptDetails(
                number: Int(row[3].integer ?? 0), phase: TaskPhase(rawValue: row[4].text ?? ""))
            attempt.times = ObservedTimes(row[5...8])
            attempt.request.cpu = row[10].real
            attempt.request.memoryBytes = row[11].integer
            attempt.request.gpu = row[12].real
            attempt.pod = row[13].text
            found[id]?.add(attempt, number: number, node: node, error: row[9].integer)
        }
    }

    private func readDefinitions(_ found: inout [ExecutionID: Found]) throws {
        let ids = Set(found.values.flatMap { $0.nodeTasks.map(\.task) })
        guard !ids.isEmpty else { return }
        var tasks: [Int64: NodeDetails.TaskDetails] = [:]
        for row in try archive.query(
            """
            SELECT id, name, version, task_type, image, timeout_ns, cpu_request, memory_request_bytes, gpu_request
            FROM definition WHERE id IN (SELECT value FROM json_each(:ids))
            """, ["ids": .text(Self.json(ids))]
        ).rows {
            guard let id = row[0].integer else { continue }
            var task = NodeDetails.TaskDetails(
                name: row[1].text ?? "", version: row[2].text ?? "", type: row[3].text, image: row[4].text)
            task.timeLimit = row[5].integer.flatMap { $0 > 0 ? Double($0) / 1e9 : nil }
            task.request.cpu = row[6].real
            task.request.memoryBytes = row[7].integer
            task.request.gpu = row[8].real
            tasks[id] = task
        }
        for id in Array(found.keys) {
            for (place, task) in found[id]?.nodeTasks ?? [] {
                found[id]?.details.nodes[place].task = tasks[task]
            }
        }
    }

    private func readErrors(_ found: inout [ExecutionID: Found]) throws {
        var ids: Set<Int64> = []
        for execution in found.values {
            ids.formUnion(execution.nodeErrors.map(\.error))
            ids.formUnion(execution.attemptErrors.map(\.error))
        }
        guard !ids.isEmpty else { return }
        var errors: [Int64: ExecutionError] = [:]
        for row in try archive.query(
            "SELECT id, kind, code, message FROM error WHERE id IN (SELECT value FROM json_each(:ids))",
            ["ids": .text(Self.json(ids))]
        ).rows {
            if let id = row[0].integer { errors[id] = ExecutionError(row[1...3]) }
        }
        for id in Array(found.keys) {
            for (place, error) in found[id]?.nodeErrors ?? [] {
                found[id]?.details.nodes[place].error = errors[error]
            }
            for (number, error) in found[id]?.attemptErrors ?? [] {
                found[id]?.changeAttempt(number) { $0.error = errors[error] }
            }
        }
    }

    // MARK: What belongs to attempts

    private func readReasons(_ found: inout [ExecutionID: Found]) throws {
        let owners = Owners(found)
        for row in try archive.query(
            """
            SELECT execution_id, attempt, at, (SELECT value FROM text WHERE id = r.text_id) FROM reason r
            WHERE execution_id IN (SELECT value FROM json_each(:rows)) ORDER BY execution_id, attempt, number
            """, ["rows": .text(owners.json)]
        ).rows {
            guard let id = owners[row[0]], let number = row[1].integer else { continue }
            found[id]?.changeAttempt(number) {
                $0.reasons.append(AttemptDetails.Reason(at: row[2].time, text: row[3].text ?? ""))
            }
        }
    }

    private func readLogs(_ found: inout [ExecutionID: Found]) throws {
        let owners = Owners(found)
        for row in try archive.query(
            """
            SELECT execution_id, attempt, (SELECT value FROM name WHERE id = l.name_id), uri FROM log l
            WHERE execution_id IN (SELECT value FROM json_each(:rows)) ORDER BY execution_id, attempt, number
            """, ["rows": .text(owners.json)]
        ).rows {
            guard let id = owners[row[0]], let number = row[1].integer else { continue }
            found[id]?.changeAttempt(number) {
                $0.logs.append(AttemptDetails.Log(name: row[2].text ?? "", uri: row[3].text ?? ""))
            }
        }
    }

    private func readElements(_ found: inout [ExecutionID: Found]) throws {
        let owners = Owners(found)
        var changed: [(ExecutionID, Int64)] = []
        for row in try archive.query(
            """
            SELECT
                execution_id, attempt, element, retry, phase, (SELECT value FROM name WHERE id = t.cache_status_id),
                external_id
            FROM subtask t WHERE execution_id IN (SELECT value FROM json_each(:rows))
            ORDER BY execution_id, attempt, element, retry, number
            """, ["rows": .text(owners.json)]
        ).rows {
            guard let id = owners[row[0]], let number = row[1].integer, let element = row[2].integer else {
                continue
            }
            let index = Int(element)
            found[id]?.changeAttempt(number) { attempt in
                if attempt.elements.last?.index != index { attempt.elements.append(MapElement(index: index)) }
                attempt.elements[attempt.elements.count - 1].tries.append(
                    MapElement.Try(
                        number: Int(row[3].integer ?? 0), phase: row[4].text ?? "", cacheStatus: row[5].text,
                        externalID: row[6].text))
            }
            if changed.last.map({ $0.0 != id || $0.1 != number }) ?? true { changed.append((id, number)) }
        }
        for (id, number) in changed { found[id]?.changeAttempt(number) { $0.tellElements() } }
    }

    // MARK: What went in, and what is missing

    private func variables(_ row: Int64, map: Int64?) throws -> [ExecutionDetails.Variable] {
        guard let map else { return [] }
        return try archive.query(
            """
            SELECT
                (SELECT value FROM name WHERE id = l.name_id), (SELECT value FROM name WHERE id = l.type_id) AS type,
                l.json, l.text, l.number, l.size_bytes
            FROM literal l WHERE l.execution_id = :row AND l.map = :map ORDER BY 1
            """, ["row": .integer(row), "map": .integer(map)]
        ).rows.map { row in
            let type = row[1].text ?? ""
            var json = row[2].text ?? row[3].text.map { "\"\($0)\"" }
            // As the view has it: of what is not plain the JSON is there.
            if json == nil, let value = row[4].integer {
                json = type == "boolean" ? (value == 0 ? "false" : "true") : String(value)
            }
            return ExecutionDetails.Variable(
                name: row[0].text ?? "", type: type, json: json, bytes: row[5].integer ?? 0)
        }
    }

    private func readGaps(_ found: inout [ExecutionID: Found]) throws {
        for place in Set(found.keys.map { [$0.project, $0.domain] }) {
            let names = found.keys.filter { [$0.project, $0.domain] == place }
            for row in try archive.query(
                """
                SELECT execution, node_id, attempt, field, state, detail FROM v_capture
                WHERE source = :source AND project = :project AND domain = :domain
                    AND execution IN (SELECT value ->> 2 FROM json_each(:ids)) AND state <> 'never_written'
                ORDER BY execution, node_id, attempt, field, state, detail
                """,
                [
                    "source": .text(source), "project": .text(place[0]), "domain": .text(place[1]),
                    "ids": .text(Self.json(names)),
                ]
            ).rows {
                let id = ExecutionID(project: place[0], domain: place[1], name: row[0].text ?? "")
                found[id]?.details.gaps.append(
                    ExecutionDetails.Gap(
                        nodeID: row[1].text, attempt: row[2].integer.flatMap { Int(exactly: $0) },
                        field: row[3].text ?? "", state: row[4].text ?? "", detail: row[5].text))
            }
        }
    }

    // MARK: Parameters

    private static func json(_ ids: some Sequence<ExecutionID>) -> String {
        JSONValue.array(
            ids.map { .array([.string($0.project), .string($0.domain), .string($0.name)]) }
        ).text
    }

    fileprivate static func json(_ numbers: some Sequence<Int64>) -> String {
        "[\(numbers.map(String.init).joined(separator: ","))]"
    }

    /// Whose rows are meant.
    private struct Owners {
        private var ids: [Int64: ExecutionID] = [:]

        init(_ chosen: some Sequence<ExecutionID>, _ found: [ExecutionID: Found]) {
            for id in chosen { if let row = found[id]?.row { ids[row] = id } }
        }

        /// Those that were read with their nodes.
        init(_ found: [ExecutionID: Found]) {
            self.init(found.keys.filter { found[$0]?.places.isEmpty == false }, found)
        }

        var json: String { Reader.json(ids.keys.sorted()) }

        subscript(_ cell: Cell) -> ExecutionID? { cell.integer.flatMap { ids[$0] } }
    }
}

extension Reader.Found {
    fileprivate mutating func add(
        _ node: NodeDetails, number: Int64, inside parent: Int64?, task: Int64?, error: Int64?, inputs: Int64?
    ) {
        let place = details.nodes.count
        places[number] = place
        details.nodes.append(node)
        if let parent = parent.flatMap({ places[$0] }) {
            details.nodes[place].parent = parent
            details.nodes[parent].children.append(place)
        } else {
            details.roots.append(place)
        }
        if let task { nodeTasks.append((place, task)) }
        if let error { nodeErrors.append((place, error)) }
        if let inputs { nodeInputs[number] = inputs }
    }

    fileprivate mutating func add(_ attempt: AttemptDetails, number: Int64, node: Int64, error: Int64?) {
        guard let place = places[node] else { return }
        attempts[number] = (place, details.nodes[place].attempts.count)
        details.nodes[place].attempts.append(attempt)
        if let error { attemptErrors.append((number, error)) }
    }

    fileprivate mutating func changeAttempt(_ number: Int64, _ change: (inout AttemptDetails) -> Void) {
        guard let place = attempts[number] else { return }
        change(&details.nodes[place.node].attempts[place.attempt])
    }
}

extension AttemptDetails {
    /// Gives each element its part of the error and its logs.
    fileprivate mutating func tellElements() {
        let errors = error.map { MapElement.errors(in: $0.message) } ?? [:]
        for place in elements.indices {
            let index = elements[place].index
            elements[place].error = errors[index]
        }
        // The engine calls an element's link by its index, after a dash.
        var logs: [Int: [Log]] = [:]
        for log in self.logs {
            guard let dash = log.name.utf8.lastIndex(of: UInt8(ascii: "-")),
                let index = Int(Substring(log.name.utf8[dash...].dropFirst()))
            else { continue }
            logs[index, default: []].append(log)
        }
        for place in elements.indices { elements[place].logs = logs[elements[place].index] ?? [] }
    }
}

extension ObservedTimes {
    /// - Parameter cells: Made, began, ended, and how long it ran.
    fileprivate init(_ cells: ArraySlice<Cell>) {
        let cells = Array(cells)
        (createdAt, startedAt, endedAt) = (cells[0].time, cells[1].time, cells[2].time)
        duration = cells[3].integer
    }
}

extension ExecutionError {
    /// - Parameter cells: Kind, code and message; nil when there is none.
    fileprivate init?(_ cells: ArraySlice<Cell>) {
        let cells = Array(cells)
        guard let kind = cells[0].text else { return nil }
        self.init(
            code: cells[1].text ?? "", message: cells[2].text ?? "", kind: ErrorKind(rawValue: kind))
    }
}

extension Cell {
    fileprivate var time: Timestamp? { integer.map(Timestamp.init(nanoseconds:)) }
}
