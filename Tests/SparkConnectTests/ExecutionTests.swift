import Foundation
import GRPCCore
import SparkConnectProtocol
import Synchronization
import TestThreads
import Testing

@testable import SparkConnect

/// Against a server that does what a test wrote down.
@Suite("What is said to a Spark server", .onTime)
struct ExecutionTests {
    private typealias Stream = FakeSpark.Stream
    private typealias Answer = FakeSpark.Answer

    private let plan = SparkPlan.rows(.range(0, 3))
    private let quick = RetryPolicy(retries: 3, firstWait: .milliseconds(1))
    private let broken = RPCError(code: .unavailable, message: "gone")

    private func piece(_ text: String, rows: Int64 = 1, start: Int64) -> ConnectExecutePlanResponse.ArrowBatch {
        var piece = ConnectExecutePlanResponse.ArrowBatch()
        piece.data = Data(text.utf8)
        piece.rowCount = rows
        piece.startOffset = start
        return piece
    }

    /// What is received, as text.
    private func received(_ fake: FakeSpark) async throws -> [String] {
        try await FakeSpark.serve(fake) { endpoint in
            try await SparkSession.with(endpoint, policy: quick) { session in
                let texts = Mutex<[String]>([])
                try await session.execute(plan) { event in
                    guard case .batch(let batch) = event else { return }
                    texts.withLock { $0.append(String(decoding: batch.bytes, as: UTF8.self)) }
                }
                return texts.withLock { $0 }
            }
        }
    }

    @Test("after ends and errors it goes on behind the last answer, and at the end the server may forget all")
    func reattaching() async throws {
        let fake = FakeSpark([
            Stream(error: broken),
            Stream(error: try FakeSpark.error("INVALID_HANDLE.OPERATION_NOT_FOUND")),
            Stream(answers: [Answer(id: "1"), Answer(id: "2", piece: piece("a", start: 0))]),
            Stream(answers: [Answer(id: "3", piece: piece("b", start: 1))], error: broken),
            Stream(error: try FakeSpark.error("INVALID_CURSOR.DISCONNECTED")),
            Stream(answers: [Answer(id: "4", piece: piece("c", start: 2)), Answer(id: "5", isLast: true)]),
        ])
        let texts = try await received(fake)
        #expect(texts == ["a", "b", "c"])
        #expect(
            fake.calls == [
                .greet, .execute, .reattach(nil), .execute, .reattach("2"), .reattach("3"), .reattach("3"),
                .releaseAll, .releaseSession,
            ])
        #expect(fake.releases == fake.releases.sorted() && Set(fake.releases).isSubset(of: ["1", "2", "3", "4"]))
    }

    @Test("a request names its execution, and asks for reattaching and for pieces")
    func request() async throws {
        let fake = FakeSpark([Stream(answers: [Answer(id: "1", isLast: true)])])
        let texts = try await received(fake)
        #expect(texts == [])
        let request = try #require(fake.request)
        #expect(UUID(uuidString: request.operationID) != nil && UUID(uuidString: request.sessionID) != nil)
        #expect(request.clientObservedServerSideSessionID == "side")
        #expect(request.userContext.userID == "millrace" && request.clientType == "millrace")
        #expect(request.requestOptions.contains { $0.reattachOptions.reattachable })
        #expect(request.requestOptions.contains { $0.resultChunkingOptions.allowArrowBatchChunking })
    }

    @Test("an execution that the server forgot after an answer is not begun anew")
    func forgotten() async throws {
        let fake = FakeSpark([
            Stream(answers: [Answer(id: "1", piece: piece("a", start: 0))]),
            Stream(error: try FakeSpark.error("INVALID_HANDLE.OPERATION_NOT_FOUND")),
        ])
        let error = await #expect(throws: SparkError.self) { try await received(fake) }
        #expect(error?.code == .operationLost)
        #expect(fake.calls.filter { $0 == .execute }.count == 1)
        #expect(fake.calls.contains(.releaseAll))
    }

    @Test("details of an error are asked for once")
    func details() async throws {
        var details = ConnectFetchErrorDetailsResponse()
        details.rootErrorIdx = 0
        var root = ConnectFetchErrorDetailsResponse.Error()
        root.message = "[DIVIDE_BY_ZERO] whole"
        details.errors = [root]
        let fake = FakeSpark([Stream(error: try FakeSpark.error("DIVIDE_BY_ZERO", id: "e7"))], details: details)
        let error = await #expect(throws: SparkError.self) { try await received(fake) }
        #expect(error?.description == "[DIVIDE_BY_ZERO] whole")
        #expect(fake.calls.filter { $0 == .details("e7") }.count == 1)
    }

    @Test("a gap in the result is an error, and the server is told to stop")
    func gap() async throws {
        let fake = FakeSpark([
            Stream(answers: [
                Answer(id: "1", piece: piece("a", start: 0)), Answer(id: "2", piece: piece("c", start: 2)),
            ])
        ])
        let error = await #expect(throws: SparkError.self) { try await received(fake) }
        #expect(error?.code == .malformed)
        #expect(fake.calls.suffix(3) == [.interrupt, .releaseAll, .releaseSession])
    }

    @Test("a server that began anew has lost the session: nothing more is asked of it")
    func began() async throws {
        let fake = FakeSpark([Stream(answers: [Answer(id: "1", side: "another")])])
        try await FakeSpark.serve(fake) { endpoint in
            try await SparkSession.with(endpoint, policy: quick) { session in
                for _ in 0..<2 {
                    let error = await #expect(throws: SparkError.self) { try await session.run(plan) }
                    #expect(error?.code == .sessionLost)
                }
            }
        }
        #expect(fake.calls == [.greet, .execute])
    }

    @Test("a stream that ends for good before the result is complete fails after some tries")
    func truncated() async throws {
        let fake = FakeSpark([
            Stream(answers: [Answer(id: "1", piece: piece("a", start: 0))], error: broken),
            Stream(error: broken), Stream(error: broken), Stream(error: broken),
        ])
        let error = await #expect(throws: SparkError.self) { try await received(fake) }
        #expect(error?.code == .unreachable)
        #expect(fake.calls.filter { $0 == .reattach("1") }.count == 3)
    }

    @Test("over TLS, token and headers arrive; a certificate that nobody vouches for is refused")
    func encrypted() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "cert.pem").path, folder.appending(path: "key.pem").path)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
            certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)

        let fake = FakeSpark()
        try await FakeSpark.serve(fake, certificate: (certificate, key)) { endpoint in
            let text = "sc://\(endpoint.address)/;use_ssl=true;token=to%3Bken;X-Team=one;user_id=me"
            var endpoint = try SparkEndpoint(reading: text)
            let error = await #expect(throws: SparkError.self) {
                try await SparkSession.with(endpoint, connecting: .none) { _ in }
            }
            #expect(error?.code == .unreachable)
            #expect(fake.calls.isEmpty)
            endpoint.trustedCertificates = certificate
            let version = try await SparkSession.with(endpoint) { $0.serverVersion }
            #expect(version == "4.fake")
            #expect(Array(fake.metadata[stringValues: "authorization"]) == ["Bearer to;ken"])
            #expect(Array(fake.metadata[stringValues: "x-team"]) == ["one"])
        }
    }
}
