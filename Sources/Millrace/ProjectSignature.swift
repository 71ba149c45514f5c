import Foundation

/// Tells whether the files of a project have changed, without reading them.
package enum ProjectSignature {
    /// Another number when they are others.
    package static func now(of root: String) -> Int {
        var hasher = Hasher()
        var folders = [root]
        add(root + "/millrace.yaml", to: &hasher)
        // YAML and SQL files wherever a project may have them, but not in the store or among its data.
        var seen = 0
        while let folder = folders.popLast(), seen < 20_000 {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { continue }
            for name in names.sorted() {
                seen += 1
                let path = folder + "/" + name
                if name.hasSuffix(".sql") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                    add(path, to: &hasher)
                } else if folder == root, name == "datasets" {
                    folders.append(path)
                }
            }
        }
        return hasher.finalize()
    }

    private static func add(_ path: String, to hasher: inout Hasher) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        hasher.combine(path)
        hasher.combine(status.st_size)
        hasher.combine(status.st_mtim.tv_sec)
        hasher.combine(status.st_mtim.tv_nsec)
    }
}
