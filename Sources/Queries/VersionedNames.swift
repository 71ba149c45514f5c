package import Project

/// `flights@3`, `flights@v1.2` and `flights@changes(3, 7)` in a query: a version of a dataset, or what changed between
/// two, written where a table's name stands.
package struct VersionedNames: Sendable {
    /// What such a name means.
    package enum Meaning: Sendable, Hashable {
        case pin(VersionPin)
        /// What the versions from the first to the last of them changed, both included.
        case changes(from: VersionPin, through: VersionPin)
    }

    /// The SQL in which each of them has become a quoted name.
    package private(set) var sql: String
    /// What those quoted names mean.
    package private(set) var pinned: [String: (name: String, what: Meaning)] = [:]
    /// Names that mean nothing, such as `flights@changes(3)`; positions are those of the user's text.
    package private(set) var faults: [SQLFault] = []
    /// Where the text was changed, ascending.
    private var edits: [(old: Range<Int>, new: Range<Int>)] = []

    package init(_ sql: String) {
        self.sql = sql
        let bytes = Array(sql.utf8)
        guard bytes.contains(UInt8(ascii: "@")) else { return }
        let pieces = SQLScanner.pieces(of: bytes)
        var result: [UInt8] = []
        var index = 0
        while index < pieces.count {
            var reader = Reader(pieces: pieces, bytes: bytes, index: index)
            guard let (name, what) = reader.name() else {
                if let fault = reader.fault { faults.append(fault) }
                result += bytes[pieces[index].range]
                index += 1
                continue
            }
            let start = result.count
            result += Quote.name(view(name, what)).utf8
            edits.append(
                (pieces[index].range.lowerBound..<pieces[reader.index - 1].range.upperBound, start..<result.count))
            index = reader.index
        }
        self.sql = String(decoding: result, as: UTF8.self)
    }

    /// The byte of the user's text that stands at a byte of `sql`.
    package func original(_ position: Int) -> Int {
        guard let edit = edits.last(where: { $0.new.lowerBound <= position }) else { return position }
        if position >= edit.new.upperBound { return position - edit.new.upperBound + edit.old.upperBound }
        // Inside of a quoted name: the quotation mark is Millrace's own.
        return min(edit.old.lowerBound + max(0, position - edit.new.lowerBound - 1), edit.old.upperBound - 1)
    }

    /// A name for the view; DuckDB does not tell upper from lower case, and tags do.
    private mutating func view(_ name: String, _ what: Meaning) -> String {
        var view =
            switch what {
            case .pin(let pin): "\(name)@\(pin)"
            case .changes(let from, let through): "\(name)@changes(\(from),\(through))"
            }
        while let other = pinned.first(where: { $0.key.lowercased() == view.lowercased() }),
            other.value.name.lowercased() != name.lowercased() || other.value.what != what
        {
            view += "'"
        }
        pinned[view] = (name, what)
        return view
    }
}

/// Reads a name with its version from the pieces of a query.
private struct Reader {
    let pieces: [SQLScanner.Piece]
    let bytes: [UInt8]
    /// The piece to read next.
    var index: Int
    var fault: SQLFault?

    mutating func name() -> (name: String, what: VersionedNames.Meaning)? {
        let start = index
        guard let name = SQLScanner.name(pieces[index], of: bytes), isSymbol("@", at: index + 1),
            pieces[index].kind == .quotedName || !Self.keywords.contains(name.lowercased())
        else { return nil }
        index += 2
        guard index < pieces.count, pieces[index].kind == .word else { return nil }
        if word(index).lowercased() == "changes", isSymbol("(", at: index + 1) {
            index += 2
            guard let range = range() else {
                fault = SQLFault(
                    message: "changes takes two versions",
                    position: pieces[start].range.lowerBound,
                    hint: "write \(name)@changes(3, 7) for what versions 3 to 7 changed")
                return nil
            }
            if case .version(let from) = range.from, case .version(let through) = range.through, from > through {
                fault = SQLFault(
                    message: "version \(from) is newer than version \(through)",
                    position: pieces[start].range.lowerBound, hint: "write \(name)@changes(\(through), \(from))")
                return nil
            }
            return (name, .changes(from: range.from, through: range.through))
        }
        guard let pin = pin() else {
            fault = SQLFault(
                message: "no version and no tag: '\(word(start + 2))'", position: pieces[start + 2].range.lowerBound,
                hint: "write \(name)@3, or \(name)@TAG: letters, digits, '_', '-' and '.', not beginning with a digit")
            return nil
        }
        return (name, .pin(pin))
    }

    /// `3, 7)`: what stands behind `changes(`.
    private mutating func range() -> (from: VersionPin, through: VersionPin)? {
        skipBlanks()
        guard let from = pin() else { return nil }
        skipBlanks()
        guard isSymbol(",", at: index) else { return nil }
        index += 1
        skipBlanks()
        guard let through = pin() else { return nil }
        skipBlanks()
        guard isSymbol(")", at: index) else { return nil }
        index += 1
        return (from, through)
    }

    /// A number, or the words, dots and hyphens of a tag as far as they stand together.
    private mutating func pin() -> VersionPin? {
        guard index < pieces.count, pieces[index].kind == .word else { return nil }
        var text = word(index)
        index += 1
        if case .version(let version)? = VersionPin(text) { return .version(version) }
        while index + 1 < pieces.count, pieces[index + 1].kind == .word,
            isSymbol(".", at: index) || isSymbol("-", at: index)
        {
            text += word(index) + word(index + 1)
            index += 2
        }
        return VersionPin(text)
    }

    private mutating func skipBlanks() {
        while index < pieces.count, pieces[index].kind == .blank || pieces[index].kind == .comment { index += 1 }
    }

    private func isSymbol(_ symbol: Unicode.Scalar, at index: Int) -> Bool {
        index < pieces.count && SQLScanner.isSymbol(pieces[index], symbol, of: bytes)
    }

    private func word(_ index: Int) -> String { String(decoding: bytes[pieces[index].range], as: UTF8.self) }

    /// Words behind which an `@` is DuckDB's operator for the absolute value.
    private static let keywords: Set<String> = [
        "select", "distinct", "where", "and", "or", "not", "on", "having", "by", "when", "then", "else", "case",
        "between", "in", "like", "limit", "offset", "qualify", "values", "is", "all", "any", "set",
    ]
}
