/// Where a store is: the folder that holds one folder per dataset.
package struct StoreLocation: Hashable, Sendable, CustomStringConvertible {
    /// The absolute path of the folder, without a `/` at its end.
    package let folder: String

    /// Nil when the path is not absolute.
    package init?(folder: String) {
        guard folder.hasPrefix("/") else { return nil }
        var folder = folder
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        self.folder = folder
    }

    package var description: String { folder }
}
