/// What is asked of a bucket, before it is signed.
struct S3Call: Sendable {
    var method: S3Request.Method
    /// Empty for the bucket itself.
    var key = ""
    var query: [(name: String, value: String)] = []
    /// With names in lower case; all are signed.
    var headers: [(name: String, value: String)] = []
    var body = S3Body.none
    /// For messages: what cannot be done, and the URL of that to which.
    var action: String
    var subject: String
}

/// What became of a call that was answered.
struct S3Result {
    var response: S3Response
    /// Nil when the service did what it was asked.
    var fault: S3Fault?
    /// Whether an earlier try, which got no answer, may have been carried out.
    var mayBeDone: Bool
}

/// Signs calls, sends them, and tries again where that is right.
struct S3Client: Sendable {
    let bucket: String
    let configuration: S3Configuration
    var transport: any S3Transport = HTTPTransport.shared
    var policy = RetryPolicy()
    var timing = S3Timing.system

    private static let mostRedirects = 3

    /// The service's answer.
    ///
    /// - Throws: what the service refused, also where it was asked too often in vain.
    func send(_ call: S3Call) async throws(ObjectStoreError) -> S3Response {
        let result = try await perform(call)
        if let fault = result.fault { throw error(fault, call) }
        return result.response
    }

    func error(_ fault: S3Fault, _ call: S3Call) -> ObjectStoreError {
        fault.error(call.action, call.subject, bucket, configuration)
    }

    /// The answer, whatever it is.
    ///
    /// - Throws: when there is none after several tries: `unknownOutcome` if one of them may have changed something,
    ///   `unreachable`, `timedOut`; and `cancelled`.
    func perform(_ call: S3Call) async throws(ObjectStoreError) -> S3Result {
        var loop = RetryLoop(policy)
        var redirects = 0
        var redirected: S3Endpoint?
        while true {
            let outcome: RetryLoop.Outcome
            let answer: Result<S3Result, ObjectStoreError>
            switch await exchange(call, at: redirected) {
            case .success(let response):
                let fault = S3Fault(response, call.method)
                if response.status == 307, redirects < Self.mostRedirects, let next = redirection(response) {
                    redirects += 1
                    redirected = next
                    continue
                }
                outcome = fault?.outcome ?? .answered
                answer = .success(S3Result(response: response, fault: fault, mayBeDone: loop.mayBeDone))
            case .failure(let failure):
                switch failure.kind {
                case .unreachable: outcome = .unreachable
                case .broken, .timedOut: outcome = .unanswered
                case .cancelled, .unreadable: throw error(failure, call)
                }
                answer = .failure(error(failure, call))
            }
            switch loop.decide(outcome) {
            case .finish: return try answer.get()
            case .retry(let bound):
                await timing.sleep(timing.random(bound))
                if Task.isCancelled {
                    throw ObjectStoreError(code: .cancelled, path: call.subject, message: "\(call.action) (cancelled)")
                }
            case .giveUp:
                guard loop.mayBeDone, call.method != .get, call.method != .head else { return try answer.get() }
                let reason =
                    switch answer {
                    case .success(let result): result.fault.map { error($0, call).message } ?? call.action
                    case .failure(let error): error.message
                    }
                throw ObjectStoreError(
                    code: .unknownOutcome, path: call.subject, message: "\(reason); it may have been done all the same")
            }
        }
    }

    /// A secure service cannot send elsewhere than to a secure one.
    private func redirection(_ response: S3Response) -> S3Endpoint? {
        guard let location = response.headers["location"], let schemeEnd = location.firstRange(of: "://") else {
            return nil
        }
        let end = location[schemeEnd.upperBound...].firstIndex { $0 == "/" || $0 == "?" } ?? location.endIndex
        guard let endpoint = S3Endpoint(String(location[..<end])) else { return nil }
        return endpoint.isSecure || !configuration.endpoint.isSecure ? endpoint : nil
    }

    private func exchange(
        _ call: S3Call, at redirected: S3Endpoint?
    ) async -> Result<S3Response, S3TransportFailure> {
        do throws(S3TransportFailure) {
            return .success(try await transport.send(try signed(call, at: redirected)))
        } catch {
            return .failure(error)
        }
    }

    /// - Parameter redirected: the host to which the service sent us, the bucket's name included where it is in hosts.
    private func signed(_ call: S3Call, at redirected: S3Endpoint?) throws(S3TransportFailure) -> S3Request {
        let usesPath = configuration.usesPath(for: bucket)
        let key = PercentEncoding.encode(call.key, keepsSlash: true)
        let path = usesPath ? "/\(bucket)" + (key.isEmpty ? "" : "/\(key)") : "/\(key)"
        let endpoint = redirected ?? configuration.endpoint
        let host = usesPath || redirected != nil ? endpoint.authority : "\(bucket).\(endpoint.authority)"
        let payload: String
        switch call.body {
        case .none: payload = SignatureV4.emptyPayload
        case .bytes(let bytes): payload = SignatureV4.payload(bytes)
        case .file(let path, let range):
            do throws(ObjectStoreError) {
                payload = try FileReader(path).payload(range)
            } catch {
                throw S3TransportFailure(kind: .unreadable, reason: error.description)
            }
        }
        let time = S3Time.basic(timing.now())
        var headers = call.headers
        headers.append(("host", host))
        headers.append(("x-amz-content-sha256", payload))
        headers.append(("x-amz-date", time))
        if let token = configuration.credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let signature = SignatureV4(credentials: configuration.credentials, region: configuration.region)
        let authorization = signature.authorization(
            method: call.method.rawValue, path: path, query: call.query, headers: headers, payload: payload, time: time)
        headers.append(("authorization", authorization))
        let query = SignatureV4.canonicalQuery(call.query)
        let scheme = endpoint.isSecure ? "https" : "http"
        return S3Request(
            method: call.method, url: "\(scheme)://\(host)\(path)" + (query.isEmpty ? "" : "?\(query)"),
            headers: headers, body: call.body)
    }

    private func error(_ failure: S3TransportFailure, _ call: S3Call) -> ObjectStoreError {
        let service = "\(configuration.endpoint) for bucket \"\(bucket)\""
        let code: ObjectStoreError.Code
        let reason: String
        switch failure.kind {
        case .unreachable:
            code = .unreachable
            reason =
                "no connection to \(service): \(failure.reason); see whether the service runs, and whether the endpoint "
                + (configuration.isOwnEndpoint
                    ? "(AWS_ENDPOINT_URL_S3, or endpoint in the project's store) is right"
                    : "is to be another one: set AWS_ENDPOINT_URL_S3, or endpoint in the project's store")
        case .broken:
            code = .unreachable
            reason = "the connection to \(service) breaks: \(failure.reason)"
        case .timedOut:
            code = .timedOut
            reason = "\(service) does not answer in time"
        case .unreadable:
            code = .other
            reason = failure.reason
        case .cancelled:
            code = .cancelled
            reason = "cancelled"
        }
        return ObjectStoreError(
            code: code, path: call.subject,
            message: "\(call.action) (\(configuration.credentials.redacting(reason)))")
    }
}
