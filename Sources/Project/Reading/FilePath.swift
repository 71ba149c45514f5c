/// Paths as text, with `/` between their parts. Nothing here looks at a disk.
enum FilePath {
    static func isAbsolute(_ path: String) -> Bool { path.hasPrefix("/") }

    /// `path` seen from `folder`, with `.` and `..` resolved by the text alone.
    static func resolve(_ path: String, in folder: String) -> String {
        normalised(isAbsolute(path) ? path : folder + "/" + path)
    }

    static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        let absolute = isAbsolute(path)
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !absolute {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return absolute ? "/" + joined : (joined.isEmpty ? "." : joined)
    }

    /// The folder that holds `path`; nil at the top.
    static func parent(of path: String) -> String? {
        guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func lastPart(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// `path` as a user would write it in the folder `root`.
    static func shown(_ path: String, from root: String) -> String {
        let prefix = root.hasSuffix("/") ? root : root + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }
}
