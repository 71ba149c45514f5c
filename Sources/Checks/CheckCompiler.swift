import Project
import Queries

/// Turns checks into SQL, one at a time.
struct CheckCompiler {
    let dataset: Dataset
    let columns: [QueryColumn]
    var rowRules: [RowRule] = []
    var tableRules: [TableRule] = []
    var looked: [(rule: Int, aggregate: String)] = []
    var diagnostics: [Diagnostic] = []

    init(dataset: Dataset, columns: [QueryColumn], preceding: [RowRule]) {
        rowRules = preceding
        self.dataset = dataset
        self.columns = columns
    }

    private var table: String { Quote.name(dataset.name.text) }

    mutating func add(_ check: Check) {
        guard let found = resolve(check) else { return }
        let names = found.map { Quote.name($0.name) }
        switch check.rule {
        case .notNull:
            for column in names { addRow(check, "\(column) IS NULL", "no value") }
        case .accepted(let values):
            for column in found {
                let literals = values.map { literal($0, for: column) }.joined(separator: ", ")
                let shown = values.map(\.description).joined(separator: ", ")
                addRow(check, "\(Quote.name(column.name)) NOT IN (\(literals))", "not one of \(shown)")
            }
        case .range(let min, let max):
            for column in found { addRange(check, column, min: min, max: max) }
        case .pattern(let pattern):
            for column in names {
                addRow(
                    check, "NOT regexp_matches(\(column)::VARCHAR, \(Quote.text(pattern)))", "does not match \(pattern)"
                )
            }
        case .length(let min, let max):
            for column in found { addLength(check, column, min: min, max: max) }
        case .unique: addUnique(check, names)
        case .references(let other, let target): addReferences(check, names, other.value, target)
        case .rows:
            // A condition makes it a number like any other; without one the row count is there already.
            let question: TableRule.Question =
                check.condition.map { .aggregate("count(*) FILTER (WHERE \($0.value))") } ?? .rowCount
            tableRules.append(TableRule(check: check, question: question))
        case .type(let expected):
            for column in found {
                tableRules.append(
                    TableRule(check: check, question: .type(found: column.type, expected: expected.value)))
            }
        case .sql(let text):
            let query = SQLNormaliser.withoutTail(text.text)
            tableRules.append(
                TableRule(
                    check: check, question: .counts("SELECT count(*), NULL FROM (\n\(query)\n)"),
                    examples: "SELECT * FROM (\n\(query)\n)"))
        case .metric(let metric, _, _):
            for column in names {
                tableRules.append(TableRule(check: check, question: .aggregate(aggregate(metric, of: column, check))))
            }
        }
    }

    // MARK: Rules about rows

    private mutating func addRow(_ check: Check, _ failing: String, _ reason: String, window: String? = nil) {
        let rule = RowRule(
            check: check, bit: rowRules.count,
            failing: check.condition.map { "(\($0.value)) AND (\(failing))" } ?? failing,
            reason: "\(check.name): \(reason)", window: window)
        if let condition = check.condition {
            looked.append((rowRules.count, "count(*) FILTER (WHERE \(condition.value))"))
        }
        rowRules.append(rule)
    }

    private mutating func addRange(_ check: Check, _ column: QueryColumn, min: Literal?, max: Literal?) {
        let name = Quote.name(column.name)
        let bounds = [
            min.map { "\(name) < \(literal($0, for: column))" }, max.map { "\(name) > \(literal($0, for: column))" },
        ]
        addRow(
            check, bounds.compactMap { $0 }.joined(separator: " OR "), Self.outside(min?.description, max?.description))
    }

    private mutating func addLength(_ check: Check, _ column: QueryColumn, min: Int?, max: Int?) {
        let isList = column.type.hasSuffix("]")
        let length = isList ? "len(\(Quote.name(column.name)))" : "length(\(Quote.name(column.name))::VARCHAR)"
        let bounds = [min.map { "\(length) < \($0)" }, max.map { "\(length) > \($0)" }]
        addRow(
            check, bounds.compactMap { $0 }.joined(separator: " OR "),
            "length " + Self.outside(min.map(String.init), max.map(String.init)))
    }

    private static func outside(_ min: String?, _ max: String?) -> String {
        switch (min, max) {
        case (let min?, let max?): "outside \(min)…\(max)"
        case (let min?, nil): "below \(min)"
        case (nil, let max?): "above \(max)"
        case (nil, nil): "outside"
        }
    }

