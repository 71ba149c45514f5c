import Foundation
import Synchronization
import TestThreads
import Testing

@testable import ObjectStore

/// What the store makes of a service's answers, without a service.
@Suite("Faults of an S3 service", .onTime)
struct S3FaultTests {
    private let file = ObjectPath("log/0.json") ?? .root

    private func fault(_ status: Int, _ code: String, _ more: String = "") -> S3Response {
        S3Response(
            status: status, body: Array("<Error><Code>\(code)</Code><Message>m</Message>\(more)</Error>".utf8))
    }

    private func store(_ answers: ScriptedTransport, region: String = "us-east-1", bucket: String = "lake") -> S3Bucket
    {
        S3Bucket(
            S3Location(bucket: bucket, prefix: .root),
            S3Configuration(
                endpoint: S3Endpoint("http://s3.test"), region: region,
                credentials: S3Credentials(
                    keyID: "KEYID", secret: "HUSH", sessionToken: "TOKEN", origin: "of profile \"dev\"")),
            transport: answers, policy: RetryPolicy(), timing: answers.timing)
    }

    private func failure(_ body: () async throws -> Void) async throws -> ObjectStoreError {
        let error = await #expect(throws: ObjectStoreError.self) { try await body() }
        return try #require(error)
    }

    // MARK: - Put if absent

    @Test("a key that is taken is told at once")
    func taken() async throws {
        let answers = ScriptedTransport([.answer(fault(412, "PreconditionFailed"))])
        let error = try await failure { try await store(answers).putIfAbsent(file, [1]) }
        #expect(error.code == .alreadyExists)
        #expect(error.path == "s3://lake/log/0.json")
        #expect(answers.requests.count == 1)
        #expect(answers.requests[0].headers.contains { $0 == ("if-none-match", "*") })
        #expect(answers.waits.isEmpty)
    }

    @Test("a conflict of two conditional writes is tried again, with a wait")
    func conflict() async throws {
        let answers = ScriptedTransport([
            .answer(fault(409, "ConditionalRequestConflict")), .answer(fault(409, "ConditionalRequestConflict")),
            .answer(S3Response(status: 200)), .answer(fault(412, "PreconditionFailed")),
        ])
        try await store(answers).putIfAbsent(file, [1])
        #expect(answers.requests.count == 4)
        #expect(answers.waits == [100, 200])
    }

    @Test("a conflict, and then the key is taken: another one won")
    func conflictLost() async throws {
        let answers = ScriptedTransport([
            .answer(fault(409, "ConditionalRequestConflict")), .answer(fault(412, "PreconditionFailed")),
        ])
        let error = try await failure { try await store(answers).putIfAbsent(file, [1]) }
        #expect(error.code == .alreadyExists)
        #expect(answers.requests.count == 2)
    }

    @Test(
        "after a lost answer a taken key is another one's when it holds other bytes",
        arguments: [ScriptedTransport.Step.fail(.timedOut), .fail(.broken), .answer(S3Response(status: 500))])
    func lostAndTaken(first: ScriptedTransport.Step) async throws {
        let answers = ScriptedTransport([
            first, .answer(fault(412, "PreconditionFailed")), .answer(S3Response(status: 200, body: [1, 2, 3])),
        ])
        let error = try await failure { try await store(answers).putIfAbsent(file, [1, 2]) }
        #expect(error.code == .alreadyExists)
        #expect(answers.requests.map(\.method) == [.put, .put, .get])
    }

    @Test("after a lost answer a taken key with the same bytes is an unknown outcome")
    func lostAndSame() async throws {
        let answers = ScriptedTransport([
            .fail(.timedOut), .answer(fault(412, "PreconditionFailed")),
            .answer(S3Response(status: 206, body: [1, 2])),
        ])
        let error = try await failure { try await store(answers).putIfAbsent(file, [1, 2]) }
        #expect(error.code == .unknownOutcome)
    }

    @Test("after a lost answer a key that is free is taken by the next try")
    func lostAndFree() async throws {
        let answers = ScriptedTransport([.fail(.broken), .answer(S3Response(status: 200))])
        try await store(answers).putIfAbsent(file, [1])
        #expect(answers.requests.prefix(2).map(\.method) == [.put, .put])
    }

    @Test("a service that never answers leaves the outcome unknown; one that was never reached does not")
    func never() async throws {
        let silent = ScriptedTransport(repeating: .fail(.timedOut))
        let unknown = try await failure { try await store(silent).putIfAbsent(file, [1]) }
        #expect(unknown.code == .unknownOutcome)
        #expect(silent.requests.count == RetryPolicy().tries)
        let absent = ScriptedTransport(repeating: .fail(.unreachable))
        let unreachable = try await failure { try await store(absent).putIfAbsent(file, [1]) }
        #expect(unreachable.code == .unreachable)
        #expect(absent.requests.count == RetryPolicy().triesToConnect)
    }

