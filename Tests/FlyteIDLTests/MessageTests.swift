import FlyteIDL
import Testing

struct MessageTests {
    @Test func givesBackWhatItWasGiven() throws {
        let message = Message(
            "core.TaskExecutionIdentifier",
            [
                "task_id": ["resource_type": "TASK", "name": "train", "version": "v1"],
                "node_execution_id": ["node_id": "n0"], "retry_attempt": 2,
            ])
        let again = try Message(decoding: message.encoded(), as: message.type)
        #expect(again == message)
        #expect(again.integer("retry_attempt") == 2)
        #expect(again.message("task_id")?.enumName("resource_type") == "TASK")
    }

    @Test func keepsFieldsItDoesNotKnow() throws {
        let bytes: [UInt8] = [0x0A, 1, 0x61, 0xF8, 0x7F, 5, 0x12, 1, 0x62]
        let message = try Message(decoding: bytes, as: "core.KeyValuePair")
        #expect(message.unknownFields == [0xF8, 0x7F, 5])
        #expect(message.encoded() == [0x0A, 1, 0x61, 0x12, 1, 0x62, 0xF8, 0x7F, 5])
    }

    @Test func mergesAMessageThatComesTwice() throws {
        let one = Message("core.NodeExecutionIdentifier", ["execution_id": ["project": "p"]])
        let two = Message("core.NodeExecutionIdentifier", ["execution_id": ["name": "x"]])
        let both = try Message(decoding: one.encoded() + two.encoded(), as: one.type)
        #expect(both.message("execution_id")?.string("project") == "p")
        #expect(both.message("execution_id")?.string("name") == "x")
    }

    @Test func aOneofHoldsOneMember() throws {
        var primitive = Message("core.Primitive", ["integer": 0])
        #expect(primitive.whichOneof("value")?.name == "integer")
        primitive["string_value"] = "x"
        #expect(primitive["integer"] == nil)
    }

    @Test(
        arguments: [
            ([0x0A], WireError.truncated), ([0x0A, 5, 1], .truncated), ([0x00], .invalidTag),
            ([0x0A, 1, 0xFF], .invalidUTF8), ([0x0F, 0], .invalidTag),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02], .varintTooLong),
        ] as [([UInt8], WireError)])
    func refusesWhatIsNoMessage(bytes: [UInt8], error: WireError) {
        #expect(throws: error) { try Message(decoding: bytes, as: "core.KeyValuePair") }
    }

    @Test func refusesWhatIsTooDeep() {
        var bytes: [UInt8] = []
        for _ in 0..<Message.depthLimit {
            var writer = WireWriter()
            writer.field(2, bytes)  // Literal.collection
            var list = WireWriter()
            list.field(1, writer.bytes)  // LiteralCollection.literals
            bytes = list.bytes
        }
        #expect(throws: WireError.tooDeep) { try Message(decoding: bytes, as: "core.LiteralCollection") }
    }
}
