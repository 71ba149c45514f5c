/// A large file on its way into a bucket, in parts. The object appears when all are there; if that fails, the service
/// is told to forget the parts.
struct MultipartUpload: Sendable {
    let client: S3Client
    /// What every call of the upload has in common.
    let call: S3Call
    let file: String
    /// Of the file, in bytes.
    let size: Int
    /// Of a part, in bytes; the last one may be smaller.
    let partSize: Int

    /// How many parts are sent at a time. Each is read in small chunks, so this bounds no memory to speak of.
    private static let width = 4
    private static let mostParts = 10_000
    private static let leastPart = 5 << 20

    init(client: S3Client, call: S3Call, file: String, size: Int, partSize: Int) {
        self.client = client
        self.call = call
        self.file = file
        self.size = size
        let needed = (size + Self.mostParts - 1) / Self.mostParts
        self.partSize = max(partSize, needed, Self.leastPart)
    }

    var partCount: Int { max(1, (size + partSize - 1) / partSize) }

    func range(ofPart number: Int) -> FileRange {
        let offset = (number - 1) * partSize
        return FileRange(offset: offset, count: min(partSize, size - offset))
    }

    func run() async throws(ObjectStoreError) {
        let upload = try await begin()
        do throws(ObjectStoreError) {
            try await complete(upload, try await sendParts(upload))
        } catch {
            // Also when this task was cancelled: parts that nobody forgets cost money.
            await Task.detached { [self] in await abort(upload) }.value
            throw error
        }
    }

    private func begin() async throws(ObjectStoreError) -> String {
        var call = call
        call.method = .post
        call.query = [("uploads", "")]
        let response = try await client.send(call)
        guard let id = XMLElement(response.body)?["UploadId"]?.text, !id.isEmpty else { throw unexpected }
        return id
    }

    private func abort(_ upload: String) async {
        var call = call
        call.method = .delete
        call.query = [("uploadId", upload)]
        _ = try? await client.perform(call)
    }

    /// The tags of the parts, in order.
    private func sendParts(_ upload: String) async throws(ObjectStoreError) -> [String] {
        let count = partCount
        let outcome = await withTaskGroup(of: (Int, Result<String, ObjectStoreError>).self) { group in
            var tags = [String](repeating: "", count: count)
            var next = 1
            while next <= min(count, Self.width) {
                group.addTask { [number = next] in (number, await send(number, upload)) }
                next += 1
            }
            while let (number, sent) = await group.next() {
                switch sent {
                case .success(let tag): tags[number - 1] = tag
                case .failure(let error):
                    group.cancelAll()
                    return Result<[String], ObjectStoreError>.failure(error)
                }
                if next <= count {
                    group.addTask { [number = next] in (number, await send(number, upload)) }
                    next += 1
                }
            }
            return .success(tags)
        }
        return try outcome.get()
    }

    private func send(_ number: Int, _ upload: String) async -> Result<String, ObjectStoreError> {
        var call = call
        call.method = .put
        call.query = [("partNumber", String(number)), ("uploadId", upload)]
        call.body = .file(file, range(ofPart: number))
        do throws(ObjectStoreError) {
            let response = try await client.send(call)
            guard let tag = response.headers["etag"], !tag.isEmpty else { throw unexpected }
            return .success(tag)
        } catch {
            return .failure(error)
        }
    }

    private func complete(_ upload: String, _ tags: [String]) async throws(ObjectStoreError) {
        var call = call
        call.method = .post
        call.query = [("uploadId", upload)]
        let parts = tags.enumerated().map { index, tag in
            "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(Self.escaped(tag))</ETag></Part>"
        }
        let document = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
        call.body = .bytes(Array(document.utf8))
        let result = try await client.perform(call)
        guard let fault = result.fault else { return }
        // A try without an answer may have completed it; then there is no such upload any more.
        if result.mayBeDone, fault.code == "NoSuchUpload", try await isThere() { return }
        throw client.error(fault, call)
    }

    private func isThere() async throws(ObjectStoreError) -> Bool {
        var call = call
        call.method = .head
        let result = try await client.perform(call)
        return result.fault == nil && result.response.headers["content-length"].flatMap { Int($0) } == size
    }

    private var unexpected: ObjectStoreError {
        ObjectStoreError(
            code: .other, path: call.subject,
            message: "\(call.action) (\(client.configuration.endpoint) answers what S3 does not)")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }
}
