/// Bytes at paths: what a table's log needs from a file system or an object store.
///
/// Every function throws `ObjectStoreError`. A path that was written is visible at once to whoever reads or lists.
package protocol ObjectStore: Sendable {
    /// The whole object, or its first `limit` bytes.
    func read(_ path: ObjectPath, limit: Int?) async throws(ObjectStoreError) -> [UInt8]

    /// Writes an object that nobody has written before. Of several writers exactly one succeeds; the others get
    /// `alreadyExists`. Either all the bytes are there afterwards or nothing, also after a crash. `unknownOutcome` when
    /// no answer came: the object may be there, written by this call or by another, or may appear yet.
    func putIfAbsent(_ path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError)

    /// Writes an object, in one step replacing the one that was there.
    func put(_ path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError)

    /// Makes a finished local file the object, in one step replacing the one that was there. The local file is gone
    /// afterwards.
    func put(_ path: ObjectPath, movingFile file: String) async throws(ObjectStoreError)

    /// A local path, not in use, at which a file can be made that is then to be moved to `path`.
    func temporaryLocation(for path: ObjectPath) -> String

    /// What is known of an object without reading it.
    func head(_ path: ObjectPath) async throws(ObjectStoreError) -> ObjectEntry

    /// The names of the objects directly in a folder, sorted by their bytes, from the first that is not less than `first`.
    /// `notFound` when there is no such folder.
    func names(in folder: ObjectPath, from first: String?) async throws(ObjectStoreError) -> [String]

    /// The names of the folders directly in a folder, sorted by their bytes.
    func folders(in folder: ObjectPath) async throws(ObjectStoreError) -> [String]

    /// What is in a folder, sorted by path: its objects alone, or those of the folders below as well.
    func list(_ folder: ObjectPath, recursively: Bool) async throws(ObjectStoreError) -> [ObjectEntry]

    /// Removes an object. One that is not there is no error.
    func delete(_ path: ObjectPath) async throws(ObjectStoreError)

    /// Sees to it that a folder can be written to.
    func makeFolder(_ path: ObjectPath) async throws(ObjectStoreError)

    /// Takes away a folder in which nothing is left. One that holds something, or is not there, is no error.
    func removeEmptyFolder(_ path: ObjectPath) async throws(ObjectStoreError)

    /// Waits until an object that another program wrote would survive a loss of power.
    func synchronize(_ path: ObjectPath) async throws(ObjectStoreError)

    /// What an engine opens to read or write the object or folder: an absolute path, or a URL.
    func location(of path: ObjectPath) -> String
}

extension ObjectStore {
    /// Folders are there only as long as something is in them.
    package func removeEmptyFolder(_ path: ObjectPath) async throws(ObjectStoreError) {}

    /// The whole object.
    package func read(_ path: ObjectPath) async throws(ObjectStoreError) -> [UInt8] {
        try await read(path, limit: nil)
    }
}

/// An object, and what a listing tells of it.
package struct ObjectEntry: Hashable, Sendable {
    package var path: ObjectPath
    /// In bytes.
    package var size: Int
    /// When it was last written, in milliseconds since 1970.
    package var modified: Int

    package init(path: ObjectPath, size: Int, modified: Int) {
        self.path = path
        self.size = size
        self.modified = modified
    }
}
