#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An amount of memory as a user writes it.
enum MemorySize {
    private static let units: [(suffix: String, bytes: Double)] = [
        ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
        ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("b", 1),
    ]

    /// Bytes; nil when the text is no amount above 0. A percentage is of `machine` bytes.
    static func bytes(_ text: String, machine: Int) -> Int? {
        let text = text.filter { $0 != " " }.lowercased()
        if text.hasSuffix("%") {
            guard let share = YAMLScalar.double(String(text.dropLast())), share > 0, share <= 100 else { return nil }
            return Int(Double(machine) * share / 100)
        }
        let unit = units.first { text.hasSuffix($0.suffix) }
        let digits = unit.map { String(text.dropLast($0.suffix.count)) } ?? text
        guard let number = YAMLScalar.double(digits) else { return nil }
        let bytes = number * (unit?.bytes ?? 1)
        guard bytes >= 1, bytes < 9e18 else { return nil }
        return Int(bytes)
    }

    /// Bytes of memory that this process may use: the machine's, or less inside a container.
    static func ofThisMachine(files: any ProjectFiles = DiskFiles()) -> Int {
        let machine = max(0, sysconf(Int32(_SC_PHYS_PAGES))) * max(0, sysconf(Int32(_SC_PAGESIZE)))
        guard let bytes = try? files.read("/sys/fs/cgroup/memory.max"),
            let limit = Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber)), limit > 0
        else { return machine }
        return min(machine, limit)
    }
}
