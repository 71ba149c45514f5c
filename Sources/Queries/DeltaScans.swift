/// `delta_scan('PATH')` in a query, the name that DuckDB's users know: a Delta table outside of the store, written where
/// a table's name stands.
package struct DeltaScans: Sendable {
    /// The SQL in which each such call has become the quoted name of a view: just as long, so that every position in it
    /// is the same position in the user's text.
    package private(set) var sql: String
    /// The path that each of those views stands for, as the user wrote it.
    package private(set) var paths: [String: String] = [:]

    package static let function = "delta_scan"

    package init(_ sql: String) {
        self.sql = sql
        // Most queries have none, and need not be cut into pieces.
        guard sql.lowercased().contains(Self.function) else { return }
        let bytes = Array(sql.utf8)
        let pieces = SQLScanner.pieces(of: bytes)
        var result: [UInt8] = []
        var index = 0
        while index < pieces.count {
            if let call = Call(at: index, in: pieces, of: bytes) {
                let length = pieces[index].range.lowerBound..<pieces[call.last].range.upperBound
                var name = Array("\"\(view(for: call.path, length: length.count))\"".utf8)
                name += Array(repeating: UInt8(ascii: " "), count: max(0, length.count - name.count))
                result += name
                index = call.last + 1
            } else {
                result += bytes[pieces[index].range]
                index += 1
            }
        }
        self.sql = String(decoding: result, as: UTF8.self)
    }

    /// A name for the table that no other one has; DuckDB does not tell upper from lower case.
    private mutating func view(for path: String, length: Int) -> String {
        if let known = paths.first(where: { $0.value == path }) { return known.key }
        let taken = Set(paths.keys.map { $0.lowercased() })
        // A quotation mark would have to be doubled, and the name be too long.
        let shown = path.replacing("\"", with: "'")
        var view = "\(Self.function)(\(shown))"
        var number = 0
        while taken.contains(view.lowercased()) {
            number += 1
            let digits = String(number)
            view = "delta" + String(repeating: "_", count: max(0, 5 - digits.count)) + digits + "(\(shown))"
        }
        paths[view] = path
        return view
    }

    /// `delta_scan ( 'PATH' )`, with blanks and comments anywhere between.
    private struct Call {
        var path: String
        /// The piece that closes it.
        var last: Int

        init?(at index: Int, in pieces: [SQLScanner.Piece], of bytes: [UInt8]) {
            guard SQLScanner.name(pieces[index], of: bytes)?.lowercased() == DeltaScans.function else { return nil }
            var rest = pieces[(index + 1)...].enumerated().lazy.filter { $1.kind != .blank && $1.kind != .comment }
                .makeIterator()
            guard let open = rest.next(), SQLScanner.isSymbol(open.element, "(", of: bytes),
                let text = rest.next(), text.element.kind == .text,
                let path = SQLScanner.text(text.element, of: bytes),
                let close = rest.next(), SQLScanner.isSymbol(close.element, ")", of: bytes)
            else { return nil }
            self.path = path
            last = index + 1 + close.offset
        }
    }
}
