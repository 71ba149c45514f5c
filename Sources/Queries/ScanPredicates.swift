/// What a query needs of each table that it names, found in the WHERE and ON clauses of its parse tree.
///
/// Only what holds for certain is taken: of a table that a query names twice the rows of both places, and nothing for
/// the side of an outer join whose rows may be missing.
package struct ScanPredicates: Sendable {
    /// For each place that names a table what is needed there; nil is everything.
    private var places: [String: [ScanPredicate?]] = [:]

    package init(in tree: SQLTree) { walk(tree, scope: []) }

    /// The predicate of a table, by the name that the query has for it; nil when all of its rows may be needed.
    package subscript(_ table: String) -> ScanPredicate? {
        var needed: [ScanPredicate] = []
        for place in places[table.lowercased()] ?? [] {
            guard let place else { return nil }
            if !needed.contains(place) { needed.append(place) }
        }
        return needed.count > 1 ? .or(needed) : needed.first
    }

    // MARK: The tree

    private mutating func walk(_ tree: SQLTree, scope: Set<String>) {
        switch tree {
        case .object(let members): walk(members, scope: scope)
        case .array(let elements): for element in elements { walk(element, scope: scope) }
        case .text, .number, .numeral, .truth, .null: break
        }
    }

    /// The names of common table expressions are in scope as `TableReferences` has them.
    private mutating func walk(_ members: [String: SQLTree], scope outer: Set<String>) {
        var scope = outer
        for entry in members["cte_map"]?["map"]?.elements ?? [] {
            if let value = entry["value"] { walk(value, scope: scope) }
            if let name = entry["key"]?.text { scope.insert(name.lowercased()) }
        }
        switch members["type"]?.text {
        case "RECURSIVE_CTE_NODE", "CTE_NODE":
            if let name = members["cte_name"]?.text { scope.insert(name.lowercased()) }
        case "SELECT_NODE":
            if let from = members["from_table"] {
                let conditions = Self.conjuncts(of: members["where_clause"])
                source(from, conditions, isAlone: from["type"]?.text == "BASE_TABLE", scope: scope)
            }
            for (key, child) in members where key != "cte_map" && key != "from_table" { walk(child, scope: scope) }
            return
        case "BASE_TABLE":
            note(members, nil, scope: scope)
        default: break
        }
        for (key, child) in members where key != "cte_map" { walk(child, scope: scope) }
    }

    /// What stands in a FROM clause.
    /// - Parameters:
    ///   - conditions: those that every row fulfils which is used of it.
    ///   - isAlone: whether names of columns can mean nothing but its own.
    private mutating func source(_ tree: SQLTree, _ conditions: [SQLTree], isAlone: Bool, scope: Set<String>) {
        guard case .object(let members) = tree else { return }
        switch members["type"]?.text {
        case "BASE_TABLE":
            note(members, predicate(of: members, conditions, isAlone: isAlone), scope: scope)
        case "JOIN":
            let sides = Sides(members)
            let own = sides.takesCondition ? Self.conjuncts(of: members["condition"]) : []
            for (key, keeps) in [("left", sides.left), ("right", sides.right)] {
                guard let side = members[key] else { continue }
                source(side, keeps ? conditions + own : [], isAlone: false, scope: scope)
            }
            if let condition = members["condition"] { walk(condition, scope: scope) }
        default: walk(tree, scope: scope)
        }
    }

    /// The sides of a join of which rows can be left out beforehand, because they would not get past WHERE afterwards.
    private struct Sides {
        var left = false
        var right = false
        /// Whether the same is true of what ON says.
        var takesCondition = false

        init(_ join: [String: SQLTree]) {
            switch (join["ref_type"]?.text, join["join_type"]?.text) {
            case ("REGULAR", "INNER"): (left, right, takesCondition) = (true, true, true)
            case ("NATURAL", "INNER"), ("CROSS", _): (left, right) = (true, true)
            case ("REGULAR", "LEFT"), ("REGULAR", "SEMI"), ("REGULAR", "ANTI"), ("NATURAL", "LEFT"): left = true
            case ("ASOF", "INNER"), ("ASOF", "LEFT"): left = true
            case ("REGULAR", "RIGHT"), ("NATURAL", "RIGHT"): right = true
            default: break
            }
        }
    }

    private mutating func note(_ table: [String: SQLTree], _ predicate: ScanPredicate?, scope: Set<String>) {
        guard let name = table["table_name"]?.text?.lowercased() else { return }
        if table["schema_name"]?.text?.isEmpty ?? true, scope.contains(name) { return }
        places[name, default: []].append(predicate)
    }

    // MARK: Conditions

    private static func conjuncts(of tree: SQLTree?) -> [SQLTree] {
        guard let tree else { return [] }
        guard tree["type"]?.text == "CONJUNCTION_AND" else { return [tree] }
        return (tree["children"]?.elements ?? []).flatMap { conjuncts(of: $0) }
    }

    private func predicate(of table: [String: SQLTree], _ conditions: [SQLTree], isAlone: Bool) -> ScanPredicate? {
        // A sample depends on all rows, and other names of columns are not followed.
        guard table["sample"] == nil, table["at_clause"] == nil, table["column_name_alias"] == nil,
            let name = table["alias"]?.text ?? table["table_name"]?.text
        else { return nil }
        let reader = ConditionReader(table: name.lowercased(), isAlone: isAlone)
        return .all(conditions.compactMap { reader.predicate($0) })
    }
}