    @Test("a service that asks to come back later has done nothing")
    func slowDown() async throws {
        let busy = ScriptedTransport(repeating: .answer(fault(503, "SlowDown")))
        let error = try await failure { try await store(busy).putIfAbsent(file, [1]) }
        #expect(error.code == .busy)
        #expect(busy.waits == [100, 200, 400, 800, 1_600, 3_200, 5_000])
    }

    @Test("a service that takes no notice of the condition is found out by the first write, and not written to again")
    func unconditional() async throws {
        let answers = ScriptedTransport(repeating: .answer(S3Response(status: 200)))
        let store = store(answers)
        let error = try await failure { try await store.putIfAbsent(file, [1]) }
        #expect(error.message.contains("http://s3.test takes no notice of the condition If-None-Match"))
        #expect(answers.requests.count == 2)
        _ = try await failure { try await store.putIfAbsent(file, [2]) }
        #expect(answers.requests.count == 2)
    }

    @Test("a service is tried once")
    func conditional() async throws {
        let answers = ScriptedTransport { [taken = fault(412, "PreconditionFailed")] _, number in
            .answer(number == 1 ? taken : S3Response(status: 200))
        }
        let store = store(answers)
        for _ in 0..<5 { try await store.putIfAbsent(file, [1]) }
        #expect(answers.requests.count == 6)
    }

    // MARK: - Other calls

    @Test(
        "what does not harm when it is done twice is tried again",
        arguments: [ScriptedTransport.Step.fail(.timedOut), .fail(.broken), .fail(.unreachable)])
    func repeated(first: ScriptedTransport.Step) async throws {
        for call in 0..<4 {
            let listing = "<ListBucketResult><CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes></ListBucketResult>"
            let answers = ScriptedTransport([
                first, .answer(S3Response(status: 503)), .answer(S3Response(status: 200, body: Array(listing.utf8))),
            ])
            let store = store(answers)
            switch call {
            case 0: try await store.put(file, [1])
            case 1: _ = try await store.read(file)
            case 2: try await store.delete(file)
            default: #expect(try await store.folders(in: .root) == ["a"])
            }
            #expect(answers.requests.count == 3)
        }
    }

