import Foundation

/// Folders for tests that write a lot.
enum Scratch {
    /// In memory where there is such a place, because a disk takes longer to synchronise a commit than all the rest.
    private static let place =
        FileManager.default.isWritableFile(atPath: "/dev/shm")
        ? "/dev/shm" : FileManager.default.temporaryDirectory.path

    /// The path of a new folder, which is not made yet.
    static func folder(_ name: String) -> String { "\(place)/millrace-\(name)-\(UUID().uuidString)" }
}
