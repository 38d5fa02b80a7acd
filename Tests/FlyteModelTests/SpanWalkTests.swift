import FlyteIDL
import FlyteModel
import Testing

/// The spans of an answer, one by one.
struct SpanWalkTests {
    @Test func namesThatNobodyWantsStopNothing() throws {
        func metrics(_ project: [UInt8]) -> [UInt8] {
            func nested(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
                var writer = WireWriter()
                writer.field(number, bytes)
                return writer.bytes
            }
            return nested(1, nested(3, nested(1, project)))
        }
        var count = 0
        try Span.walk(metrics: metrics(Array("prüfen".utf8))) { span, _ in
            #expect(span.entity == .execution(ExecutionID(project: "", domain: "", name: "")))
            count += 1
        }
        #expect(count == 1)
        // No UTF-8: the message has it as it came.
        try Span.walk(metrics: metrics([0xC3, 0x28])) { _, _ in count += 1 }
        #expect(count == 2)
    }
}
