import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The time zones that this machine knows: the compiled files of the IANA database, each read once.
///
/// Foundation's `TimeZone` would do as well, but answers through ICU, whose data takes tens of megabytes of memory,
/// and does not tell when clocks change next; a zone read here takes two kilobytes.
package final class ZoneDatabase: Sendable {
    /// Where systems keep the files (the places that Python's `zoneinfo` looks in).
    private static let usualFolders = [
        "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo",
    ]

    package static let ofThisMachine = ZoneDatabase(folders: usualFolders)

    private let folders: [String]
    private let known = Mutex<[String: ZoneRules]>([:])

    package init(folders: [String]) { self.folders = folders }

    /// The zone with an IANA name, as `Europe/Berlin`; nil when there is none. `UTC` is always there.
    package func zone(_ name: String) -> ZoneRules? {
        if name == "UTC" { return .utc }
        if let zone = known.withLock({ $0[name] }) { return zone }
        guard Self.isName(name) else { return nil }
        for folder in folders {
            guard let bytes = Self.read(folder + "/" + name), let zone = ZoneRules(name: name, tzif: bytes) else {
                continue
            }
            known.withLock { $0[name] = zone }
            return zone
        }
        return nil
    }

    /// The names of all zones, sorted; only `UTC` where the machine has no database.
    package func names() -> [String] {
        var names: Set<String> = ["UTC"]
        for folder in folders { Self.collect(folder, prefix: "", depth: 0, into: &names) }
        return names.sorted()
    }

    /// Words with `/` between them, and nothing that leads out of the folder.
    private static func isName(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count) else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "_+-".utf8.contains(byte)
                }
        }
    }

    // MARK: Files

    private static func collect(_ folder: String, prefix: String, depth: Int, into names: inout Set<String>) {
        guard depth < 4, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // The database's own words begin with a capital; `posix` and `right` hold the same zones once more.
            guard let first = name.utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first),
                isName(name)
            else { continue }
            let path = folder + "/" + name
            if isFolder(path) {
                collect(path, prefix: prefix + name + "/", depth: depth + 1, into: &names)
            } else {
                names.insert(prefix + name)
            }
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The bytes of a file of at most a megabyte; nil when it cannot be read, or is a folder.
    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while bytes.count < 1 << 20 {
            let count = buffer.withUnsafeMutableBytes { memory in
                #if canImport(Glibc)
                    Glibc.read(descriptor, memory.baseAddress, memory.count)
                #elseif canImport(Musl)
                    Musl.read(descriptor, memory.baseAddress, memory.count)
                #else
                    Darwin.read(descriptor, memory.baseAddress, memory.count)
                #endif
            }
            if count == 0 { return bytes }
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
        return nil
    }
}
