/// What tells one live file from another: where it is, and which of its rows count.
enum FileIdentity {
    /// Hands the key's bytes to `body`. Most paths are their own key.
    static func with<Result>(
        path: UnsafeRawBufferPointer, deletionVector: String?, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        if deletionVector == nil, isCanonical(path) { return body(path) }
        var key = Array(DataPath.canonical(String(decoding: path, as: UTF8.self)).utf8)
        if let deletionVector {
            // No byte of a text in UTF-8 is this one.
            key.append(0xFF)
            key.append(contentsOf: deletionVector.utf8)
        }
        return key.withUnsafeBytes(body)
    }

    private static func isCanonical(_ path: UnsafeRawBufferPointer) -> Bool {
        guard !path.contains(UInt8(ascii: "%")) else { return false }
        return path.count < 5 || path[0] != UInt8(ascii: "f") || path[4] != UInt8(ascii: ":")
    }
}
