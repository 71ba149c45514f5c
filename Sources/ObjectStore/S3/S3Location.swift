/// A bucket, and what the keys in it begin with: where the paths of a store are.
package struct S3Location: Hashable, Sendable, CustomStringConvertible {
    package let bucket: String
    /// Names separated by `/`, with none at either end; the root for the whole bucket.
    package let prefix: ObjectPath

    package init(bucket: String, prefix: ObjectPath = .root) {
        self.bucket = bucket
        self.prefix = prefix
    }

    /// Takes `s3://bucket/prefix` apart; `s3a://` means the same. Nil when there is no bucket, or when the prefix is no
    /// path.
    package init?(url: String) {
        guard let scheme = ["s3://", "s3a://"].first(where: { url.hasPrefix($0) }) else { return nil }
        let rest = url.dropFirst(scheme.count)
        let bucket = rest.prefix { $0 != "/" }
        let prefix = rest.dropFirst(bucket.count + 1)
        guard !bucket.isEmpty, bucket.utf8.allSatisfy(Self.mayBeInBucket) else { return nil }
        let names = prefix.hasSuffix("/") ? prefix.dropLast() : prefix
        guard let path = prefix.isEmpty ? .root : ObjectPath(String(names)) else { return nil }
        self.init(bucket: String(bucket), prefix: path)
    }

    /// The bucket becomes a part of host names and URLs.
    private static func mayBeInBucket(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The key of what the store calls `path`.
    func key(of path: ObjectPath) -> String { prefix.appending(path).text }

    func url(of path: ObjectPath) -> String {
        let key = key(of: path)
        return key.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(key)"
    }

    package var description: String { url(of: .root) }
}
