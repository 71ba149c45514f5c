package import Project

/// `flights@3` in a query: a version of a dataset, written where a table's name stands.
package struct VersionedNames: Sendable {
    /// The SQL in which each `name@3` has become the quoted name `"name@3"`.
    package var sql: String
    /// What those quoted names mean.
    package var pinned: [String: (name: String, version: Version)]

    package init(_ sql: String) {
        let bytes = Array(sql.utf8)
        let pieces = SQLScanner.pieces(of: bytes)
        var result: [UInt8] = []
        var pinned: [String: (name: String, version: Version)] = [:]
        var index = 0
        while index < pieces.count {
            let piece = pieces[index]
            if piece.kind == .word || piece.kind == .quotedName, index + 2 < pieces.count,
                pieces[index + 1].kind == .symbol, bytes[pieces[index + 1].range.lowerBound] == UInt8(ascii: "@"),
                pieces[index + 2].kind == .word,
                let version = Int(String(decoding: bytes[pieces[index + 2].range], as: UTF8.self))
            {
                var name = String(decoding: bytes[piece.range], as: UTF8.self)
                if piece.kind == .quotedName { name = String(name.dropFirst().dropLast()) }
                let view = "\(name)@\(version)"
                pinned[view] = (name, Version(version))
                result.append(contentsOf: Array("\"\(view)\"".utf8))
                index += 3
            } else {
                result.append(contentsOf: bytes[piece.range])
                index += 1
            }
        }
        self.sql = String(decoding: result, as: UTF8.self)
        self.pinned = pinned
    }
}
