/// A column that an expression may name.
struct SparkColumn {
    /// The alias of the table that has it.
    var table: String?
    var name: String
    var type: DuckType
    var text: String
    /// The right one of two that USING made one: it is named with its table only.
    var isHidden = false
}

/// The names in sight of an expression.
final class SparkScope {
    var columns: [SparkColumn]
    let parent: SparkScope?
    /// What the list of the query calls its columns, by names in lower case.
    var aliases: [String: SQLExpression] = [:]
    /// HAVING looks for those first, but for what the query groups by.
    var prefersAliases = false
    /// The translated expressions that the query groups by.
    var keys: Set<String> = []
    /// The aliases that are being replaced: one does not stand for itself.
    var expanding: Set<String> = []
    /// Translations of calls that were moved to FROM, such as unnest in a list, by their positions in the list.
    var moved: [(call: SQLFunctionCall, piece: SparkPiece)] = []
    /// Lambda parameters and the like belong to the same query.
    let isSameQuery: Bool

    init(_ columns: [SparkColumn], parent: SparkScope?, isSameQuery: Bool = false) {
        self.columns = columns
        self.parent = parent
        self.isSameQuery = isSameQuery
    }

    var visible: [SparkColumn] { columns.filter { !$0.isHidden } }
}

extension SparkWriting {
    func column(_ names: [String], _ scope: SparkScope) -> SparkPiece {
        var current: SparkScope? = scope
        while let scope = current {
            let found = column(names, in: scope)
            if names.count == 1, scope.prefersAliases, found.map({ !scope.keys.contains($0.text) }) ?? true,
                let alias = alias(names[0], scope)
            {
                return alias
            }
            if let found { return found }
            if names.count == 1, let found = alias(names[0], scope) { return found }
            current = scope.parent
        }
        let shown = names.joined(separator: ".")
        // Some functions need no parentheses.
        if names.count == 1, SparkFunctions.rows(names[0].lowercased()).first?.refusal != nil {
            return call(named: names[0].lowercased(), [])
        }
        let near = Nearness.nearest(names.last ?? "", among: scope.visible.map(\.name))
        return refuse(
            "there is no column \"\(shown)\" here",
            hint: near.isEmpty ? nil : "did you mean \(near.joined(separator: ", "))?")
    }

    private func alias(_ name: String, _ scope: SparkScope) -> SparkPiece? {
        let key = name.lowercased()
        guard let expression = scope.aliases[key], scope.expanding.insert(key).inserted else { return nil }
        defer { scope.expanding.remove(key) }
        return piece(expression, scope)
    }

    private func column(_ names: [String], in scope: SparkScope) -> SparkPiece? {
        // A table's alias goes before a column whose fields are meant.
        for skipped in stride(from: max(0, names.count - 2), through: 0, by: -1) where names.count - skipped >= 2 {
            let (table, name) = (names[skipped].lowercased(), names[skipped + 1].lowercased())
            let found = scope.columns.filter { $0.table?.lowercased() == table && $0.name.lowercased() == name }
            if let first = found.first { return field(names.dropFirst(skipped + 2), of: first) }
        }
        let found = scope.columns.filter { !$0.isHidden && $0.name.lowercased() == names[0].lowercased() }
        if found.count > 1 {
            return refuse(
                "\"\(names[0])\" may be a column of several tables",
                hint:
                    "write one of \(found.compactMap { $0.table.map { "\($0).\(names[0])" } }.joined(separator: ", "))")
        }
        if let first = found.first { return field(names.dropFirst(), of: first) }
        // A table's name stands for its row.
        if names.count == 1, scope.columns.contains(where: { $0.table?.lowercased() == names[0].lowercased() }) {
            return refuse("a table's name cannot stand for its row", hint: "write the columns that are meant")
        }
        return nil
    }

    private func field(_ names: ArraySlice<String>, of column: SparkColumn) -> SparkPiece {
        names.reduce(SparkPiece(column.text, column.type)) { field($1, of: $0) }
    }

    func field(_ name: String, of piece: SparkPiece) -> SparkPiece {
        if piece.type == .unknown { return .missing }
        guard case .structure(let fields) = piece.type else {
            return refuse("a value of type \(piece.type) has no field \"\(name)\"")
        }
        guard let field = fields.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            return refuse("there is no field \"\(name)\" in \(piece.type)")
        }
        return SparkPiece("\(piece.text).\(SparkText.name(field.name))", field.type)
    }
}

/// Names that a mistaken one may have been meant for.
enum Nearness {
    static func nearest(_ name: String, among names: [String]) -> [String] {
        let word = Array(name.lowercased())
        let ranked = names.map { ($0, distance(word, Array($0.lowercased()))) }
            .filter { $0.1 <= max(1, word.count / 3) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        return ranked.prefix(3).map(\.0)
    }

    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var row = Array(0...other.count)
        for (place, character) in one.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for (column, candidate) in other.enumerated() {
                let change = diagonal + (character == candidate ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, diagonal + 1)
            }
        }
        return row[other.count]
    }
}
