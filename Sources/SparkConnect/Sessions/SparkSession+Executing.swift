import AsyncAlgorithms
import Foundation
import SparkConnectProtocol

/// Running plans.
extension SparkSession {
    /// Runs a plan to its end. The next event is fetched when `receive` has returned, so a slow receiver slows Spark
    /// down and nothing piles up. When `receive` throws or the task is cancelled, the execution is ended on the server.
    ///
    /// - Parameters:
    ///   - tags: names by which the execution can be interrupted.
    ///   - pieceSize: bytes of a batch that come in one message at most; nil for the server's own measure.
    package func execute(
        _ plan: SparkPlan, tags: [String] = [], pieceSize: Int? = nil,
        _ receive: @escaping @Sendable (SparkEvent) async throws -> Void
    ) async throws {
        for tag in tags { try Self.check(tag: tag) }
        try await Execution(
            session: self, id: UUID(), plan: plan, tags: tags, pieceSize: pieceSize, receive: receive
        ).run()
    }

    /// Runs a plan while the body takes its events. The execution ends with the body, at the latest.
    nonisolated(nonsending) package func withEvents<Value>(
        of plan: SparkPlan, tags: [String] = [], pieceSize: Int? = nil,
        _ body: (SparkEvents) async throws -> Value
    ) async throws -> Value {
        let channel = AsyncThrowingChannel<SparkEvent, any Error>()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await self.execute(plan, tags: tags, pieceSize: pieceSize) { event in
                        await channel.send(event)
                        try Task.checkCancellation()
                    }
                    channel.finish()
                } catch {
                    channel.fail(error)
                }
            }
            let value = try await body(SparkEvents(channel: channel))
            // The body may have enough before the end.
            group.cancelAll()
            return value
        }
    }

    /// Runs a plan for what it does.
    ///
    /// - Returns: what a statement gives; nil for other plans.
    @discardableResult
    package func run(_ plan: SparkPlan, tags: [String] = []) async throws -> SparkRelation? {
        try await withEvents(of: plan, tags: tags) { events in
            var relation: SparkRelation?
            for try await event in events { if case .relation(let given) = event { relation = given } }
            return relation
        }
    }
}

/// The events of an execution, each fetched when it is asked for.
package struct SparkEvents: AsyncSequence {
    package typealias Element = SparkEvent
    fileprivate let channel: AsyncThrowingChannel<SparkEvent, any Error>

    package func makeAsyncIterator() -> Iterator { Iterator(iterator: channel.makeAsyncIterator()) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var iterator: AsyncThrowingChannel<SparkEvent, any Error>.Iterator

        package mutating func next() async throws -> SparkEvent? {
            let event = try await iterator.next()
            // The channel ends as in good order when the task is cancelled; half a result is none.
            if event == nil { try Task.checkCancellation() }
            return event
        }
    }
}