    @Test("reading from a service that does not answer ends in words")
    func readingTimesOut() async throws {
        let error = try await failure {
            _ = try await store(ScriptedTransport(repeating: .fail(.timedOut))).read(file)
        }
        #expect(error.code == .timedOut)
        #expect(
            error.description
                == "cannot read the object (http://s3.test for bucket \"lake\" does not answer in time): "
                + "s3://lake/log/0.json")
    }

    @Test(
        "each refusal has its code, and says what to do",
        arguments: [
            (
                403, "InvalidAccessKeyId", "", ObjectStoreError.Code.badCredentials,
                "does not know the credentials of profile \"dev\"; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            ),
            (403, "SignatureDoesNotMatch", "", .badCredentials, "the secret key does not belong to the key ID"),
            (400, "ExpiredToken", "", .badCredentials, "have expired"),
            (403, "RequestTimeTooSkewed", "", .badCredentials, "correct the clock"),
            (403, "AccessDenied", "", .permissionDenied, "s3:PutObject"),
            (404, "NoSuchBucket", "", .noSuchBucket, "there is no bucket \"lake\" at http://s3.test; create it"),
            (404, "NoSuchKey", "", .notFound, "there is no such object"),
            (
                400, "AuthorizationHeaderMalformed", "<Region>eu-west-3</Region>", .invalidConfiguration,
                "is in region eu-west-3, not in us-east-1; set region: eu-west-3"
            ),
            (301, "PermanentRedirect", "", .invalidConfiguration, "set its region or its endpoint"),
            (507, "XMinioStorageFull", "", .noSpace, "is full"),
            (400, "KeyTooLongError", "", .nameTooLong, "too long"),
            (501, "NotImplemented", "", .other, "cannot do this: m"),
        ])
    func refusals(status: Int, name: String, more: String, code: ObjectStoreError.Code, text: String) async throws {
        let answers = ScriptedTransport([.answer(fault(status, name, more))])
        let error = try await failure { try await store(answers).putIfAbsent(file, [1]) }
        #expect(error.code == code)
        #expect(error.message.contains(text), "\(error.message)")
        #expect(error.message.hasPrefix("cannot create the object ("))
        #expect(answers.requests.count == 1)
    }

    @Test("a secret that the service repeats is not passed on")
    func redaction() async throws {
        let body = "<Error><Code>Odd</Code><Message>HUSH for KEYID with TOKEN</Message></Error>"
        let answers = ScriptedTransport([.answer(S3Response(status: 400, body: Array(body.utf8)))])
        let error = try await failure { try await store(answers).put(file, [1]) }
        #expect(error.message.contains("*** for *** with ***"))
    }

    @Test("what a HEAD does not say a GET does")
    func head() async throws {
        let answers = ScriptedTransport([
            .answer(S3Response(status: 403)), .answer(fault(403, "InvalidAccessKeyId")),
        ])
        let error = try await failure { _ = try await store(answers).head(file) }
        #expect(error.code == .badCredentials)
        #expect(answers.requests.map(\.method) == [.head, .get])
    }

    @Test("a temporary redirection is followed, signed for the other host; not from https to http")
    func redirection() async throws {
        let there = S3Response(status: 307, headers: ["location": "http://other.test:81/lake/log/0.json"])
        let answers = ScriptedTransport([.answer(there), .answer(S3Response(status: 200, body: [7]))])
        #expect(try await store(answers).read(file) == [7])
        #expect(
            answers.requests.map(\.url) == ["http://s3.test/lake/log/0.json", "http://other.test:81/lake/log/0.json"])
        #expect(answers.requests[1].headers.contains { $0 == ("host", "other.test:81") })
        let circle = ScriptedTransport(repeating: .answer(there))
        #expect(try await failure { _ = try await store(circle).read(file) }.code == .invalidConfiguration)
        let secure = ScriptedTransport([.answer(there)])
        let configuration = S3Configuration(
            endpoint: S3Endpoint("https://s3.test"), credentials: S3Credentials(keyID: "K", secret: "S"))
        let bucket = S3Bucket(S3Location(bucket: "lake"), configuration, transport: secure, timing: secure.timing)
        #expect(try await failure { _ = try await bucket.read(file) }.code == .invalidConfiguration)
        #expect(secure.requests.count == 1)
    }

    @Test("an answer that is no listing is told as one of something else")
    func notS3() async throws {
        let answers = ScriptedTransport([.answer(S3Response(status: 200, body: Array("<html>hello</html>".utf8)))])
        let error = try await failure { _ = try await store(answers).names(in: .root, from: nil) }
        #expect(error.message.hasSuffix("(http://s3.test answers what S3 does not; is it an S3 service?)"))
    }

    @Test("a listing that goes in a circle ends")
    func circle() async throws {
        let page = """
            <ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken>\
            </ListBucketResult>
            """
        let answers = ScriptedTransport(repeating: .answer(S3Response(status: 200, body: Array(page.utf8))))
        #expect(try await failure { _ = try await store(answers).names(in: .root, from: nil) }.code == .other)
        #expect(answers.requests.count == 2)
    }

    @Test("Amazon's hosts have the bucket's name, and the session token is sent and signed")
    func virtualHost() async throws {
        let answers = ScriptedTransport([.answer(S3Response(status: 200, body: [1]))])
        let configuration = S3Configuration(
            region: "eu-west-1", credentials: S3Credentials(keyID: "K", secret: "S", sessionToken: "TOKEN"))
        let location = S3Location(bucket: "lake", prefix: try #require(ObjectPath("p/ü")))
        let store = S3Bucket(location, configuration, transport: answers, timing: answers.timing)
        _ = try await store.read(try #require(ObjectPath("a b")), limit: 10)
        let request = try #require(answers.requests.first)
        #expect(request.url == "https://lake.s3.eu-west-1.amazonaws.com/p/%C3%BC/a%20b")
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        #expect(headers["host"] == "lake.s3.eu-west-1.amazonaws.com")
        #expect(headers["x-amz-security-token"] == "TOKEN")
        #expect(headers["range"] == "bytes=0-9")
        #expect(
            headers["authorization"]?.contains(
                "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-security-token,") == true)
    }

    @Test("a cancelled task does not go on trying")
    func cancelled() async throws {
        let answers = ScriptedTransport(repeating: .fail(.timedOut), cancelsAfter: 1)
        let task = Task { try await failure { _ = try await store(answers).read(file) } }
        #expect(try await task.value.code == .cancelled)
        #expect(answers.requests.count == 1)
    }
}

extension S3FaultTests {
    // MARK: - Uploads in parts

    private func withFile(_ size: Int, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "upload-\(UUID().uuidString)")
        try Data(repeating: 7, count: size).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    private static let begun = S3Response(
        status: 200, body: Array("<R><UploadId>up&amp;1</UploadId></R>".utf8))
    private static let part = S3Response(status: 200, headers: ["etag": "\"tag\""])
    private static let size = 12 << 20

    private func uploader(_ answers: ScriptedTransport) -> S3Bucket {
        S3Bucket(
            S3Location(bucket: "lake"),
            S3Configuration(
                endpoint: S3Endpoint("http://s3.test"), credentials: S3Credentials(keyID: "K", secret: "S")),
            transport: answers, timing: answers.timing, partSize: 5 << 20)
    }