/// Reads conditions as predicates of one table; what is not understood, or is about another table, is nil.
private struct ConditionReader {
    /// The name that columns may be qualified with.
    let table: String
    let isAlone: Bool

    func predicate(_ tree: SQLTree) -> ScanPredicate? {
        let children = tree["children"]?.elements ?? []
        switch tree["type"]?.text {
        case "COMPARE_EQUAL": return comparison(tree, .equal)
        case "COMPARE_NOTEQUAL": return comparison(tree, .notEqual)
        case "COMPARE_LESSTHAN": return comparison(tree, .less)
        case "COMPARE_LESSTHANOREQUALTO": return comparison(tree, .lessOrEqual)
        case "COMPARE_GREATERTHAN": return comparison(tree, .greater)
        case "COMPARE_GREATERTHANOREQUALTO": return comparison(tree, .greaterOrEqual)
        case "COMPARE_BETWEEN":
            guard let column = column(tree["input"]) else { return nil }
            let lower = tree["lower"].flatMap(literal).map { ScanPredicate.compare(column, .greaterOrEqual, $0) }
            let upper = tree["upper"].flatMap(literal).map { ScanPredicate.compare(column, .lessOrEqual, $0) }
            return .all([lower, upper].compactMap { $0 })
        case "COMPARE_IN":
            // A NULL in the list makes the condition true for no row.
            let values = children.dropFirst().filter { !isNull($0) }
            let literals = values.compactMap(literal)
            guard let column = column(children.first), literals.count == values.count, !literals.isEmpty else {
                return nil
            }
            return .isIn(column, literals)
        case "OPERATOR_IS_NULL": return children.count == 1 ? column(children[0]).map { .isNull($0) } : nil
        case "OPERATOR_IS_NOT_NULL": return children.count == 1 ? column(children[0]).map { .isNotNull($0) } : nil
        case "CONJUNCTION_AND": return .all(children.compactMap(predicate))
        case "CONJUNCTION_OR":
            let alternatives = children.compactMap(predicate)
            guard alternatives.count == children.count, !alternatives.isEmpty else { return nil }
            return .or(alternatives)
        default: return nil
        }
    }

    private func comparison(_ tree: SQLTree, _ comparison: ScanPredicate.Comparison) -> ScanPredicate? {
        guard let left = tree["left"], let right = tree["right"] else { return nil }
        if let column = column(left), let value = literal(right) { return .compare(column, comparison, value) }
        if let column = column(right), let value = literal(left) { return .compare(column, comparison.mirrored, value) }
        return nil
    }

    private func column(_ tree: SQLTree?) -> [String]? {
        guard let tree, tree["type"]?.text == "COLUMN_REF" else { return nil }
        let names = (tree["column_names"]?.elements ?? []).compactMap(\.text)
        if names.count > 1, names[0].lowercased() == table { return Array(names.dropFirst()) }
        return isAlone && !names.isEmpty ? names : nil
    }

    // MARK: Values

    private func isNull(_ tree: SQLTree) -> Bool {
        tree["type"]?.text == "VALUE_CONSTANT" && tree["value"]?["type"]?["id"]?.text == "NULL"
    }

    private func literal(_ tree: SQLTree) -> ScanPredicate.Literal? {
        if tree["type"]?.text == "OPERATOR_CAST" { return cast(tree) }
        guard tree["type"]?.text == "VALUE_CONSTANT", let value = tree["value"], let type = value["type"] else {
            return nil
        }
        switch type["id"]?.text {
        case "INTEGER", "BIGINT": return value["value"]?.number.map { .integer($0) }
        case "VARCHAR": return value["value"]?.text.map { .text($0) }
        case "DECIMAL":
            guard let number = value["value"]?.number else { return nil }
            return .decimal(Self.decimal(number, scale: type["type_info"]?["scale"]?.number ?? 0))
        default: return nil
        }
    }

    /// `DATE '2026-01-31'`, `TIMESTAMP '…'`, `true`, and whole numbers of other widths.
    private func cast(_ tree: SQLTree) -> ScanPredicate.Literal? {
        guard tree["try_cast"] == nil, let value = tree["child"].flatMap(literal) else { return nil }
        switch (tree["cast_type"]?["id"]?.text, value) {
        case ("BOOLEAN", .text(let text)):
            return ["t": true, "f": false, "true": true, "false": false][text.lowercased()].map { .boolean($0) }
        case ("DATE", .text(let text)): return CalendarText.days(text).map { .date($0) }
        case ("TIMESTAMP", .text(let text)), ("TIMESTAMP WITH TIME ZONE", .text(let text)):
            // Sessions are in UTC.
            return CalendarText.microseconds(text).map { .timestamp($0) }
        case ("BIGINT", .integer), ("HUGEINT", .integer), ("VARCHAR", .text): return value
        default: return nil
        }
    }

    private static func decimal(_ number: Int, scale: Int) -> String {
        guard scale > 0 else { return String(number) }
        let digits = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return (number < 0 ? "-" : "") + padded.dropLast(scale) + "." + padded.suffix(scale)
    }
}
