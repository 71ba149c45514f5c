import Synchronization

/// What a receiver did with a request.
enum DeliveryOutcome: Sendable, Equatable {
    case delivered
    /// Taken, but for so many of its letters.
    case refused(Int, reason: String)
    /// It may go better another time, not before so long.
    case postponed(reason: String, after: Duration?)
    /// Nobody is there.
    case unreachable(reason: String)
    /// It would not go better another time.
    case failed(reason: String)
}

/// What brings letters to a receiver.
protocol LetterTransport: Sendable {
    func send(_ body: [UInt8], within time: Duration) async -> DeliveryOutcome
}

/// Takes letters from an outbox to a receiver, in batches, and again when they did not arrive. It fails nothing and makes
/// nobody wait: what cannot be delivered is counted and, at the end, told once.
final class Courier: Sendable {
    struct Rules: Sendable {
        /// `span` or `event`.
        var thing: String
        /// How many letters may make one request, …
        var together = 1
        /// … and how many requests may be under way at once.
        var abreast = 1
        /// How long letters may wait for others to go with them.
        var lag = Duration.zero
        /// How long one request may take.
        var timeout = Duration.seconds(10)
        /// How long what is left may take when the run is over.
        var lastWait = Duration.seconds(2)
        /// The same, when nothing has arrived of late.
        var lastWaitInTrouble = Duration.seconds(1)
        /// Before the first repetition; each further one waits twice as long.
        var firstPause = Duration.seconds(1)
        var longestPause = Duration.seconds(30)
    }

    private struct Trouble {
        /// Why something did not arrive, the last time.
        var reason: String?
        /// Nothing arrived since.
        var isNow = false
        var pause: Duration?
    }

    let rules: Rules
    let outbox: Outbox
    /// For a person, without anything that is secret.
    let receiver: String
    private let transport: any LetterTransport
    private let envelope: @Sendable ([[UInt8]]) -> [UInt8]
    private let trouble = Mutex(Trouble())

    init(
        _ outbox: Outbox, to receiver: String, by transport: any LetterTransport, rules: Rules,
        envelope: @escaping @Sendable ([[UInt8]]) -> [UInt8]
    ) {
        self.outbox = outbox
        self.receiver = receiver
        self.transport = transport
        self.rules = rules
        self.envelope = envelope
    }

    /// How long the end of a run may wait for what is left.
    var lastWait: Duration { trouble.withLock(\.isNow) ? rules.lastWaitInTrouble : rules.lastWait }

    /// What to tell a person when all is over: how much did not arrive where, and why.
    var loss: (count: Int, reason: String)? {
        let lost = outbox.lost
        guard lost > 0 else { return nil }
        return (lost, trouble.withLock(\.reason) ?? "it does not keep up")
    }

    /// Delivers until the outbox is closed and empty. Cancelling it gives up what is left.
    func run() async {
        while !Task.isCancelled {
            if !outbox.isClosed {
                // To be rung for, or to look in any case: letters may have come that were too few to ring for.
                await outbox.wait(atMost: rules.lag > .zero ? rules.lag : .seconds(60))
            }
            await deliver()
            if outbox.isClosed, outbox.isEmpty { break }
        }
        outbox.with { $0.giveUp() }
    }

    private func deliver() async {
        while !outbox.isEmpty, !Task.isCancelled {
            let wasClosed = outbox.isClosed
            guard let pause = await sendNext() else { continue }
            // What has not come by the end of the run is not waited for any longer.
            if wasClosed, pause == .zero || pause > rules.lastWait { return outbox.with { $0.giveUp() } }
            // Letters that come meanwhile are no reason to ask sooner; the end of the run is.
            let end = ContinuousClock.now + pause
            while !Task.isCancelled, outbox.isClosed == wasClosed, ContinuousClock.now < end {
                await outbox.wait(atMost: end - .now)
            }
        }
    }

    /// - Returns: how long to wait before the next request; nil when there is no reason to.
    private func sendNext() async -> Duration? {
        let (places, letters) = outbox.with { queue in
            let places = queue.choice(atMost: rules.together * rules.abreast)
            return (places, places.map { queue.waiting[$0].bytes })
        }
        let requests = stride(from: 0, to: letters.count, by: rules.together).map { start in
            start..<min(start + rules.together, letters.count)
        }
        var outcomes: [(Range<Int>, DeliveryOutcome)] = []
        await withTaskGroup(of: (Range<Int>, DeliveryOutcome).self) { group in
            for range in requests {
                group.addTask { [self] in
                    (range, await transport.send(envelope(Array(letters[range])), within: rules.timeout))
                }
            }
            for await outcome in group { outcomes.append(outcome) }
        }
        return settle(outcomes, places)
    }

    private func settle(_ outcomes: [(Range<Int>, DeliveryOutcome)], _ places: [Int]) -> Duration? {
        var (arrived, lost): ([Int], [Int]) = ([], [])
        var pause: Duration?
        var isUnreachable = false
        trouble.withLock { trouble in
            for (range, outcome) in outcomes {
                switch outcome {
                case .delivered:
                    arrived += places[range]
                    trouble.isNow = false
                    trouble.pause = nil
                case .refused(let count, let reason):
                    arrived += places[range]
                    outbox.with { $0.lose(min(count, range.count)) }
                    trouble.reason = reason
                case .failed(let reason):
                    lost += places[range]
                    trouble.reason = reason
                    trouble.isNow = true
                case .postponed(let reason, let after):
                    trouble.reason = reason
                    trouble.isNow = true
                    pause = max(pause ?? .zero, after ?? .zero)
                case .unreachable(let reason):
                    trouble.reason = reason
                    trouble.isNow = true
                    isUnreachable = true
                    pause = pause ?? .zero
                }
            }
            if let asked = pause {
                let usual = trouble.pause ?? rules.firstPause
                trouble.pause = min(usual * 2, rules.longestPause)
                // Receivers that all come back at once would fall again.
                pause = max(asked, usual * Double.random(in: 0.75...1))
            }
        }
        let (gone, given) = (arrived, lost)
        outbox.with { queue in
            let order = (gone.map { ($0, false) } + given.map { ($0, true) }).sorted { $0.0 > $1.0 }
            for (place, isLost) in order { queue.remove([place], lost: isLost) }
        }
        return isUnreachable && outbox.isClosed ? .zero : pause
    }
}
