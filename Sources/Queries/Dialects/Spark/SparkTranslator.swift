/// Translates DuckDB's SQL to Spark's, with DuckDB's meaning.
///
/// The names of a query are resolved and its types told on the way: what an operator does hangs on them. What Spark
/// cannot do in the same way is a fault, and all faults of a query are told at once. The session that runs the result
/// must have `SparkSettings.required`.
package struct SparkTranslator: Sendable {
    /// A table that a query may name.
    package struct Table: Sendable {
        /// What stands for it in FROM: a view's quoted name, or a query in parentheses.
        package var source: String
        package var columns: [DuckType.Field]

        package init(source: String, columns: [DuckType.Field]) {
            self.source = source
            self.columns = columns
        }
    }

    package struct Translation: Sendable, Equatable {
        package var sql: String
        package var columns: [DuckType.Field]
        /// Where the pieces of `sql` come from.
        package var places: [TranslatedPlace]

        package init(sql: String, columns: [DuckType.Field], places: [TranslatedPlace] = []) {
            self.sql = sql
            self.columns = columns
            self.places = places
        }
    }

    /// By their names in lower case as queries write them: `orders`, `sales.orders`.
    let tables: [String: Table]
    /// Whether failures that the translation raises by itself say where in the query, as `TranslatedPlace.Mark`.
    let marksFailures: Bool

    package init(tables: [String: Table], marksFailures: Bool = false) {
        self.marksFailures = marksFailures
        self.tables = Dictionary(
            tables.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameters:
    ///   - names: DuckDB's names of the result's columns, where they are known; those without an alias are otherwise
    ///     named as far as the tree tells.
    /// - Throws: `TranslationFaults`
    package func translate(_ query: SQLQuery, names: [String]? = nil) throws -> Translation {
        let writing = SparkWriting(tables: tables, marksFailures: marksFailures)
        for field in query.unread {
            writing.fault("translation does not know \(field)", hint: "write the query without it")
        }
        var result = writing.query(query, nil)
        for (place, column) in result.columns.enumerated()
        where column.type.contains(where: { $0 == .interval || $0 == .time }) {
            writing.fault(
                "column \(place + 1) (\(column.name)) is of type \(column.type), which no table of Spark's can have",
                hint: "cast it to a number or a text")
        }
        if let names, names.count == result.columns.count {
            result = writing.renamed(result, names)
        }
        guard writing.faults.isEmpty else { throw TranslationFaults(faults: writing.faults) }
        return Translation(sql: result.text, columns: result.columns, places: writing.places)
    }
}

/// A translated expression.
struct SparkPiece {
    var text: String
    var type: DuckType
    /// What it is if it is a constant of the query: it takes the type of what it stands beside.
    var constant: SQLConstant?

    init(_ text: String, _ type: DuckType, constant: SQLConstant? = nil) {
        self.text = text
        self.type = type
        self.constant = constant
    }

    static let missing = SparkPiece("NULL", .unknown)

    var constantText: String? { type == .varchar ? constant?.text : nil }
    var constantInteger: Int128? { type.isInteger ? constant?.numeral.flatMap { Int128($0) } : nil }
}

/// A translated query: what may stand between parentheses.
struct SparkRelation {
    var text: String
    var columns: [DuckType.Field]
}

/// The translation of one query, under way.
final class SparkWriting {
    let tables: [String: SparkTranslator.Table]
    private(set) var faults: [TranslationFault] = []
    private(set) var places: [TranslatedPlace] = []
    /// Of the expression that is being translated, for nodes that have none.
    private var position: Int?
    private var made = 0
    /// How many queries there are around the one under way, and itself.
    var depth = 0
    /// The common tables in sight, inner ones last.
    var commonTables: [(name: String, columns: [DuckType.Field])] = []

    private let marksFailures: Bool

    init(tables: [String: SparkTranslator.Table], marksFailures: Bool = false) {
        self.tables = tables
        self.marksFailures = marksFailures
    }

    /// An expression that fails.
    /// - Parameter value: what is to blame, as an expression.
    func failure(_ message: String, of value: String? = nil) -> String {
        let mark = marksFailures ? position.map { TranslatedPlace.Mark($0).text } ?? "" : ""
        guard let value else { return "raise_error(\(SparkText.text(message + mark)))" }
        let shown = "coalesce(left(CAST(\(value) AS STRING), 80), 'NULL')"
        return "raise_error(concat(\(SparkText.text(message + ": ")), \(shown), \(SparkText.text(mark))))"
    }

    func fault(_ message: String, hint: String? = nil, at place: Int? = nil) {
        let fault = TranslationFault(position: place ?? position, message: message, hint: hint)
        if !faults.contains(fault) { faults.append(fault) }
    }

    func remember(_ text: String, at place: Int?) {
        if let place { places.append(TranslatedPlace(text: text, position: place)) }
    }

    /// A fault that an expression becomes.
    func refuse(_ message: String, hint: String? = nil, at place: Int? = nil) -> SparkPiece {
        fault(message, hint: hint, at: place)
        return .missing
    }

    /// Whether something can be translated; its faults are forgotten.
    func attempt(_ work: () -> Void) -> Bool {
        let before = faults
        defer { faults = before }
        faults = []
        work()
        return faults.isEmpty
    }

    func at<Value>(_ place: Int?, _ work: () -> Value) -> Value {
        let outer = position
        position = place ?? outer
        defer { position = outer }
        return work()
    }

    /// A name that no query has.
    func fresh(_ word: String) -> String {
        made += 1
        return "__\(word)\(made)"
    }

    func renamed(_ relation: SparkRelation, _ names: [String]) -> SparkRelation {
        guard relation.columns.map(\.name) != names else { return relation }
        let alias = fresh("r")
        let inner = relation.columns.indices.map { SparkText.name("c\($0)") }.joined(separator: ", ")
        let outer = names.enumerated().map { "\(SparkText.name("c\($0)")) AS \(SparkText.name($1))" }
        return SparkRelation(
            text: "SELECT \(outer.joined(separator: ", ")) FROM (\(relation.text)) AS \(alias)(\(inner))",
            columns: zip(names, relation.columns).map { DuckType.Field(name: $0, type: $1.type) })
    }

    /// The same rows with other types.
    func recast(_ relation: SparkRelation, to columns: [DuckType.Field]) -> SparkRelation {
        guard relation.columns.map(\.type) != columns.map(\.type) else { return relation }
        let alias = fresh("r")
        let inner = relation.columns.indices.map { SparkText.name("c\($0)") }.joined(separator: ", ")
        let outer = columns.enumerated().map { place, column in
            let piece = SparkPiece("\(alias).\(SparkText.name("c\(place)"))", relation.columns[place].type)
            return "\(coerced(piece, to: column.type).text) AS \(SparkText.name(column.name))"
        }
        return SparkRelation(
            text: "SELECT \(outer.joined(separator: ", ")) FROM (\(relation.text)) AS \(alias)(\(inner))",
            columns: columns)
    }

    /// Names as a table's columns can have them: DuckDB numbers those that come again.
    func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.map { name in
            var candidate = name
            var number = 0
            while !seen.insert(candidate.lowercased()).inserted {
                number += 1
                candidate = "\(name)_\(number)"
            }
            return candidate
        }
    }
}
