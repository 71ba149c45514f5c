import DeltaLog
import ObjectStore
import Project

/// The paths of one table in the store.
struct TableFolder {
    let name: DatasetName
    let path: ObjectPath
    let log: ObjectPath

    init(_ name: DatasetName) throws(StoreError) {
        guard let path = ObjectPath(name.text), let log = path.appending("_delta_log") else {
            throw StoreError(.inputOutput, dataset: name, message: "\(name) is no name of a folder")
        }
        self.name = name
        self.path = path
        self.log = log
    }

    /// A file of the log.
    func file(_ name: String) throws(StoreError) -> ObjectPath {
        guard let path = log.appending(name) else {
            throw StoreError(.inputOutput, dataset: self.name, message: "\(name) is no name of a file")
        }
        return path
    }
}
