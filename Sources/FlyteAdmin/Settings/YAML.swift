import CYaml

/// A YAML document: scalars as text, sequences and mappings, with where they stand.
package indirect enum YAML: Sendable {
    case scalar(String, Place)
    case sequence([YAML], Place)
    case mapping([Pair], Place)

    package struct Pair: Sendable {
        package var key: String
        package var keyPlace: Place
        package var value: YAML
    }

    /// Where something begins; both count from 1.
    package struct Place: Hashable, Sendable {
        package var line: Int
        package var column: Int

        init(_ mark: yaml_mark_t) {
            line = Int(mark.line) + 1
            column = Int(mark.column) + 1
        }
    }

    package struct SyntaxError: Error {
        package var place: Place
        package var problem: String

        package var line: Int { place.line }
    }

    /// Reads the first document; an empty mapping when there is none.
    package init(_ text: [UInt8]) throws(SyntaxError) {
        try Self.checkDepth(text)
        var parser = yaml_parser_t()
        precondition(yaml_parser_initialize(&parser) == 1, "no memory")
        defer { yaml_parser_delete(&parser) }
        var document = yaml_document_t()
        let isRead = text.withUnsafeBufferPointer { bytes in
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            return yaml_parser_load(&parser, &document) == 1
        }
        guard isRead else {
            throw Self.error(of: parser, in: text)
        }
        defer { yaml_document_delete(&document) }
        guard let root = yaml_document_get_root_node(&document) else {
            self = .mapping([], Place(yaml_mark_t()))
            return
        }
        var left = 100_000
        self = try Self.value(root, &document, depth: 0, &left)
    }

    /// What libyaml says, and of what people slip on most often what is to be done.
    private static func error(of parser: yaml_parser_t, in text: [UInt8]) -> SyntaxError {
        let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
        let context = parser.context.map { String(cString: $0) } ?? ""
        let index = Int(parser.problem_mark.index)
        if context == "while scanning a quoted scalar" {
            // It is found out where the text ends, or at the next quote.
            let start = Place(parser.context_mark)
            return SyntaxError(place: start, problem: "the quote that begins here has no end")
        }
        let place = Place(parser.problem_mark)
        // Blanks before a tab are gone through already.
        let isTab = index < text.count && text[index] == UInt8(ascii: "\t")
        if isTab {
            return SyntaxError(place: place, problem: "here is a tab, and YAML indents with spaces only")
        }
        return SyntaxError(place: place, problem: problem)
    }

    private static let depthLimit = 50
    private static let eventLimit = 200_000

    /// Looks at one event after the other before a document is made of them: libyaml takes minutes for a hundred
    /// thousand open brackets.
    private static func checkDepth(_ text: [UInt8]) throws(SyntaxError) {
        var parser = yaml_parser_t()
        precondition(yaml_parser_initialize(&parser) == 1, "no memory")
        defer { yaml_parser_delete(&parser) }
        var problem: SyntaxError?
        text.withUnsafeBufferPointer { bytes in
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            var depth = 0
            for _ in 0..<eventLimit {
                var event = yaml_event_t()
                // What is wrong otherwise is told when the document is read.
                guard yaml_parser_parse(&parser, &event) == 1 else { return }
                defer { yaml_event_delete(&event) }
                switch event.type {
                case YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT: depth += 1
                case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: depth -= 1
                case YAML_DOCUMENT_END_EVENT, YAML_STREAM_END_EVENT, YAML_NO_EVENT: return
                default: break
                }
                if depth > depthLimit {
                    problem = SyntaxError(place: Place(event.start_mark), problem: "it is nested too deeply")
                    return
                }
            }
            problem = SyntaxError(place: Place(parser.mark), problem: "it is too long")
        }
        if let problem { throw problem }
    }

    private static func value(
        _ node: UnsafeMutablePointer<yaml_node_t>, _ document: inout yaml_document_t, depth: Int,
        _ left: inout Int
    ) throws(SyntaxError) -> YAML {
        let place = Place(node.pointee.start_mark)
        // Aliases may make circles, or many values out of few.
        left -= 1
        guard depth <= depthLimit, left > 0 else {
            throw SyntaxError(place: place, problem: "it is nested too deeply")
        }
        switch node.pointee.type {
        case YAML_SCALAR_NODE:
            var length = 0
            let bytes = cyaml_scalar(node, &length)
            return .scalar(
                String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self), place)
        case YAML_SEQUENCE_NODE:
            var items: [YAML] = []
            for index in 0..<cyaml_count(node) {
                guard let item = yaml_document_get_node(&document, cyaml_item(node, index)) else { continue }
                items.append(try value(item, &document, depth: depth + 1, &left))
            }
            return .sequence(items, place)
        default:
            var pairs: [Pair] = []
            for index in 0..<cyaml_count(node) {
                guard let key = yaml_document_get_node(&document, cyaml_key(node, index)),
                    let item = yaml_document_get_node(&document, cyaml_value(node, index)),
                    case .scalar(let name, let keyPlace) = try value(key, &document, depth: depth + 1, &left)
                else { continue }
                pairs.append(
                    Pair(
                        key: name, keyPlace: keyPlace,
                        value: try value(item, &document, depth: depth + 1, &left)))
            }
            return .mapping(pairs, place)
        }
    }

    package var place: Place {
        switch self {
        case .scalar(_, let place), .sequence(_, let place), .mapping(_, let place): place
        }
    }

    var line: Int { place.line }

    subscript(_ key: String) -> YAML? {
        guard case .mapping(let pairs, _) = self else { return nil }
        return pairs.last { $0.key == key }?.value
    }

    package var text: String? { if case .scalar(let text, _) = self { text } else { nil } }

    /// The texts of a sequence, or the words of a scalar.
    var texts: [String]? {
        switch self {
        case .scalar(let text, _): text.isEmpty ? [] : [text]
        case .sequence(let items, _): items.compactMap(\.text)
        case .mapping: nil
        }
    }

    package var flag: Bool? {
        switch text?.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }
}
