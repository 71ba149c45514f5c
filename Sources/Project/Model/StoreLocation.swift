/// Where the datasets' tables are kept.
package enum StoreLocation: Sendable, Hashable {
    /// An absolute path.
    case folder(String)
    /// A bucket of an S3 service, or what is below a prefix in it.
    case s3(S3Address)
}

/// A place in an S3 service as a project names it. What it leaves open (the region, the credentials) comes from the
/// environment and the profile files when the store is opened: no secret is part of it.
package struct S3Address: Sendable, Hashable {
    /// As the project names it: `s3://bucket/prefix`.
    package var url: String
    package var bucket: String
    /// What the keys begin with: names separated by `/`, with none at either end; empty for the whole bucket.
    package var prefix: String
    /// The service's own URL, such as `http://localhost:8333`; nil for Amazon's.
    package var endpoint: String?
    package var region: String?
    /// Whether the bucket is the first name of the path and not part of the host's name; nil leaves it to the endpoint.
    package var pathStyle: Bool?
    /// The profile of `~/.aws/config` and `~/.aws/credentials`.
    package var profile: String?

    package init(
        url: String, bucket: String, prefix: String = "", endpoint: String? = nil, region: String? = nil,
        pathStyle: Bool? = nil, profile: String? = nil
    ) {
        self.url = url
        self.bucket = bucket
        self.prefix = prefix
        self.endpoint = endpoint
        self.region = region
        self.pathStyle = pathStyle
        self.profile = profile
    }

    /// Nil when it is not `s3://bucket` or `s3://bucket/prefix`: no bucket, a bucket that has anything but lower-case
    /// letters, digits, `-`, `.` and `_`, or a prefix in which a name is empty, `.` or `..`. `s3a://` means the same.
    package init?(url: String) {
        guard let scheme = ["s3://", "s3a://"].first(where: { url.hasPrefix($0) }) else { return nil }
        let names = url.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        guard let bucket = names.first, Self.isBucket(bucket) else { return nil }
        var prefix = names.dropFirst()
        if prefix.last == "" { prefix.removeLast() }
        guard prefix.allSatisfy({ $0 != "" && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }) else { return nil }
        self.init(url: url, bucket: String(bucket), prefix: prefix.joined(separator: "/"))
    }

    private static func isBucket(_ name: Substring) -> Bool {
        guard 3...63 ~= name.utf8.count, let first = name.utf8.first, let last = name.utf8.last else { return false }
        let isPlain = { (byte: UInt8) in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        }
        return isPlain(first) && isPlain(last)
            && name.utf8.allSatisfy { isPlain($0) || "-._".utf8.contains($0) }
    }
}
