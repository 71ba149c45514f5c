import Columnar
import Foundation
import Servers
import SparkConnect
import Synchronization
import TestThreads
import Testing

/// Against a server that ends its streams all the time, wants a token, and is killed in the end.
@Suite("A difficult Spark server", .onTime, .enabled(if: SparkServer.isExpected), .serialized)
struct SparkFaultTests {
    private static let server = Task {
        try await SparkServer.start(
            token: "let me=in",
            settings: [
                "spark.connect.execute.reattachable.senderMaxStreamDuration": "1s",
                "spark.connect.execute.reattachable.senderMaxStreamSize": "123",
            ])
    }

    /// More than fits between client and server. Spark makes each part whole before it sends it.
    private static let many = SparkRelation.range(0, 20_000_000, partitions: 200)

    private func endpoint() async throws -> SparkEndpoint {
        let server = try await Self.server.value
        return SparkEndpoint(host: "127.0.0.1", port: server.port, token: server.token)
    }

    @Test("results are complete though streams end every second and every 123 bytes")
    func complete() async throws {
        try await SparkSession.with(endpoint()) { session in
            let plan = SparkPlan.rows(.sql("SELECT id, concat('row ', id) AS text FROM range(0, 100000, 1, 4)"))
            for pieceSize in [nil, 20_000] {
                var seen = Set<Int64>()
                try await session.withEvents(of: plan, pieceSize: pieceSize) { events in
                    for try await event in events {
                        guard case .batch(let bytes) = event else { continue }
                        let batch = try bytes.decoded()
                        try batch.columns[0].withElements(as: Int64.self) { seen.formUnion($0) }
                        #expect(batch.columns[1].value(at: 0) == .text("row \(batch.columns[0].value(at: 0).number)"))
                    }
                }
                #expect(seen.count == 100_000 && seen.max() == 99_999)
            }
        }
    }

    @Test("a statement is carried out once, and one that takes longer than a stream is waited for")
    func once() async throws {
        try await SparkSession.with(endpoint()) { session in
            let folder = try await Self.server.value.folder.appending(path: "once").path
            // Each row takes its time, on the two cores at once.
            let slow = SparkRelation.sql(
                "SELECT id, java_method('java.lang.Thread', 'sleep', CAST(id * 0 + 700 AS BIGINT)) AS x "
                    + "FROM range(0, 4, 1, 2)")
            try await session.run(.write(slow, to: folder, mode: .append))
            let rows = try await session.collect(.files([folder], format: "parquet"))
            #expect(rows.reduce(0) { $0 + $1.count } == 4)
            _ = try await session.collect(slow)
        }
    }

    @Test("a wrong token or none is refused, with a message that has no token", arguments: [nil, "wr0ng"])
    func token(token: String?) async throws {
        var endpoint = try await endpoint()
        endpoint.token = token
        let error = await #expect(throws: SparkError.self) { try await SparkSession.with(endpoint) { _ in } }
        #expect(error?.code == .refused)
        #expect(error?.description.contains(endpoint.address) == true)
        #expect(error?.description.contains("wr0ng") == false)
    }

    @Test("a server that is killed in the middle of a result is a clean error, and the session's later calls are, too")
    func killed() async throws {
        let server = try await Self.server.value
        let policy = RetryPolicy(retries: 2)
        try await SparkSession.with(endpoint(), policy: policy) { session in
            let error = await #expect(throws: SparkError.self) {
                try await session.execute(.rows(Self.many)) { event in
                    if case .batch = event { server.end() }
                }
            }
            #expect(error?.code == .unreachable)
            #expect(error?.description.hasPrefix("no Spark Connect server answers at") == true)
            let later = await #expect(throws: SparkError.self) { try await session.setting("spark.sql.ansi.enabled") }
            #expect(later?.code == .unreachable)
        }
    }
}

extension Value {
    fileprivate var number: Int64 { if case .int(let number) = self { number } else { -1 } }
}
