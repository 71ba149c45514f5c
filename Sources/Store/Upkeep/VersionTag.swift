import DeltaLog
package import Project

/// A name for a version, under which it stays readable: its files survive a vacuum, its part of the log a clean-up.
package struct VersionTag: Sendable, Hashable {
    package var name: String
    package var version: Version
    /// When it was given, in milliseconds since 1970.
    package var time: Int?

    package init(name: String, version: Version, time: Int?) {
        self.name = name
        self.version = version
        self.time = time
    }

    /// Reads a tag's object; nil when it is none.
    init?(name: String, bytes: [UInt8]) {
        guard let object = (try? JSONValue.parse(bytes[...]))?.object, let version = object["version"]?.int else {
            return nil
        }
        self.init(name: name, version: Version(version), time: object["time"]?.int)
    }

    /// The tag's object.
    var bytes: [UInt8] {
        var object = JSONObject([("version", .int(version.number))])
        object.add("time", time.map(JSONValue.int))
        return Array((JSONValue.object(object).serialized + "\n").utf8)
    }
}
