import Foundation
import Servers

@testable import ObjectStore

/// A store on the tests' S3 server, below a prefix that no other test has.
func seaweedStore(partSize: Int = 16 << 20, transport: any S3Transport = HTTPTransport.shared) throws -> S3Bucket {
    let server = try SeaweedServer.shared()
    return try seaweedStore(
        at: server.endpoint, bucket: server.bucket, partSize: partSize, transport: transport, policy: RetryPolicy())
}

/// A store on a server that stands before the tests' S3 server, or in its place.
func seaweedStore(
    at endpoint: String, bucket: String = "millrace", prefix: String = "t-\(UUID().uuidString)",
    keyID: String? = nil, secret: String? = nil, partSize: Int = 16 << 20,
    transport: any S3Transport = HTTPTransport.shared, policy: RetryPolicy = RetryPolicy(),
    timing: S3Timing = .withoutWaiting
) throws -> S3Bucket {
    let server = SeaweedServer.isExpected ? try SeaweedServer.shared() : nil
    return S3Bucket(
        S3Location(bucket: bucket, prefix: ObjectPath(prefix) ?? .root),
        S3Configuration(
            endpoint: S3Endpoint(endpoint),
            credentials: S3Credentials(
                keyID: keyID ?? server?.keyID ?? "key", secret: secret ?? server?.secret ?? "secret-key-of-the-test")),
        transport: transport, policy: policy, timing: timing, partSize: partSize)
}

extension S3Timing {
    /// The right time, because a real server looks at it, and no waits.
    static let withoutWaiting = S3Timing(now: S3Timing.system.now, sleep: { _ in await Task.yield() }, random: { $0 })
}
