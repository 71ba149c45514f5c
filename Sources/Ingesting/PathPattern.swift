import Foundation

/// A path with shell patterns in its parts: `*`, `?`, `[…]`, and `**` for any number of folders.
struct PathPattern {
    private let parts: [String]

    init(_ absolute: String) {
        parts = absolute.split(separator: "/").map(String.init)
    }

    static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    /// The paths that match, sorted. Names that start with a dot match only patterns that do.
    func paths() -> [String] {
        var found: Set<String> = []
        descend(into: "", parts[...], &found)
        return found.sorted()
    }

    private func descend(into folder: String, _ rest: ArraySlice<String>, _ found: inout Set<String>) {
        guard let part = rest.first else { return }
        let remaining = rest.dropFirst()
        if part == "**" {
            descend(into: folder, remaining, &found)
            for name in Self.entries(of: folder) where Self.isFolder(folder + "/" + name) {
                descend(into: folder + "/" + name, rest, &found)
            }
            return
        }
        let names =
            Self.isPattern(part)
            ? Self.entries(of: folder, hidden: part.hasPrefix(".")).filter { fnmatch(part, $0, FNM_PERIOD) == 0 }
            : [part]
        for name in names {
            let path = folder + "/" + name
            if remaining.isEmpty {
                var status = stat()
                if stat(path, &status) == 0 { found.insert(path) }
            } else {
                descend(into: path, remaining, &found)
            }
        }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path.isEmpty ? "/" : path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted; none when it cannot be read.
    static func entries(of folder: String, hidden: Bool = false) -> [String] {
        guard let stream = opendir(folder.isEmpty ? "/" : folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != "..", hidden || !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
