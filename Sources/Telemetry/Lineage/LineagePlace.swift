import Project

/// A dataset as OpenLineage names it, so that what other tools say about the same place is about the same dataset:
/// `file` with a path, `s3://BUCKET` with a key.
///
/// Names of places are told as they are, also where a part of one came from the environment.
struct LineagePlace: Hashable, Sendable {
    var namespace: String
    var name: String

    /// An absolute path, or an `s3://` URL.
    init(_ location: String) {
        for scheme in ["s3://", "s3a://"] where location.hasPrefix(scheme) {
            let rest = location.dropFirst(scheme.count)
            let bucket = rest.prefix { $0 != "/" }
            namespace = "s3://\(bucket)"
            name = String(rest.dropFirst(bucket.count)).trimmingSlashes
            if name.isEmpty { name = "/" }
            return
        }
        namespace = "file"
        name = location
    }

    /// The table of a dataset.
    init(_ dataset: DatasetName, in store: StoreLocation) {
        switch store {
        case .folder(let path): self.init((path == "/" ? "" : path) + "/" + dataset.text)
        case .s3(let address):
            let folder = address.prefix.isEmpty ? "" : address.prefix + "/"
            self.init("s3://\(address.bucket)/\(folder)\(dataset)")
        }
    }

    /// What files with a pattern for a name are in: the folder above the first part that is none, or the file itself.
    init(files pattern: String, in root: String) {
        var path = pattern.hasPrefix("/") ? pattern : root + "/" + pattern
        if path.contains("/.") { path = Self.normalised(path) }
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            if part.contains(where: { "*?[{".contains($0) }) { break }
            parts.append(part)
        }
        self.init("/" + parts.joined(separator: "/"))
    }

    private static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    var uri: String {
        let path = namespace == "file" ? "file://" + name : namespace + (name == "/" ? "" : "/" + name)
        // What a URI may not have.
        return path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                return String(UnicodeScalar(byte))
            case _ where "-._~/:@!$&'()*+,;=".utf8.contains(byte): return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }.joined()
    }
}

extension String {
    fileprivate var trimmingSlashes: String {
        var text = self[...]
        while text.first == "/" { text.removeFirst() }
        while text.last == "/" { text.removeLast() }
        return String(text)
    }
}
