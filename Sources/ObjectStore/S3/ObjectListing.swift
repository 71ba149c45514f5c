/// One page of a bucket's listing, as `ListObjectsV2` answers.
struct ObjectListing: Equatable {
    struct Object: Equatable {
        var key: String
        /// In bytes.
        var size: Int
        /// In milliseconds since 1970.
        var modified: Int
    }

    var objects: [Object] = []
    /// What keys have in common up to the delimiter behind the prefix; each ends with it.
    var prefixes: [String] = []
    /// Where the next page begins; nil on the last one.
    var continuation: String?

    var isEmpty: Bool { objects.isEmpty && prefixes.isEmpty }

    /// Nil when the answer is not such a page.
    ///
    /// Keys come as they are: asked for encoded ones, some services write a space as `+` and some a `+` as itself.
    /// A service that encodes them all the same says so.
    init?(_ bytes: [UInt8]) {
        guard let root = XMLElement(bytes), root.name == "ListBucketResult" else { return nil }
        let isEncoded = root["EncodingType"]?.text == "url"
        let decode = { (text: String) in isEncoded ? PercentEncoding.decodeForm(text) : text }
        for element in root.all("Contents") {
            guard let key = (element["Key"]?.text).flatMap(decode),
                let size = (element["Size"]?.text).flatMap({ Int($0) }),
                let modified = (element["LastModified"]?.text).flatMap(S3Time.parse)
            else { return nil }
            objects.append(Object(key: key, size: size, modified: modified))
        }
        for element in root.all("CommonPrefixes") {
            guard let prefix = (element["Prefix"]?.text).flatMap(decode) else { return nil }
            prefixes.append(prefix)
        }
        if root["IsTruncated"]?.text == "true" {
            guard let token = root["NextContinuationToken"]?.text, !token.isEmpty else { return nil }
            continuation = token
        }
    }
}
