/// Which columns of a table get statistics.
package enum StatisticsColumns: Hashable, Sendable {
    /// The number of leaf columns, from the left: fields of structs count one each, lists and maps one as a whole.
    case first(Int)
    case all
    /// Columns, or fields of structs, by their paths of names in lower case; a struct stands for all of its fields.
    case named(Set<[String]>)

    /// What a table has that does not say.
    package static let standard = StatisticsColumns.first(32)

    /// - Parameter path: of a column that is no struct.
    func names(_ path: [String]) -> Bool {
        guard case .named(let paths) = self else { return true }
        let folded = path.map { $0.lowercased() }
        return (1...max(folded.count, 1)).contains { paths.contains(Array(folded.prefix($0))) }
    }

    /// Reads a list such as ``a, `b.c`.d``.
    init(list: String) {
        var paths: Set<[String]> = []
        var path: [String] = []
        var name = ""
        var isQuoted = false
        var wasQuoted = false
        func trimmed(_ text: String) -> String {
            let words = text.drop { $0 == " " }
            return String(words.reversed().drop { $0 == " " }.reversed())
        }
        func endName() {
            path.append((wasQuoted ? name : trimmed(name)).lowercased())
            name = ""
            wasQuoted = false
        }
        func endPath() {
            endName()
            if path != [""] { paths.insert(path) }
            path = []
        }
        var characters = list[...]
        while let character = characters.popFirst() {
            switch character {
            case "`" where isQuoted && characters.first == "`":
                characters.removeFirst()
                name.append("`")
            case "`":
                if !isQuoted { name = "" }
                isQuoted.toggle()
                wasQuoted = true
            case "." where !isQuoted: endName()
            case "," where !isQuoted: endPath()
            case " " where !isQuoted && wasQuoted: break
            default: name.append(character)
            }
        }
        endPath()
        self = .named(paths)
    }
}

extension Metadata {
    /// The columns that writers give statistics: `delta.dataSkippingStatsColumns`, or else
    /// `delta.dataSkippingNumIndexedCols`, 32 unless set.
    package var statisticsColumns: StatisticsColumns {
        if let list = configuration["delta.dataSkippingStatsColumns"] { return StatisticsColumns(list: list) }
        guard let number = configuration["delta.dataSkippingNumIndexedCols"].flatMap({ Int($0) }) else {
            return .standard
        }
        return number < 0 ? .all : .first(number)
    }
}
