import Project
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The places of pools as locks on files, `POOL.0`, `POOL.1` and so on: the operating system gives a dead process's
/// places back. Who holds the lock on `POOL.door` gathers places; there is only one at a time, so that no two wait for
/// what the other has.
package final class FilePlaces: PoolPlaces {
    private struct Aside {
        var door: Int32
        var places: [Int: Int32] = [:]
    }

    private let folder: String
    private let gathering = Mutex<[String: Aside]>([:])

    /// - Parameter folder: is made when it is missing.
    package init(folder: String) { self.folder = folder }

    deinit { leave() }

    package func take(_ count: Int, of pool: String, size: Int) throws -> PoolHold? {
        try gathering.withLock { gathering in
            guard var aside = try gathering[pool] ?? lock(pool, "door").map({ Aside(door: $0) }) else { return nil }
            // Kept also when a lock cannot be had for a reason that is thrown.
            defer { gathering[pool] = aside.door < 0 ? nil : aside }
            for number in 0..<max(size, count) where aside.places.count < count && aside.places[number] == nil {
                if let place = try lock(pool, String(number)) { aside.places[number] = place }
            }
            guard aside.places.count >= count else { return nil }
            let places = aside.places.sorted { $0.key < $1.key }.map(\.value)
            for place in places[count...] + [aside.door] { close(place) }
            aside = Aside(door: -1)
            return PoolHold { for place in places[..<count] { close(place) } }
        }
    }

    package func leave() {
        gathering.withLock { gathering in
            for aside in gathering.values {
                for file in aside.places.values { close(file) }
                close(aside.door)
            }
            gathering = [:]
        }
    }

    /// The file, locked; nil when somebody else has it.
    private func lock(_ pool: String, _ what: String) throws -> Int32? {
        let path = "\(folder)/\(Self.fileName(of: pool)).\(what)"
        var file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if file < 0, errno == ENOENT {
            makeFolder()
            file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        }
        guard file >= 0 else { throw trouble(with: path) }
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let isTaken = errno == EWOULDBLOCK
            let trouble = trouble(with: path)
            close(file)
            guard isTaken else { throw trouble }
            return nil
        }
        return file
    }

    private func makeFolder() {
        if let slash = folder.lastIndex(of: "/") { mkdir(String(folder[..<slash]), 0o755) }
        mkdir(folder, 0o755)
    }

    private func trouble(with path: String) -> Diagnostic {
        .error(
            "the pool's places cannot be locked: \(String(cString: strerror(errno)))", at: .wholeFile(path),
            hint: "the folder '.millrace' of the project must be writable, and on a file system that has locks")
    }

    /// A name in which nothing means a folder.
    private static func fileName(of pool: String) -> String {
        pool.utf8.reduce(into: "") { name, byte in
            let character = Character(UnicodeScalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || "-_".contains(character) {
                name.append(character)
            } else {
                name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }
}
