/// Files that exist only in memory, by absolute path: for tests and for projects written in Swift.
package struct MemoryFiles: ProjectFiles {
    private var contents: [String: [UInt8]] = [:]
    private var refused: Set<String> = []

    package init(_ texts: [String: String]) {
        for (path, text) in texts { contents[path] = Array(text.utf8) }
    }

    /// Puts a file that is not text, or takes the place of one.
    package mutating func put(_ bytes: [UInt8], at path: String) { contents[path] = bytes }

    /// Lets every read of a path fail with "permission denied".
    package mutating func refuse(_ path: String) { refused.insert(path) }

    package func read(_ path: String) throws(ProjectFileError) -> [UInt8] {
        if refused.contains(path) { throw .notPermitted }
        if let bytes = contents[path] { return bytes }
        throw isFolder(path) ? .wrongKind : .missing
    }

    package func list(_ folder: String) throws(ProjectFileError) -> [ProjectFolderEntry] {
        if refused.contains(folder) { throw .notPermitted }
        guard isFolder(folder) else { throw contents[folder] == nil ? .missing : .wrongKind }
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        var entries: Set<ProjectFolderEntry> = []
        for path in contents.keys where path.hasPrefix(prefix) {
            let parts = path.dropFirst(prefix.count).split(separator: "/", maxSplits: 1)
            guard let name = parts.first else { continue }
            entries.insert(ProjectFolderEntry(name: String(name), isFolder: parts.count > 1))
        }
        return entries.sorted { $0.name < $1.name }
    }

    package func isFile(_ path: String) -> Bool { contents[path] != nil }

    private func isFolder(_ path: String) -> Bool {
        let prefix = path.hasSuffix("/") ? path : path + "/"
        return contents.keys.contains { $0.hasPrefix(prefix) }
    }
}