    // MARK: Rules about rows together

    private mutating func addUnique(_ check: Check, _ names: [String]) {
        let key = names.joined(separator: ", ")
        if check.onFail == .quarantine {
            // Which of several rows with one key is right nobody knows, so all of them are refused.
            let complete = names.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
            let column = RowRule.windowColumn(rowRules.count)
            return addRow(
                check, "\(complete) AND \(column) > 1", "not unique", window: "count(*) OVER (PARTITION BY \(key))")
        }
        let condition = (names.map { "\($0) IS NOT NULL" } + whereTerms(check)).joined(separator: " AND ")
        let looked = check.condition == nil ? "NULL" : "(SELECT count(*) FROM \(table) WHERE \(condition))"
        let duplicates = """
            SELECT \(key), count(*) AS "_rows" FROM \(table)
            WHERE \(condition) GROUP BY \(key) HAVING count(*) > 1
            """
        tableRules.append(
            TableRule(
                check: check,
                question: .counts("SELECT coalesce(sum(\"_rows\"), 0)::BIGINT, \(looked) FROM (\(duplicates))"),
                examples: duplicates))
    }

    private mutating func addReferences(_ check: Check, _ names: [String], _ other: DatasetName, _ target: String) {
        let missingFrom = "not in \(other).\(target)"
        let other = Quote.name(other.text)
        let target = Quote.name(target)
        for column in names {
            let missing = "\(column) NOT IN (SELECT \(target) FROM \(other) WHERE \(target) IS NOT NULL)"
            if check.onFail == .quarantine {
                addRow(check, missing, missingFrom)
                continue
            }
            let looked = (["\(column) IS NOT NULL"] + whereTerms(check)).joined(separator: " AND ")
            tableRules.append(
                TableRule(
                    check: check,
                    question: .counts(
                        "SELECT count(*) FILTER (WHERE \(missing)), count(*) FROM \(table) WHERE \(looked)"),
                    examples: "SELECT * FROM \(table) WHERE \(looked) AND \(missing)"))
        }
    }

    private func aggregate(_ metric: Check.Metric, of column: String, _ check: Check) -> String {
        let filter = check.condition.map { " FILTER (WHERE \($0.value))" } ?? ""
        let value =
            switch metric {
            case .mean: "avg(\(column))\(filter)"
            case .sum: "sum(\(column))\(filter)"
            case .min: "min(\(column))\(filter)"
            case .max: "max(\(column))\(filter)"
            case .quantile(let share): "quantile_cont(\(column), \(share))\(filter)"
            case .distinctShare: "count(DISTINCT \(column))\(filter) / nullif(count(\(column))\(filter), 0)"
            }
        return "(\(value))::DOUBLE"
    }

    private func whereTerms(_ check: Check) -> [String] { check.condition.map { ["(\($0.value))"] } ?? [] }

    /// A literal as the column's type compares it: a number stays a text where the column is one.
    private func literal(_ literal: Literal, for column: QueryColumn) -> String {
        column.type == "VARCHAR" ? Quote.text(literal.description) : literal.sql
    }

    // MARK: Columns

    /// The columns that the check names; nil, with a diagnostic, when one is missing or has no such property.
    private mutating func resolve(_ check: Check) -> [QueryColumn]? {
        var found: [QueryColumn] = []
        var isComplete = true
        for name in check.columns {
            if let column = columns.first(where: { $0.name.lowercased() == name.value.lowercased() }) {
                found.append(column)
            } else {
                isComplete = false
                diagnostics.append(.missingColumn(name, of: dataset.name, among: columns))
            }
        }
        if case .metric(let metric, _, _) = check.rule, metric != .distinctShare {
            for column in found where !Self.isNumeric(column.type) {
                isComplete = false
                diagnostics.append(
                    .error(
                        "\(check.name): column '\(column.name)' has type \(column.type), which has no \(check.ruleName)",
                        at: check.span, hint: "metrics need a numeric column; distinct_share takes any"))
            }
        }
        return isComplete ? found : nil
    }

    private static func isNumeric(_ type: String) -> Bool {
        [
            "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "UHUGEINT",
            "FLOAT", "DOUBLE", "BOOLEAN",
        ].contains(type) || type.hasPrefix("DECIMAL")
    }
}
