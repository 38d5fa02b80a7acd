import FlyteIDL
import Foundation
import TestSupport
import Testing

/// protojson. That it is Flyte's own, RecordingTests and Tests/codec/run say.
struct MessageJSONTests {
    /// The core reads bytes itself; our codec reads them too, and writes what it understood.
    @Test(arguments: 0..<6 as Range<UInt64>) func hostileBytesAreReadAsTheCodecReadsThem(seed: UInt64) throws
    {
        var random = SeededRandom(seed: seed)
        let bodies = RecordedExchange.all(.propellerCases).filter {
            $0.isProtobuf && ($0.body?.count ?? 0) < 8192
        }
        var answers = 0
        for _ in 0..<400 {
            let exchange = try #require(bodies.randomElement(using: &random))
            guard let type = IDL.messageOrNil(exchange.messageType), var bytes = exchange.body else {
                continue
            }
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 8))
                default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
                }
            }
            let style = Bool.random(using: &random) ? JSONStyle.snakeCase : .camelCase
            let json = try? type.json(of: bytes, style)
            if let json {
                #expect(throws: Never.self) {
                    try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)
                }
            }
            if let message = try? Message(decoding: bytes, as: type),
                let again = try? message.jsonBytes(style)
            {
                answers += 1
                #expect(json == again, "\(type.name)")
            }
        }
        #expect(answers > 20)
    }

    @Test func numbersHaveTheDigitsThatSwiftGivesInJavaScriptsForm() throws {
        var random = SeededRandom(seed: 1)
        var values: [Double] = [0, -0.0, 1, 1e20, 1e21, 1e-6, 1e-7, 0.1, 123_456.789, .leastNonzeroMagnitude]
        for _ in 0..<2000 { values.append(Double(bitPattern: random.next())) }
        /// The digits alone, and the power of ten of the last.
        func parts(_ text: String) throws -> [String] {
            let halves = text.lowercased().split(separator: "e")
            let mantissa = halves[0].split(separator: ".", omittingEmptySubsequences: false)
            let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
            var digits = String(mantissa[0]) + fraction
            let exponent = halves.count > 1 ? try #require(Int(halves[1].drop { $0 == "+" })) : 0
            var power = exponent - fraction.count
            while digits.hasSuffix("0"), digits.count > 1 {
                digits.removeLast()
                power += 1
            }
            let sign = digits.hasPrefix("-") ? "-" : ""
            digits = String(digits.drop { $0 == "-" || $0 == "0" })
            return [sign, digits, digits.isEmpty ? "0" : String(power)]
        }
        for value in values where value.isFinite {
            let double = try Message("google.protobuf.DoubleValue", ["value": .double(value)]).json(
                .snakeCase)
            #expect(try parts(double) == parts("\(value)"), "\(double)")
            #expect(
                double.contains("e") == (value != 0 && !(1e-6..<1e21).contains(value.magnitude)), "\(double)")
            let narrow = Float(value)
            guard narrow.isFinite else { continue }
            let float = try Message("google.protobuf.FloatValue", ["value": .float(narrow)]).json(.snakeCase)
            #expect(try parts(float) == parts("\(narrow)"), "\(float)")
        }
        #expect(
            try Message("google.protobuf.DoubleValue", ["value": .double(.nan)]).json(.snakeCase) == "\"NaN\""
        )
        #expect(
            try Message("google.protobuf.FloatValue", ["value": .float(-.infinity)]).json(.snakeCase)
                == "\"-Infinity\"")
    }

    @Test func bothStylesNameFieldsAsFlyteDoes() throws {
        let id = Message("core.WorkflowExecutionIdentifier", ["name": "a"])
        let message = Message("admin.ExecutionUpdateRequest", ["id": .message(id)])
        #expect(try message.json(.snakeCase).contains(#""state":"EXECUTION_ACTIVE""#))
        let task = Message(
            "core.TaskNodeOverrides", ["extended_resources": ["gpu_accelerator": ["device": "T4"]]])
        #expect(
            try task.json(.snakeCase).contains(#""extended_resources":{"gpu_accelerator":{"device":"T4""#))
        #expect(try task.json(.camelCase).contains(#""extendedResources":{"gpuAccelerator":{"device":"T4""#))
    }

    @Test func whatJSONCannotTellIsNamedWithItsPlace() throws {
        let late = Message(
            "admin.ExecutionList",
            ["executions": [[:], ["closure": ["created_at": ["seconds": 253_402_300_800]]]]])
        let error = try #require(throws: JSONError.self) { try late.json(.camelCase) }
        #expect(error.kind == .unprintable && error.path == "executions[1].closure.created_at", "\(error)")
        let nan = Message("google.protobuf.Struct", ["fields": ["a": ["number_value": .double(.nan)]]])
        #expect(try #require(throws: JSONError.self) { try nan.json(.snakeCase) }.path == "[]")
        let any = Message(
            "google.protobuf.Any", ["type_url": "type.googleapis.com/flyteidl.None", "value": .bytes([1])])
        #expect(try #require(throws: JSONError.self) { try any.json(.snakeCase) }.kind == .unprintable)
        let type = IDL.message("admin.Execution")
        #expect(
            try #require(throws: JSONError.self) { try type.json(of: [0xFF], .snakeCase) }.kind
                == .unprintable)
        #expect(
            try #require(throws: JSONError.self) { try type.json(of: [0x0A, 3, 0x0A, 1, 0xFF], .snakeCase) }
                .path == "id.project")
    }

    @Test func whatIsTooDeepIsAnErrorAndNoCrash() throws {
        var bytes: [UInt8] = []
        for _ in 0..<1000 {
            var writer = WireWriter()
            writer.field(3, bytes)
            bytes = writer.bytes
        }
        let error = try #require(throws: JSONError.self) {
            try IDL.message("core.LiteralType").json(of: bytes, .snakeCase)
        }
        #expect(error.kind == .tooDeep)
    }
}
