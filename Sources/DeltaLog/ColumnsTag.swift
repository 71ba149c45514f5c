extension AddFile {
    /// The tag by which Millrace marks a file that holds every column of the table, the partition columns too, which
    /// other writers leave out. Its value tells which columns those were.
    package static let columnsTag = "millrace.columns"
}

extension DeltaSchema {
    /// A short digest of the columns' names and types: equal for files that can be read together as they are.
    package var digest: String {
        // FNV-1a. A collision would need a table whose own columns were changed to collide.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for field in fields {
            for byte in "\(field.name)\u{0}\(field.type.duckDBType.text)\u{0}".utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return String(hash, radix: 16)
    }
}
