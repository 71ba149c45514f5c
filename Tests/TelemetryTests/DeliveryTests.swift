import Synchronization
import TestThreads
import Testing

@testable import Telemetry

@Suite("How letters get to a receiver", .onTime)
struct DeliveryTests {
    private func rules(together: Int = 1, abreast: Int = 1) -> Courier.Rules {
        var rules = Courier.Rules(thing: "event", together: together, abreast: abreast)
        rules.firstPause = .milliseconds(1)
        rules.longestPause = .milliseconds(2)
        return rules
    }

    /// A courier that was given everything before it began; it ends when it is done.
    private func deliver(
        _ letters: [Letter], _ rules: Courier.Rules, capacity: Int = 100, by transport: ScriptedTransport
    ) async -> Courier {
        let outbox = Outbox(capacity: capacity, threshold: 1)
        let courier = Courier(
            outbox, to: "there", by: transport, rules: rules, envelope: { Array($0.joined(separator: [44])) })
        for letter in letters { outbox.put(letter) }
        outbox.close()
        await courier.run()
        return courier
    }

    private func letters(_ texts: String...) -> [Letter] { texts.map { Letter(bytes: Array($0.utf8)) } }

    @Test("everything arrives, in batches")
    func batches() async {
        let transport = ScriptedTransport { _ in .delivered }
        let courier = await deliver(letters("a", "b", "c", "d", "e"), rules(together: 2), by: transport)
        #expect(transport.delivered == ["a,b", "c,d", "e"])
        #expect(courier.loss == nil)
    }

    @Test("what did not arrive goes again, and then arrives once")
    func again() async {
        let transport = ScriptedTransport { $0 < 4 ? .postponed(reason: "busy", after: nil) : .delivered }
        let courier = await deliver(letters("a", "b"), rules(), by: transport)
        #expect(transport.delivered == ["a", "b"])
        #expect(transport.count == 5)
        #expect(courier.loss == nil)
    }

    @Test("what a receiver refuses for good is not sent again, and the rest goes on")
    func refused() async {
        let transport = ScriptedTransport { $0 == 1 ? .failed(reason: "it answered with status 400") : .delivered }
        let courier = await deliver(letters("a", "b"), rules(), by: transport)
        #expect(transport.delivered == ["b"])
        #expect(courier.loss?.count == 1)
        #expect(courier.loss?.reason == "it answered with status 400")
    }

    @Test("spans that a collector rejects of a request that it takes count as lost")
    func partly() async {
        let transport = ScriptedTransport { _ in .refused(2, reason: "it said: too old") }
        let courier = await deliver(letters("a", "b", "c"), rules(together: 3), by: transport)
        #expect(transport.count == 1)
        #expect(courier.loss?.count == 2)
    }

    @Test("when nobody is there, the end of the run is not held up")
    func nobody() async {
        let transport = ScriptedTransport { _ in .unreachable(reason: "connection refused") }
        let courier = await deliver(letters("a", "b", "c"), rules(), by: transport)
        #expect(transport.count == 1)
        #expect(courier.loss?.count == 3)
        #expect(courier.loss?.reason == "connection refused")
        #expect(courier.lastWait == courier.rules.lastWaitInTrouble)
    }

    @Test("a receiver that wants to be left alone for longer than a run's end may wait is left alone")
    func later() async {
        let transport = ScriptedTransport { _ in .postponed(reason: "busy", after: .seconds(3600)) }
        let courier = await deliver(letters("a"), rules(), by: transport)
        #expect(transport.count == 1)
        #expect(courier.loss?.count == 1)
    }

    @Test("a queue that is full loses what comes then, and says how much")
    func full() async {
        let transport = ScriptedTransport { _ in .delivered }
        let courier = await deliver(letters("a", "b", "c"), rules(), capacity: 2, by: transport)
        #expect(transport.delivered == ["a", "b"])
        #expect(courier.loss?.count == 1)
    }

    @Test("to give up while a receiver is silent counts what is left as lost")
    func silence() async {
        let outbox = Outbox(capacity: 10, threshold: 1)
        let asked = AsyncStream.makeStream(of: Void.self)
        let courier = Courier(
            outbox, to: "there", by: SilentTransport(asked: asked.continuation), rules: rules(),
            envelope: { $0.first ?? [] })
        outbox.put(Letter(bytes: [1]))
        outbox.put(Letter(bytes: [2]))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await courier.run() }
            for await _ in asked.stream { break }
            group.cancelAll()
        }
        #expect(courier.loss?.count == 2)
    }

    @Test("letters about one thing keep their order, and one that goes alone divides those before from those after")
    func order() {
        var queue = LetterQueue(capacity: 100)
        func put(_ subject: String?, isAlone: Bool = false) {
            queue.put(Letter(bytes: [], subject: subject, isAlone: isAlone))
        }
        put(nil, isAlone: true)
        for subject in ["a", "b", "a", "c", "b"] { put(subject) }
        put(nil, isAlone: true)
        #expect(queue.choice(atMost: 8) == [0])
        queue.remove([0])
        #expect(queue.choice(atMost: 8) == [0, 1, 3])
        #expect(queue.choice(atMost: 2) == [0, 1])
        queue.remove([0, 1, 3])
        #expect(queue.choice(atMost: 8) == [0, 1])
        queue.remove([0, 1])
        #expect(queue.choice(atMost: 8) == [0])
    }

    @Test("events of steps overtake nobody, whatever arrives at the first attempt", arguments: 0..<20)
    func property(seed: Int) async {
        var letters = [Letter(bytes: Array("run 0".utf8), isAlone: true)]
        for number in 0..<30 {
            let subject = "s\((number * 7 + seed) % 5)"
            letters.append(Letter(bytes: Array("\(subject) \(number)".utf8), subject: subject))
        }
        letters.append(Letter(bytes: Array("run 99".utf8), isAlone: true))
        let transport = ScriptedTransport { number in
            (number * 31 + seed * 17) % 7 < 2 ? .postponed(reason: "busy", after: nil) : .delivered
        }
        _ = await deliver(letters, rules(abreast: 4), by: transport)
        let delivered = transport.delivered
        #expect(delivered.count == letters.count)
        #expect(delivered.first == "run 0" && delivered.last == "run 99")
        var last: [Substring: Int] = [:]
        for text in delivered {
            let parts = text.split(separator: " ")
            let number = Int(parts[1]) ?? -1
            #expect(last[parts[0]] ?? -1 < number, "\(delivered)")
            last[parts[0]] = number
        }
    }
}

/// Says when it was asked, and never answers.
private struct SilentTransport: LetterTransport {
    let asked: AsyncStream<Void>.Continuation

    func send(_ body: [UInt8], within time: Duration) async -> DeliveryOutcome {
        asked.yield()
        try? await Task.sleep(for: .seconds(3600))
        return .postponed(reason: "no answer in time", after: nil)
    }
}
