/// A store in a bucket of an S3 service, or below a prefix in it.
///
/// New objects appear by a conditional `PUT` (`If-None-Match: *`), which the service refuses when the key is taken: of
/// several writers that put one object exactly one succeeds. Amazon's service knows conditional writes; any other one is
/// tried once, because one that takes no notice of the condition would let writers overwrite each other. Folders are
/// what keys have in common: there are none without objects, and nothing has to be synchronised.
package struct S3Bucket: ObjectStore {
    package let location: S3Location
    package let configuration: S3Configuration
    private var client: S3Client
    private let conditions = ConditionalWrites()

    /// Of files up to this size, in bytes, the object is made by one request; larger ones go in parts of it.
    private var partSize = 16 << 20

    package init(_ location: S3Location, _ configuration: S3Configuration) {
        self.location = location
        self.configuration = configuration
        client = S3Client(bucket: location.bucket, configuration: configuration)
    }

    /// With what tests replace.
    init(
        _ location: S3Location, _ configuration: S3Configuration, transport: any S3Transport,
        policy: RetryPolicy = RetryPolicy(), timing: S3Timing = .system, partSize: Int = 16 << 20
    ) {
        self.init(location, configuration)
        client.transport = transport
        client.policy = policy
        client.timing = timing
        self.partSize = partSize
    }

    package func location(of path: ObjectPath) -> String { location.url(of: path) }

    /// The options of DuckDB's `CREATE SECRET … (TYPE s3, …)` for what is in this bucket, each with its value as text.
    /// The values are secret.
    package var duckDBSecret: [(name: String, value: String)] {
        configuration.duckDBSecret(scope: location.bucket)
    }

    package func read(_ path: ObjectPath, limit: Int?) async throws(ObjectStoreError) -> [UInt8] {
        var call = call(.get, path, "cannot read the object")
        guard let limit else { return try await client.send(call).body }
        guard limit > 0 else {
            _ = try await head(path)
            return []
        }
        call.headers = [("range", "bytes=0-\(limit - 1)")]
        let result = try await client.perform(call)
        guard let fault = result.fault else {
            // A service may ignore the range.
            let body = result.response.body
            return body.count > limit ? Array(body[..<limit]) : body
        }
        // An object without bytes has no first one.
        if fault.status == 416 { return [] }
        throw client.error(fault, call)
    }

    package func putIfAbsent(_ path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError) {
        var call = call(.put, path, "cannot create the object")
        call.headers = [("if-none-match", "*")]
        call.body = .bytes(bytes)
        if conditions.areIgnored { throw unconditional(call) }
        let result = try await client.perform(call)
        guard let fault = result.fault else { return try await verifyConditions(call) }
        let error = client.error(fault, call)
        guard error.code == .alreadyExists, result.mayBeDone else { throw error }
        // An earlier try got no answer: that it exists may be our own doing.
        if let content = try? await read(path, limit: bytes.count + 1), content != bytes { throw error }
        throw ObjectStoreError(
            code: .unknownOutcome, path: call.subject,
            message: "\(call.action) (an answer was lost, and now an object like it is there)")
    }

    /// Puts what was just put once more, which the service must refuse. If it does not, nothing has changed, because
    /// the bytes are the same.
    private func verifyConditions(_ call: S3Call) async throws(ObjectStoreError) {
        guard configuration.isOwnEndpoint, !conditions.areKept else { return }
        // Any other failure says nothing of conditions, and the object is there.
        guard let result = try? await client.perform(call) else { return }
        if result.fault?.status == 412 {
            conditions.found(areKept: true)
        } else if result.fault == nil, !result.mayBeDone {
            conditions.found(areKept: false)
            throw unconditional(call)
        }
    }

    private func unconditional(_ call: S3Call) -> ObjectStoreError {
        ObjectStoreError(
            code: .other, path: call.subject,
            message:
                "\(call.action) safely (\(configuration.endpoint) takes no notice of the condition If-None-Match, so "
                + "that two writers would overwrite each other; use a service that knows conditional writes)")
    }

    package func put(_ path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError) {
        var call = call(.put, path, "cannot write the object")
        call.body = .bytes(bytes)
        _ = try await client.send(call)
    }

    /// The local file is gone afterwards also when it could not be sent.
    package func put(_ path: ObjectPath, movingFile file: String) async throws(ObjectStoreError) {
        defer { removeFile(file) }
        let size = try FileReader(file).count
        var call = call(.put, path, "cannot write the object")
        if size > partSize {
            try await MultipartUpload(client: client, call: call, file: file, size: size, partSize: partSize).run()
        } else {
            call.body = size == 0 ? .bytes([]) : .file(file, FileRange(offset: 0, count: size))
            _ = try await client.send(call)
        }
    }

    package func temporaryLocation(for path: ObjectPath) -> String {
        let number = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        return "\(configuration.temporaryFolder)/\(LocalFolder.temporaryPrefix)millrace-\(number)"
    }

    package func head(_ path: ObjectPath) async throws(ObjectStoreError) -> ObjectEntry {
        let call = call(.head, path, "cannot find the object")
        let result = try await client.perform(call)
        if let fault = result.fault {
            // The answer has no body, so it does not say what is wrong; that to a `GET` does.
            if fault.status == 403 || fault.status == 400 { _ = try await read(path, limit: 1) }
            throw client.error(fault, call)
        }
        let headers = result.response.headers
        guard let size = headers["content-length"].flatMap({ Int($0) }),
            let modified = headers["last-modified"].flatMap(S3Time.parseHeader)
        else { throw unexpected(call) }
        return ObjectEntry(path: path, size: size, modified: modified)
    }

    package func names(in folder: ObjectPath, from first: String?) async throws(ObjectStoreError) -> [String] {
        let prefix = keyPrefix(of: folder)
        // `start-after` is exclusive, so the text is one that is less; the few names too many are dropped below.
        let names = try await scan(folder, delimiter: "/", after: first.map { prefix + String($0.dropLast()) })
            .objects.map { $0.key.dropping(prefix) }
            .filter { name in isName(name) && first.map { !name.utf8.lexicographicallyPrecedes($0.utf8) } ?? true }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func folders(in folder: ObjectPath) async throws(ObjectStoreError) -> [String] {
        let prefix = keyPrefix(of: folder)
        return try await scan(folder, delimiter: "/").prefixes
            .map { String($0.dropping(prefix).dropLast()) }.filter(isName)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func list(_ folder: ObjectPath, recursively: Bool) async throws(ObjectStoreError) -> [ObjectEntry] {
        let prefix = keyPrefix(of: folder)
        var entries: [ObjectEntry] = []
        for object in try await scan(folder, delimiter: recursively ? nil : "/").objects {
            guard let path = folder.appending(object.key.dropping(prefix)) else { continue }
            entries.append(ObjectEntry(path: path, size: object.size, modified: object.modified))
        }
        return entries.sorted { $0.path < $1.path }
    }

    package func delete(_ path: ObjectPath) async throws(ObjectStoreError) {
        let call = call(.delete, path, "cannot delete the object")
        let result = try await client.perform(call)
        guard let fault = result.fault else { return }
        let error = client.error(fault, call)
        guard error.code == .notFound else { throw error }
    }

    package func makeFolder(_ path: ObjectPath) async throws(ObjectStoreError) {}

    package func synchronize(_ path: ObjectPath) async throws(ObjectStoreError) {}

    // MARK: - Steps

    private func call(_ method: S3Request.Method, _ path: ObjectPath, _ action: String) -> S3Call {
        S3Call(method: method, key: location.key(of: path), action: action, subject: location(of: path))
    }

    private func keyPrefix(of folder: ObjectPath) -> String {
        let key = location.key(of: folder)
        return key.isEmpty ? "" : key + "/"
    }

    /// Other programs make keys that are no paths here, such as `folder/` without content.
    private func isName(_ text: String) -> Bool { ObjectPath(text) != nil }

    /// All pages of a folder's listing. `notFound` when no key begins with the folder's.
    private func scan(
        _ folder: ObjectPath, delimiter: String?, after: String? = nil
    ) async throws(ObjectStoreError) -> ObjectListing {
        let prefix = keyPrefix(of: folder)
        var call = call(.get, folder, "cannot list the folder")
        call.key = ""
        call.query = [("list-type", "2"), ("prefix", prefix)]
        if let delimiter { call.query.append(("delimiter", delimiter)) }
        // Without a name that comes before the first one, everything is listed.
        let bound = after.flatMap { $0.utf8.count > prefix.utf8.count ? $0 : nil }
        let listing = try await pages(call, after: bound)
        if !listing.isEmpty { return listing }
        if bound != nil {
            call.query.append(("max-keys", "1"))
            if try await !page(call).isEmpty { return listing }
        }
        throw ObjectStoreError(
            code: .notFound, path: call.subject, message: "\(call.action) (no object is in it)")
    }

    private func pages(_ call: S3Call, after bound: String?) async throws(ObjectStoreError) -> ObjectListing {
        var call = call
        if let bound { call.query.append(("start-after", bound)) }
        var listing = try await page(call)
        var seen: Set<String> = []
        while let token = listing.continuation {
            guard seen.insert(token).inserted else { throw unexpected(call) }
            var following = call
            following.query.append(("continuation-token", token))
            let more = try await page(following)
            listing.objects += more.objects
            listing.prefixes += more.prefixes
            listing.continuation = more.continuation
        }
        return listing
    }

    private func page(_ call: S3Call) async throws(ObjectStoreError) -> ObjectListing {
        let response = try await client.send(call)
        guard let listing = ObjectListing(response.body) else { throw unexpected(call) }
        return listing
    }

    private func unexpected(_ call: S3Call) -> ObjectStoreError {
        ObjectStoreError(
            code: .other, path: call.subject,
            message: "\(call.action) (\(configuration.endpoint) answers what S3 does not; is it an S3 service?)")
    }
}

extension String {
    /// What follows a prefix. Characters are not looked at: what follows may be written together with its end.
    fileprivate func dropping(_ prefix: String) -> String {
        String(Substring(utf8.dropFirst(prefix.utf8.count)))
    }
}
