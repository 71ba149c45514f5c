import Foundation
import Synchronization

/// The files of this machine, and a note of each that was looked at: as long as they stay as they were, reading them
/// again finds the same.
package final class NotedFiles: ProjectFiles {
    private let files = DiskFiles()
    private let stamps = Mutex<[String: Stamp]>([:])

    /// How a file or folder was, without reading it; all zero for one that is not there.
    private struct Stamp: Hashable {
        var size = 0
        var seconds = 0
        var nanoseconds = 0
        var inode: UInt64 = 0

        init(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return }
            size = Int(status.st_size)
            #if canImport(Darwin)
                (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
            #else
                (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            #endif
            inode = UInt64(status.st_ino)
        }
    }

    package init() {}

    /// True when something that was looked at is no longer as it was then.
    package var areChanged: Bool {
        stamps.withLock { $0 }.contains { path, stamp in Stamp(of: path) != stamp }
    }

    package func read(_ path: String) throws(ProjectFileError) -> [UInt8] {
        note(path)
        return try files.read(path)
    }

    package func list(_ folder: String) throws(ProjectFileError) -> [ProjectFolderEntry] {
        note(folder)
        return try files.list(folder)
    }

    package func isFile(_ path: String) -> Bool {
        note(path)
        return files.isFile(path)
    }

    /// Before it is read, so that a change meanwhile is one.
    private func note(_ path: String) {
        let stamp = Stamp(of: path)
        stamps.withLock { stamps in
            if stamps[path] == nil { stamps[path] = stamp }
        }
    }
}
