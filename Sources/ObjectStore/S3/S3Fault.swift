/// An answer of a service that is not what was asked for.
struct S3Fault: Equatable {
    var status: Int
    /// S3's name of it, such as `NoSuchKey`; nil where the answer has none, as those to `HEAD`.
    var code: String?
    var message: String?
    /// Where the bucket is, where that is what is wrong.
    var region: String?

    /// Nil for an answer that is none. A `POST` may succeed by its status and fail by its content.
    init?(_ response: S3Response, _ method: S3Request.Method) {
        let isSuccess = 200...299 ~= response.status
        guard !isSuccess || method == .post else { return nil }
        let error = XMLElement(response.body).flatMap { $0.name == "Error" ? $0 : $0["Errors"]?["Error"] }
        if isSuccess, error == nil { return nil }
        status = isSuccess ? 500 : response.status
        code = error?["Code"]?.text
        message = error?["Message"]?.text
        region = error?["Region"]?.text ?? response.headers["x-amz-bucket-region"]
    }

    /// What it means for whoever would try again.
    var outcome: RetryLoop.Outcome {
        switch code {
        case "SlowDown", "TooManyRequests", "RequestLimitExceeded", "Throttling", "ThrottlingException",
            "BandwidthLimitExceeded", "RequestTimeout", "ConditionalRequestConflict", "OperationAborted":
            return .refusedForNow
        case "InternalError", "ServiceUnavailable": return .failed
        default: break
        }
        switch status {
        case 408, 429: return .refusedForNow
        // Only a conditional request conflicts with another one.
        case 409: return code == nil || code == "Conflict" ? .refusedForNow : .answered
        case 501, 505, 507: return .answered
        case 500...: return .failed
        default: return .answered
        }
    }

    /// What it is called in messages.
    private var name: String { code ?? "status \(status)" }

    /// - Parameter subject: the URL of the object.
    func error(_ action: String, _ subject: String, _ bucket: String, _ service: S3Configuration) -> ObjectStoreError {
        let (code, reason) = meaning(bucket, service)
        return ObjectStoreError(
            code: code, path: subject, message: "\(action) (\(service.credentials.redacting(reason)))")
    }

    private func meaning(_ bucket: String, _ service: S3Configuration) -> (ObjectStoreError.Code, String) {
        let place = "bucket \"\(bucket)\" at \(service.endpoint)"
        let credentials = "the credentials \(service.credentials.origin)"
        let remedy = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile with AWS_PROFILE"
        switch code {
        case "NoSuchBucket":
            return (.noSuchBucket, "there is no \(place); create it, or name another one")
        case "InvalidBucketName":
            return (.noSuchBucket, "\"\(bucket)\" cannot be the name of a bucket at \(service.endpoint)")
        case "InvalidAccessKeyId":
            return (.badCredentials, "\(place) does not know \(credentials); \(remedy)")
        case "SignatureDoesNotMatch":
            return (
                .badCredentials,
                "\(place) does not accept what is signed with \(credentials): "
                    + "the secret key does not belong to the key ID; \(remedy)"
            )
        case "ExpiredToken", "TokenRefreshRequired":
            return (.badCredentials, "\(credentials) for \(place) have expired; get new ones")
        case "InvalidToken", "InvalidSecurity":
            return (.badCredentials, "\(place) does not accept the session token of \(credentials); \(remedy)")
        case "RequestTimeTooSkewed":
            return (
                .badCredentials,
                "\(place) has another time than this machine, and refuses what is signed; correct the clock"
            )
        case "AuthorizationHeaderMalformed", "PermanentRedirect", "IncorrectEndpoint", "TemporaryRedirect":
            return (.invalidConfiguration, otherRegion(bucket, service))
        case "AccessDenied", "AllAccessDisabled", "AccountProblem", "AccessForbidden", "UnauthorizedAccess":
            return (.permissionDenied, denied(place, credentials, service))
        case "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "StorageFull":
            return (.noSpace, "\(place) is full: \(name)")
        case "KeyTooLongError", "KeyTooLong": return (.nameTooLong, "the key is too long for \(place)")
        default: break
        }
        switch status {
        case 301, 307, 308: return (.invalidConfiguration, otherRegion(bucket, service))
        case 401: return (.badCredentials, "\(place) does not accept \(credentials); \(remedy)")
        case 403: return (.permissionDenied, denied(place, credentials, service))
        case 404: return (.notFound, "there is no such object")
        case 412: return (.alreadyExists, "somebody has written it before")
        case 507: return (.noSpace, "\(place) is full")
        case 501:
            return (.other, "\(service.endpoint) cannot do this\(message.map { ": \($0)" } ?? "") (\(name))")
        case 429: return (.busy, "\(place) asks again and again to come back later: \(name)")
        case 500...:
            return (.busy, "\(place) fails again and again: \(name)\(message.map { ", \($0)" } ?? "")")
        default:
            if outcome == .refusedForNow { return (.busy, "\(place) asks again and again to come back later: \(name)") }
            return (.other, "\(place) answers \(name)\(message.map { ": \($0)" } ?? "")")
        }
    }

    private func denied(_ place: String, _ credentials: String, _ service: S3Configuration) -> String {
        "\(place) denies this to \(credentials): \(name); they need the permissions s3:ListBucket, s3:GetObject, "
            + "s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload"
    }

    private func otherRegion(_ bucket: String, _ service: S3Configuration) -> String {
        if let region, !region.isEmpty, region != service.region {
            return
                "bucket \"\(bucket)\" is in region \(region), not in \(service.region); set region: \(region) in the "
                + "project's store, or AWS_REGION=\(region)"
        }
        return "bucket \"\(bucket)\" is not served by \(service.endpoint) in region \(service.region) (\(name)); "
            + "set its region or its endpoint"
    }
}
