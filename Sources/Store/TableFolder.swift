import DeltaLog
import ObjectStore
import Project

/// The paths of one table: in the store, or anywhere else for a table that is only read.
struct TableFolder {
    let name: DatasetName
    /// What holds the table.
    let objects: any ObjectStore
    let path: ObjectPath
    let log: ObjectPath
    /// Whether the table is none of the project's.
    let isForeign: Bool

    init(_ name: DatasetName, in objects: any ObjectStore) throws(StoreError) {
        guard let path = ObjectPath(name.text), let log = path.appending("_delta_log") else {
            throw StoreError(.inputOutput, dataset: name, message: "\(name) is no name of a folder")
        }
        self.name = name
        self.objects = objects
        self.path = path
        self.log = log
        isForeign = false
    }

    /// The table that fills `objects`.
    ///
    /// - Parameter place: the folder's absolute path or URL, from whose last name the table gets its own.
    init(foreign place: String, in objects: any ObjectStore) throws(StoreError) {
        guard let log = ObjectPath("_delta_log"), let name = Self.name(of: place) else {
            throw StoreError(.inputOutput, path: place, message: "the folder cannot be a table")
        }
        self.name = name
        self.objects = objects
        path = .root
        self.log = log
        isForeign = true
    }

    /// The table's folder as an engine opens it.
    var location: String { objects.location(of: path) }

    /// A file of the log.
    func file(_ name: String) throws(StoreError) -> ObjectPath {
        guard let path = log.appending(name) else {
            throw StoreError(.inputOutput, dataset: self.name, message: "\(name) is no name of a file")
        }
        return path
    }

    /// The folder's name, with `_` for what cannot be in a table's.
    private static func name(of place: String) -> DatasetName? {
        let last = place.split(separator: "/").last.map(String.init) ?? ""
        if let name = DatasetName(last) { return name }
        let kept = last.utf8.prefix(120).map {
            DatasetName.isValid("_" + String(UnicodeScalar($0))) ? $0 : UInt8(ascii: "_")
        }
        return DatasetName("_" + String(decoding: kept, as: UTF8.self))
    }
}
