import Foundation
import Servers
import TestThreads
import Testing

@testable import ObjectStore

/// What the store makes of connections that fail, over real ones.
@Suite("Connections to an S3 service", .onTime)
struct S3ConnectionTests {
    private let file = ObjectPath("log/0.json") ?? .root

    /// For services that are meant not to answer. It lasts as long as the process.
    private static let impatient = HTTPTransport(.init(connecting: 500, answering: 200))

    private func store(_ server: ScriptedServer, tries: Int = 3, transport: HTTPTransport = .shared) throws -> S3Bucket
    {
        try scripted(server.endpoint, tries: tries, transport: transport)
    }

    private func scripted(_ endpoint: String, tries: Int = 3, transport: HTTPTransport = .shared) throws -> S3Bucket {
        S3Bucket(
            S3Location(bucket: "lake"),
            S3Configuration(
                endpoint: S3Endpoint(endpoint), credentials: S3Credentials(keyID: "K", secret: "not-in-a-message")),
            transport: transport, policy: RetryPolicy(tries: tries, triesToConnect: 2), timing: .withoutWaiting)
    }

    private func failure(_ body: () async throws -> Void) async throws -> ObjectStoreError {
        let error = await #expect(throws: ObjectStoreError.self) { try await body() }
        return try #require(error)
    }

    @Test("a port on which nobody listens is told with what to look at")
    func refused() async throws {
        let port = try FreePorts.take(1)[0]
        let error = try await failure { _ = try await scripted("http://127.0.0.1:\(port)").read(file) }
        #expect(error.code == .unreachable)
        #expect(
            error.description
                == "cannot read the object (no connection to http://127.0.0.1:\(port) for bucket \"lake\": Connection "
                + "refused; see whether the service runs, and whether the endpoint (AWS_ENDPOINT_URL_S3, or endpoint in "
                + "the project's store) is right): s3://lake/log/0.json")
        let writing = try await failure { try await scripted("http://127.0.0.1:\(port)").putIfAbsent(file, [1]) }
        #expect(writing.code == .unreachable)
    }

    @Test("a host that nobody knows is told by its name")
    func unknownHost() async throws {
        let error = try await failure { _ = try await scripted("http://no-such-host.invalid").read(file) }
        #expect(error.code == .unreachable)
        #expect(error.message.contains("no-such-host.invalid"), "\(error.message)")
    }

    @Test("a server that speaks no TLS is unreachable by it, and nothing was sent")
    func noTLS() async throws {
        let server = try ScriptedServer { _ in .answer(200) }
        let error = try await failure {
            try await scripted("https://127.0.0.1:\(server.port)", transport: Self.impatient).putIfAbsent(file, [1])
        }
        #expect(error.code == .unreachable, "\(error)")
        #expect(server.requests.isEmpty)
    }

    @Test("an answer that is torn is asked for again")
    func torn() async throws {
        let server = try ScriptedServer { request in
            request.number == 1 ? .answerInPart(200, length: 10, body: "hal") : .answer(200, body: "the whole!")
        }
        #expect(try await store(server).read(file) == Array("the whole!".utf8))
        #expect(server.requests.count == 2)
    }

    @Test("an answer that is always torn is an error, not a short object")
    func alwaysTorn() async throws {
        let server = try ScriptedServer { _ in .answerInPart(200, length: 10, body: "hal") }
        let error = try await failure { _ = try await store(server).read(file) }
        #expect(error.code == .unreachable)
        #expect(server.requests.count == 3)
    }

    @Test("a connection that is closed without an answer is opened again")
    func hangUp() async throws {
        let server = try ScriptedServer { request in
            request.number == 1 ? .hangUp : .answer(200, body: "x")
        }
        #expect(try await store(server).read(file) == Array("x".utf8))
    }

    @Test("a silent service ends in a time-out, and a silent commit in an unknown outcome")
    func silence() async throws {
        let server = try ScriptedServer { _ in .silence }
        let store = try store(server, tries: 2, transport: Self.impatient)
        #expect(try await failure { _ = try await store.read(file) }.code == .timedOut)
        #expect(try await failure { try await store.putIfAbsent(file, [1]) }.code == .unknownOutcome)
        #expect(server.requests.map(\.method) == ["GET", "GET", "PUT", "PUT"])
        #expect(server.requests[2].headers["if-none-match"] == "*")
    }

    @Test("failures and requests to wait are waited out")
    func waiting() async throws {
        let server = try ScriptedServer { request in
            switch request.number {
            case 1: .answer(500, body: "<Error><Code>InternalError</Code></Error>")
            case 2: .answer(503, body: "<Error><Code>SlowDown</Code></Error>")
            case 3: .answer(429)
            default: .answer(200)
            }
        }
        try await store(server, tries: 5).put(file, [1, 2, 3])
        #expect(server.requests.map(\.body) == Array(repeating: [1, 2, 3], count: 4))
    }

    @Test("a file is sent whole again when the connection broke")
    func fileAgain() async throws {
        let server = try ScriptedServer { request in request.number == 1 ? .hangUp : .answer(200) }
        let local = FileManager.default.temporaryDirectory.appending(path: "sent-\(UUID().uuidString)")
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 11) }
        try Data(bytes).write(to: local)
        try await store(server).put(file, movingFile: local.path)
        #expect(server.requests.map(\.body.count) == [1_000_000, 1_000_000])
        #expect(server.requests.last?.body == bytes)
        #expect(server.requests.last?.headers["x-amz-content-sha256"] == SignatureV4.payload(bytes))
    }

    @Test("a wrong region is told with the right one, and a redirection is not followed to an open door")
    func wrongRegion() async throws {
        let server = try ScriptedServer { request in
            request.method == "HEAD"
                ? .answer(301, headers: ["x-amz-bucket-region": "eu-north-1"])
                : .answer(
                    301, headers: ["x-amz-bucket-region": "eu-north-1"],
                    body: "<Error><Code>PermanentRedirect</Code><Endpoint>evil.test</Endpoint></Error>")
        }
        for error in [
            try await failure { _ = try await store(server).read(file) },
            try await failure { _ = try await store(server).head(file) },
        ] {
            #expect(error.code == .invalidConfiguration)
            #expect(error.message.contains("bucket \"lake\" is in region eu-north-1, not in us-east-1"))
        }
    }

    @Test("the process's client serves many at once")
    func many() async throws {
        let server = try ScriptedServer { .answer(200, body: $0.target) }
        let store = try store(server)
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<100 {
                guard let path = ObjectPath("o/\(number)") else { continue }
                group.addTask { String(decoding: try await store.read(path), as: UTF8.self) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(answers.count == 100)
    }
}
