/// Where a Delta table outside of the store is, as `ingest: { delta: … }` and `delta_scan('…')` name it.
package enum TableLocation {
    /// The absolute path of the table's folder, or its `s3://…` URL without a slash at its end.
    package static func resolve(_ path: String, in root: String) -> String {
        if isS3(path) {
            var url = path[...]
            while url.last == "/" { url.removeLast() }
            return String(url)
        }
        return FilePath.resolve(path.hasPrefix("file://") ? String(path.dropFirst("file://".count)) : path, in: root)
    }

    /// Why no table can be there, and the way out; nil when there may be one.
    package static func fault(in path: String) -> (message: String, hint: String)? {
        if path.allSatisfy(\.isWhitespace) {
            return ("this names no table", "name the folder of a Delta table, the one that holds '_delta_log'")
        }
        if isS3(path) {
            guard S3Address(url: path) == nil else { return nil }
            return ("this is no URL of an S3 service", "write s3://BUCKET/PATH")
        }
        guard let end = path.firstRange(of: "://"), !path.hasPrefix("file://") else { return nil }
        return (
            "tables of the kind '\(path[..<end.lowerBound])' are not supported by this version of Millrace",
            "name a folder, or s3://BUCKET/PATH"
        )
    }

    private static func isS3(_ path: String) -> Bool { path.hasPrefix("s3://") || path.hasPrefix("s3a://") }
}

extension Project {
    /// The absolute path or `s3://…` URL of a Delta table outside of the store, which the user named `path`.
    package func location(of path: String) -> String { TableLocation.resolve(path, in: root) }

    /// The dataset whose own table is there; nil when that is somebody else's.
    package func dataset(at location: String) -> Dataset? {
        let folder: String
        switch store {
        case .folder(let path): folder = path
        case .s3(let address): folder = "s3://" + address.bucket + (address.prefix.isEmpty ? "" : "/" + address.prefix)
        }
        let place = location.hasPrefix("s3a://") ? "s3://" + location.dropFirst("s3a://".count) : location
        guard place.hasPrefix(folder + "/") else { return nil }
        return dataset(named: String(place.dropFirst(folder.count + 1)))
    }
}
