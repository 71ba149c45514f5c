/// `_last_checkpoint`: where the newest checkpoint probably is. A hint only: it may be stale, damaged or absent.
package struct LastCheckpoint: Hashable, Sendable {
    package static let name = "_last_checkpoint"

    package var version: Int
    /// The number of actions in the checkpoint.
    package var size: Int
    package var sizeInBytes: Int?
    package var fileCount: Int?

    package init(version: Int, size: Int, sizeInBytes: Int? = nil, fileCount: Int? = nil) {
        self.version = version
        self.size = size
        self.sizeInBytes = sizeInBytes
        self.fileCount = fileCount
    }

    /// Nil when the bytes are no readable hint.
    package init?(bytes: [UInt8]) {
        guard let object = (try? JSONValue.parse(bytes))?.object, let version = object["version"]?.int, version >= 0
        else {
            return nil
        }
        self.version = version
        size = object["size"]?.int ?? 0
        sizeInBytes = object["sizeInBytes"]?.int
        fileCount = object["numOfAddFiles"]?.int
    }

    package var bytes: [UInt8] {
        var object = JSONObject([("version", .int(version)), ("size", .int(size))])
        object.add("sizeInBytes", sizeInBytes.map(JSONValue.int))
        object.add("numOfAddFiles", fileCount.map(JSONValue.int))
        return JSONValue.object(object).bytes
    }
}
