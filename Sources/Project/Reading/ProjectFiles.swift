/// The files that reading a project needs. Paths are absolute or relative to the process's folder; entries of a
/// folder come without their folder.
package protocol ProjectFiles: Sendable {
    /// The bytes of a file.
    func read(_ path: String) throws(ProjectFileError) -> [UInt8]
    /// What a folder holds, in the order of the names.
    func list(_ folder: String) throws(ProjectFileError) -> [ProjectFolderEntry]
    /// True when there is a file (not a folder) at that path.
    func isFile(_ path: String) -> Bool
}

package struct ProjectFolderEntry: Sendable, Hashable {
    package var name: String
    package var isFolder: Bool

    package init(name: String, isFolder: Bool) {
        self.name = name
        self.isFolder = isFolder
    }
}

/// Why a file or a folder could not be read.
package enum ProjectFileError: Error, Sendable, Hashable {
    case missing
    case notPermitted
    /// A folder stands where a file was expected, or the other way round.
    case wrongKind
    /// Anything else, in the system's words.
    case other(String)

    /// The reason as the end of a sentence: "… cannot be read: permission denied".
    package var reason: String {
        switch self {
        case .missing: "there is no such file"
        case .notPermitted: "permission denied"
        case .wrongKind: "it is a folder"
        case .other(let message): message
        }
    }
}