    @Test("a large file goes in parts, and its parts are named in order")
    func parts() async throws {
        let answers = ScriptedTransport { request, _ in
            if request.url.hasSuffix("?uploads=") { return .answer(Self.begun) }
            return .answer(request.method == .put ? Self.part : S3Response(status: 200))
        }
        try await withFile(Self.size) { try await uploader(answers).put(file, movingFile: $0) }
        let requests = answers.requests
        #expect(requests.count == 5)
        #expect(requests.filter { $0.method == .put }.map(\.body.count).sorted() == [2 << 20, 5 << 20, 5 << 20])
        guard case .bytes(let document) = requests.last?.body else { return #expect(Bool(false)) }
        let list = try #require(XMLElement(document))
        #expect(list.all("Part").compactMap { $0["PartNumber"]?.text } == ["1", "2", "3"])
        #expect(list.all("Part").compactMap { $0["ETag"]?.text } == ["\"tag\"", "\"tag\"", "\"tag\""])
        #expect(requests.last?.url.hasSuffix("?uploadId=up%261") == true)
    }

    @Test("an upload of which a part fails is aborted, and the file is gone")
    func abort() async throws {
        let refusal = fault(403, "AccessDenied")
        let answers = ScriptedTransport { request, _ in
            if request.url.hasSuffix("?uploads=") { return .answer(Self.begun) }
            if request.method == .delete { return .answer(S3Response(status: 204)) }
            return .answer(request.url.contains("partNumber=2") ? refusal : Self.part)
        }
        try await withFile(Self.size) { path in
            let error = try await failure { try await uploader(answers).put(file, movingFile: path) }
            #expect(error.code == .permissionDenied)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
        #expect(answers.requests.last?.method == .delete)
        #expect(answers.requests.filter { $0.method == .post }.count == 1)
    }

    @Test("an upload that fails in a successful answer is tried again")
    func failureInside() async throws {
        let failed = S3Response(status: 200, body: Array("<Error><Code>InternalError</Code></Error>".utf8))
        let completions = Atomic(0)
        let answers = ScriptedTransport { request, _ in
            if request.url.hasSuffix("?uploads=") { return .answer(Self.begun) }
            guard request.method == .post else { return .answer(Self.part) }
            return .answer(completions.add(1, ordering: .relaxed).newValue == 1 ? failed : S3Response(status: 200))
        }
        try await withFile(Self.size) { try await uploader(answers).put(file, movingFile: $0) }
        #expect(completions.load(ordering: .relaxed) == 2)
    }

    @Test("an upload whose completion was carried out without an answer is complete")
    func completedUnseen() async throws {
        let completions = Atomic(0)
        let gone = fault(404, "NoSuchUpload")
        let answers = ScriptedTransport { request, _ in
            if request.url.hasSuffix("?uploads=") { return .answer(Self.begun) }
            switch request.method {
            case .post: return completions.add(1, ordering: .relaxed).newValue == 1 ? .fail(.timedOut) : .answer(gone)
            case .head: return .answer(S3Response(status: 200, headers: ["content-length": "\(Self.size)"]))
            default: return .answer(Self.part)
            }
        }
        try await withFile(Self.size) { try await uploader(answers).put(file, movingFile: $0) }
        #expect(!answers.requests.contains { $0.method == .delete })
    }

    @Test("a cancelled upload is aborted")
    func cancelledUpload() async throws {
        let answers = ScriptedTransport { request, _ in
            if request.url.hasSuffix("?uploads=") { return .answer(Self.begun) }
            if request.method == .delete { return .answer(S3Response(status: 204)) }
            withUnsafeCurrentTask { $0?.cancel() }
            return .fail(.cancelled)
        }
        try await withFile(Self.size) { path in
            let error = try await failure { try await uploader(answers).put(file, movingFile: path) }
            #expect(error.code == .cancelled)
        }
        #expect(answers.requests.last?.method == .delete)
    }

    @Test("parts are as many as S3 allows, however large the file is")
    func partSizes() {
        let client = S3Client(
            bucket: "b", configuration: S3Configuration(credentials: S3Credentials(keyID: "K", secret: "S")))
        for size in [1, 5 << 20, (5 << 20) + 1, 1 << 30, 5 << 40, (5 << 40) - 1] {
            let upload = MultipartUpload(
                client: client, call: S3Call(method: .put, action: "", subject: ""), file: "", size: size,
                partSize: 16 << 20)
            #expect(upload.partCount <= 10_000)
            let last = upload.range(ofPart: upload.partCount)
            #expect(last.offset + last.count == size)
            #expect(last.count > 0)
        }
    }
}
