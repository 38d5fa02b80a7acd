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

    /// Flyte answers the same question in protobuf and in JSON; we print the one as the other, byte for byte, and read
    /// the other as the one.
    @Test(arguments: RecordedExchange.Set.allCases)
    func jsonIsFlytes(set: RecordedExchange.Set) throws {
        var messages: [String: Message] = [:]
        var compared = 0
        for exchange in RecordedExchange.all(set) where exchange.kind == "rest" {
            guard let type = IDL.messageOrNil(exchange.messageType), let body = exchange.body else {
                continue
            }
            let question = "\(exchange.name) \(exchange.method) \(exchange.path)?\(exchange.query)"
            if exchange.isProtobuf {
                messages[question] = try Message(decoding: body, as: type)
            } else if exchange.isJSON, let message = messages[question], message.type == type {
                let style: JSONStyle =
                    exchange.requestHeaders["accept"] == "application/json" ? .snakeCase : .camelCase
                let json = try message.jsonBytes(style)
                if json == body {
                    #expect(try Message(json: body, as: type) == message, "\(exchange.path)")
                } else {
                    // Two signatures of the same URL, the clock having ticked in between.
                    #expect(unsigned(json) == unsigned(body), "\(exchange.path)")
                }
                compared += 1
            }
        }
        #expect(compared > 500)
    }

    /// A text with the time and the signature of signed URLs masked.
    private func unsigned(_ json: [UInt8]) -> [Substring] {
        String(decoding: json, as: UTF8.self).split(separator: "&").map {
            if $0.hasPrefix("X-Amz-Date=") { return "" }
            return $0.hasPrefix("X-Amz-Signature=") ? $0.drop { $0 != "\"" } : $0
        }
    }
}
