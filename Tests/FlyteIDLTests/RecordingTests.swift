import FlyteIDL
import TestSupport
import Testing

struct RecordingTests {
    @Test(arguments: [
        (RecordedExchange.Set.propellerCases, 10_425), (.propellerBulk, 10_087), (.scriptedLocal, 13_112),
        (.scriptedLater, 11_254), (.probe, 2_745),
    ])
    func setsAreWhole(set: RecordedExchange.Set, count: Int) {
        let exchanges = RecordedExchange.all(set)
        #expect(exchanges.count == count)
        #expect(exchanges.last?.id == count)
        #expect(exchanges.map(\.id) == Array(1...count))
    }

    @Test(arguments: RecordedExchange.Set.allCases)
    func bodiesLoseNothing(set: RecordedExchange.Set) throws {
        for exchange in RecordedExchange.all(set) where exchange.isProtobuf || exchange.kind == "blob" {
            guard let type = IDL.messageOrNil(exchange.messageType), let body = exchange.body else {
                continue
            }
            let message = try Message(decoding: body, as: type)
            let again = message.encoded()
            #expect(again.count == body.count, "\(exchange.path)")
            #expect(try Message(decoding: again, as: type) == message, "\(exchange.path)")
        }
    }
}
