import CYaml

/// A YAML document: scalars as text, sequences and mappings, with the lines they stand on.
indirect enum YAML {
    case scalar(String, line: Int)
    case sequence([YAML], line: Int)
    case mapping([(key: String, value: YAML)], line: Int)

    struct SyntaxError: Error {
        /// Counts from 1.
        var line: Int
        var problem: String
    }

    /// Reads the first document; an empty mapping when there is none.
    init(_ text: [UInt8]) throws(SyntaxError) {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw SyntaxError(line: 0, problem: "no memory") }
        defer { yaml_parser_delete(&parser) }
        var document = yaml_document_t()
        let isRead = text.withUnsafeBufferPointer { bytes in
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            return yaml_parser_load(&parser, &document) == 1
        }
        guard isRead else {
            let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
            throw SyntaxError(line: Int(parser.problem_mark.line) + 1, problem: problem)
        }
        defer { yaml_document_delete(&document) }
        guard let root = yaml_document_get_root_node(&document) else {
            self = .mapping([], line: 1)
            return
        }
        var left = 100_000
        self = try Self.value(root, &document, depth: 0, &left)
    }

    private static func value(
        _ node: UnsafeMutablePointer<yaml_node_t>, _ document: inout yaml_document_t, depth: Int,
        _ left: inout Int
    ) throws(SyntaxError) -> YAML {
        let line = Int(node.pointee.start_mark.line) + 1
        // Aliases may make circles, or many values out of few.
        left -= 1
        guard depth < 50, left > 0 else { throw SyntaxError(line: line, problem: "it is nested too deeply") }
        switch node.pointee.type {
        case YAML_SCALAR_NODE:
            var length = 0
            let bytes = cyaml_scalar(node, &length)
            return .scalar(
                String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self), line: line)
        case YAML_SEQUENCE_NODE:
            var items: [YAML] = []
            for index in 0..<cyaml_count(node) {
                guard let item = yaml_document_get_node(&document, cyaml_item(node, index)) else { continue }
                items.append(try value(item, &document, depth: depth + 1, &left))
            }
            return .sequence(items, line: line)
        default:
            var pairs: [(key: String, value: YAML)] = []
            for index in 0..<cyaml_count(node) {
                guard let key = yaml_document_get_node(&document, cyaml_key(node, index)),
                    let item = yaml_document_get_node(&document, cyaml_value(node, index)),
                    case .scalar(let name, _) = try value(key, &document, depth: depth + 1, &left)
                else { continue }
                pairs.append((name, try value(item, &document, depth: depth + 1, &left)))
            }
            return .mapping(pairs, line: line)
        }
    }

    var line: Int {
        switch self {
        case .scalar(_, let line), .sequence(_, let line), .mapping(_, let line): line
        }
    }

    subscript(_ key: String) -> YAML? {
        guard case .mapping(let pairs, _) = self else { return nil }
        return pairs.last { $0.key == key }?.value
    }

    var text: String? { if case .scalar(let text, _) = self { text } else { nil } }

    /// The texts of a sequence, or the words of a scalar.
    var texts: [String]? {
        switch self {
        case .scalar(let text, _): text.isEmpty ? [] : [text]
        case .sequence(let items, _): items.compactMap(\.text)
        case .mapping: nil
        }
    }

    var flag: Bool? {
        switch text?.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }
}
