package import Project

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The right to drive a project's scheduler, which one process has at a time. It ends with the process, however that
/// one ends.
package final class Ownership: Sendable {
    private let descriptor: Int32

    /// - Throws: `Diagnostic` that says who has it.
    package init(path: String) throws(Diagnostic) {
        if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o755) }
        // The property last: once it has a value, `deinit` closes it also when this throws.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .error("cannot open '\(path)': \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.text(descriptor)
            close(descriptor)
            throw .error(
                "the scheduler of this project runs already" + (holder.isEmpty ? "" : ", as process \(holder)"),
                hint: "'millrace runs' shows what it does; stop that process first")
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = descriptor
    }

    /// The number of the process that drives the scheduler; nil when none does.
    package static func holder(path: String) -> Int? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return Int(text(descriptor)) ?? 0
    }

    private static func text(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: buffer.prefix(max(0, count)).filter { $0 > 32 }, as: UTF8.self)
    }

    /// Lets others have it.
    package func release() { _ = flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
