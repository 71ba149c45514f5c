extension SparkWriting {
    func piece(_ expression: SQLExpression, _ scope: SparkScope) -> SparkPiece {
        let piece = at(expression.position) { translated(expression, scope) }
        remember(piece.text, at: expression.position)
        return piece
    }

    private func translated(_ expression: SQLExpression, _ scope: SparkScope) -> SparkPiece {
        switch expression.kind {
        case .column(let names): return column(names, scope)
        case .constant(let constant): return self.constant(constant)
        case .function(let call): return self.call(call, scope)
        case .window(let call): return window(call, scope)
        case .cast(let child, let type, let isTry):
            guard let type = self.type(type) else { return .missing }
            return cast(piece(child, scope), to: type, isTry: isTry)
        case .collate(_, let collation):
            return refuse("COLLATE \(collation) has no form in Spark", hint: "compare lower(…)")
        case .case(let branches, let otherwise): return self.case(branches, otherwise, scope)
        case .comparison(let word, let left, let right):
            return comparison(word, piece(left, scope), piece(right, scope))
        case .conjunction(let word, let parts):
            let texts = parts.map { truth($0, scope) }
            return SparkPiece("(\(texts.joined(separator: word == .and ? " AND " : " OR ")))", .boolean)
        case .between(let input, let lower, let upper):
            let pieces = [input, lower, upper].map { piece($0, scope) }
            let type = common(pieces, "the sides of BETWEEN")
            let texts = pieces.map { coerced($0, to: type).text }
            checkOrdered(type)
            return SparkPiece("(\(texts[0]) BETWEEN \(texts[1]) AND \(texts[2]))", .boolean)
        case .operation(let word, let children): return operation(word, children, scope)
        case .star: return refuse("a star cannot stand here")
        case .subquery(let subquery): return self.subquery(subquery, scope)
        case .lambda:
            return refuse("a lambda cannot stand here", hint: "only functions such as list_transform take one")
        case .parameter(let name):
            return refuse("the parameter \(name) is not filled in", hint: "fill it in before the query is translated")
        case .place(let number): return refuse("#\(number) is not translated", hint: "write the column's name")
        case .defaultValue: return refuse("DEFAULT cannot stand here")
        case .other(let kind, _): return refuse("translation does not know \(kind)")
        }
    }

    // MARK: Constants

    func constant(_ constant: SQLConstant) -> SparkPiece {
        guard !constant.isNull else { return SparkPiece("NULL", .null, constant: constant) }
        if case .truth(let truth) = constant.value {
            return SparkPiece(truth ? "true" : "false", .boolean, constant: constant)
        }
        guard let type = type(constant.type) else { return .missing }
        if type == .varchar, let text = constant.text {
            return SparkPiece(SparkText.text(text), type, constant: constant)
        }
        if case .decimal(let width, let scale) = type, scale == 0 || width <= 38, let numeral = constant.numeral {
            return SparkPiece("CAST('\(numeral)' AS DECIMAL(\(width),\(scale)))", type, constant: constant)
        }
        if let numeral = constant.numeral {
            return SparkPiece(number(numeral, type), type, constant: constant)
        }
        return refuse("a constant of type \(type) is not translated")
    }

    private func number(_ numeral: String, _ type: DuckType) -> String {
        if numeral.hasPrefix("-") || type == .hugeint || type == .ubigint || type.isDecimal {
            return "CAST('\(numeral)' AS \(type.spark ?? "STRING"))"
        }
        switch type {
        case .tinyint: return numeral + "Y"
        case .smallint, .utinyint: return numeral + "S"
        case .integer, .usmallint: return numeral
        case .bigint, .uinteger: return numeral + "L"
        case .float: return numeral + "F"
        default: return numeral + "D"
        }
    }

    /// An integer of a query in the type of what it stands beside.
    func literal(_ number: Int128, _ type: DuckType) -> SparkPiece {
        if case .decimal(let width, let scale) = type {
            return SparkPiece("CAST('\(number)' AS DECIMAL(\(width),\(scale)))", type)
        }
        return SparkPiece(self.number("\(number)", type), type)
    }

    // MARK: Types

    func type(_ type: SQLType) -> DuckType? {
        switch type.details {
        case .none:
            if let known = DuckType.word(type.identifier) { return known }
        case .decimal(let width, let scale): return .decimal(width, scale)
        case .list(let element):
            guard let element = self.type(element) else { return nil }
            if type.identifier == "MAP", case .structure(let pair) = element, pair.count == 2 {
                return .map(pair[0].type, pair[1].type)
            }
            return .list(element)
        case .fields(let fields) where type.identifier == "STRUCT":
            var known: [DuckType.Field] = []
            for field in fields {
                guard let type = self.type(field.type) else { return nil }
                known.append(DuckType.Field(name: field.name, type: type))
            }
            return .structure(known)
        case .named(_, _, let name, let arguments):
            let numbers = arguments.compactMap { $0.numeral.flatMap { Int($0) } }
            switch name.uppercased() {
            case "DECIMAL", "NUMERIC", "DEC":
                return .decimal(numbers.first ?? 18, numbers.count > 1 ? numbers[1] : numbers.isEmpty ? 3 : 0)
            default:
                if let known = DuckType.word(name) { return known }
            }
        case .array, .fields, .other: break
        }
        let name: String
        if case .named(_, _, let word, _) = type.details { name = word } else { name = type.identifier }
        fault("the type \(name) has no form in Spark")
        return nil
    }

    /// The type that pieces are brought to; a fault if there is none.
    func common(_ pieces: [SparkPiece], _ place: String) -> DuckType {
        // A text of the query takes the type of what it stands beside; a small number that of other integers.
        let fixed = pieces.filter { $0.constantText == nil && $0.type != .null }
        guard let first = fixed.first else {
            return pieces.contains { $0.type == .varchar } ? .varchar : .null
        }
        var type = first.type
        var isLiteral = first.constantInteger != nil
        for piece in fixed.dropFirst() {
            if let number = piece.constantInteger, !isLiteral, type.integerRange?.contains(number) == true { continue }
            if isLiteral, piece.constantInteger == nil, let number = first.constantInteger,
                piece.type.integerRange?.contains(number) == true,
                fixed.prefix(while: { $0.constantInteger != nil }).allSatisfy({
                    piece.type.integerRange?.contains($0.constantInteger ?? 0) == true
                })
            {
                type = piece.type
                isLiteral = false
                continue
            }
            if piece.constantInteger == nil { isLiteral = false }
            guard let next = DuckType.common(type, piece.type) else {
                fault("\(place): \(type) and \(piece.type) have no common type", hint: "cast one of them")
                return .unknown
            }
            type = next
        }
        return type
    }

    /// A piece as a value of another type, as DuckDB does it by itself.
    func coerced(_ piece: SparkPiece, to type: DuckType) -> SparkPiece {
        if piece.type == type || piece.type == .unknown || type == .unknown { return piece }
        if piece.type == .null {
            return type == .null ? piece : SparkPiece("CAST(\(piece.text) AS \(type.spark ?? "VOID"))", type)
        }
        if let number = piece.constantInteger, type.isNumber {
            if type.integerRange?.contains(number) == false {
                return refuse("\(number) is no \(type)")
            }
            return literal(number, type)
        }
        return cast(piece, to: type, isTry: false)
    }

    // MARK: Comparisons and conditions

    func comparison(_ word: SQLComparison, _ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        let type = common([left, right], "a comparison")
        let (one, other) = (coerced(left, to: type).text, coerced(right, to: type).text)
        switch word {
        case .equal: return SparkPiece("(\(one) = \(other))", .boolean)
        case .notEqual: return SparkPiece("(\(one) <> \(other))", .boolean)
        case .notDistinct: return SparkPiece("(\(one) <=> \(other))", .boolean)
        case .distinct: return SparkPiece("(NOT (\(one) <=> \(other)))", .boolean)
        case .less, .greater, .lessOrEqual, .greaterOrEqual:
            checkOrdered(type)
            let sign =
                switch word {
                case .less: "<"
                case .greater: ">"
                case .lessOrEqual: "<="
                default: ">="
                }
            return SparkPiece("(\(one) \(sign) \(other))", .boolean)
        }
    }

    func checkOrdered(_ type: DuckType) {
        if type.isNested || type == .interval {
            fault("values of type \(type) compare in another order on Spark", hint: "compare what is in them")
        }
    }

    private func `case`(_ branches: [SQLCaseBranch], _ otherwise: SQLExpression?, _ scope: SparkScope) -> SparkPiece {
        let conditions = branches.map { truth($0.condition, scope) }
        var results = branches.map { piece($0.result, scope) }
        // DuckDB takes the type of ELSE first, where it is told.
        if let otherwise { results.append(piece(otherwise, scope)) }
        let type = common(results, "the results of CASE")
        let texts = results.map { coerced($0, to: type).text }
        var text = "CASE"
        for (condition, result) in zip(conditions, texts) { text += " WHEN \(condition) THEN \(result)" }
        if otherwise != nil, let last = texts.last { text += " ELSE \(last)" }
        return SparkPiece("(\(text) END)", type)
    }

    // MARK: Operations

    private func operation(_ word: SQLOperation, _ children: [SQLExpression], _ scope: SparkScope) -> SparkPiece {
        switch word {
        case .not: return SparkPiece("(NOT \(truth(children[0], scope)))", .boolean)
        case .isNull: return SparkPiece("(\(piece(children[0], scope).text) IS NULL)", .boolean)
        case .isNotNull: return SparkPiece("(\(piece(children[0], scope).text) IS NOT NULL)", .boolean)
        case .isIn, .isNotIn:
            let pieces = children.map { piece($0, scope) }
            let type = common(pieces, "IN")
            let texts = pieces.map { coerced($0, to: type).text }
            let list = texts.dropFirst().joined(separator: ", ")
            return SparkPiece("(\(texts[0]) \(word == .isNotIn ? "NOT " : "")IN (\(list)))", .boolean)
        case .coalesce:
            let pieces = children.map { piece($0, scope) }
            let type = common(pieces, "coalesce")
            return SparkPiece("coalesce(\(pieces.map { coerced($0, to: type).text }.joined(separator: ", ")))", type)
        case .nullIf:
            let (one, other) = (piece(children[0], scope), piece(children[1], scope))
            let same = comparison(.equal, one, other)
            let value = one.type == .null ? SparkPiece("CAST(NULL AS INT)", .integer) : one
            return SparkPiece("(CASE WHEN \(same.text) THEN NULL ELSE \(value.text) END)", value.type)
        case .try:
            return refuse("TRY has no form in Spark", hint: "use TRY_CAST, or test the value with CASE")
        case .grouping:
            let texts = children.map { "CAST(grouping(\(piece($0, scope).text)) AS BIGINT)" }
            let sum = texts.enumerated().map { place, text in
                place == texts.count - 1 ? text : "\(text) * \(1 << (texts.count - 1 - place))L"
            }
            return SparkPiece("(\(sum.joined(separator: " + ")))", .bigint)
        case .element: return element(piece(children[0], scope), piece(children[1], scope))
        case .slice: return slice(children, scope)
        case .field:
            let base = piece(children[0], scope)
            guard case .constant(let constant) = children[1].kind else {
                return refuse("a field is named by a constant")
            }
            if let name = constant.text { return field(name, of: base) }
            return refuse("fields without names are not translated")
        case .list:
            let pieces = children.map { piece($0, scope) }
            let type = common(pieces, "the elements of a list")
            let texts = pieces.map { coerced($0, to: type).text }
            return SparkPiece(
                "array(\(texts.joined(separator: ", ")))", .list(type))
        case .unpack: return refuse("*COLUMNS(…) is not translated", hint: "write the columns")
        case .arrow: return refuse("-> on JSON is not translated", hint: "cast the JSON to a STRUCT first")
        }
    }

    private func element(_ base: SparkPiece, _ index: SparkPiece) -> SparkPiece {
        switch base.type {
        case .list(let element):
            if let number = index.constantInteger {
                if number == 0 { return coerced(SparkPiece("NULL", .null), to: element) }
                return SparkPiece("try_element_at(\(base.text), \(literal(number, .integer).text))", element)
            }
            guard index.type.isInteger else { return refuse("a list's elements are numbered by integers") }
            return SparkPiece(
                "try_element_at(\(base.text), nullif(\(cast(index, to: .integer, isTry: false).text), 0))", element)
        case .map(let key, let value):
            return SparkPiece("try_element_at(\(base.text), \(coerced(index, to: key).text))", value)
        case .structure:
            guard let name = index.constantText else { return refuse("a field is named by a constant") }
            return field(name, of: base)
        case .varchar:
            guard let number = index.constantInteger, number > 0 else {
                return refuse("a text's characters are numbered by positive constants here", hint: "use substring")
            }
            return SparkPiece("substring(\(base.text), \(number), 1)", .varchar)
        case .unknown: return .missing
        default: return refuse("a value of type \(base.type) has no elements")
        }
    }

    private func slice(_ children: [SQLExpression], _ scope: SparkScope) -> SparkPiece {
        let base = piece(children[0], scope)
        func bound(_ child: SQLExpression) -> Int128?? {
            // What is left out comes as an empty list.
            if case .operation(.list, let parts) = child.kind, parts.isEmpty { return .some(nil) }
            if case .constant(let constant) = child.kind, constant.type.identifier == "LIST" { return .some(nil) }
            let piece = piece(child, scope)
            if piece.type == .null { return nil }
            return piece.constantInteger.map { .some($0) }
        }
        guard children.count == 3, let start = bound(children[1]), let end = bound(children[2]),
            (start ?? 1) >= 0, (end ?? 0) >= 0
        else {
            return refuse(
                "slices are translated with constant, positive bounds only",
                hint: "use list_filter with an index, or substring")
        }
        let first = max(1, start ?? 1)
        switch base.type {
        case .list:
            let length = end.map { "\(max(0, $0 - first + 1))" } ?? "greatest(size(\(base.text)), 1)"
            return SparkPiece("slice(\(base.text), \(first), \(length))", base.type)
        case .varchar:
            let length = end.map { ", \(max(0, $0 - first + 1))" } ?? ""
            return SparkPiece("substring(\(base.text), \(first)\(length))", .varchar)
        case .unknown: return .missing
        default: return refuse("a value of type \(base.type) has no slices")
        }
    }

    // MARK: Subqueries

    /// What decides over rows: NULL is as good as false to it.
    func condition(_ expression: SQLExpression, _ scope: SparkScope) -> String {
        at(expression.position) {
            switch expression.kind {
            case .conjunction(.and, let parts):
                return "(" + parts.map { condition($0, scope) }.joined(separator: " AND ") + ")"
            case .subquery(let subquery): return self.subquery(subquery, scope, isCondition: true).text
            case .operation(.not, let children):
                guard let child = children.first, case .subquery(let subquery) = child.kind else { break }
                return "(NOT \(self.subquery(subquery, scope, isCondition: true).text))"
            default: break
            }
            return truth(expression, scope)
        }
    }

    private func subquery(_ subquery: SQLSubquery, _ scope: SparkScope, isCondition: Bool = false) -> SparkPiece {
        let relation = query(subquery.query, scope)
        let type = relation.columns.first?.type ?? .unknown
        switch subquery.use {
        case .scalar: return SparkPiece("(\(relation.text))", type)
        case .exists: return SparkPiece("EXISTS (\(relation.text))", .boolean)
        case .notExists: return SparkPiece("NOT EXISTS (\(relation.text))", .boolean)
        case .any:
            guard let child = subquery.child, subquery.comparison == .equal else {
                return refuse(
                    "ANY and ALL of a query are translated for = and <> only",
                    hint: "compare with (SELECT min(…)) or (SELECT max(…))")
            }
            let value = piece(child, scope)
            let common = common([value, SparkPiece("", type)], "IN")
            let cast = recast(relation, to: relation.columns.map { DuckType.Field(name: $0.name, type: common) })
            let one = coerced(value, to: common).text
            if isCondition { return SparkPiece("(\(one) IN (\(cast.text)))", .boolean) }
            // As a value Spark's IN is false where it should be NULL. Only the first EXISTS looks at each row: what
            // compares with anything but `=` would be a loop over all pairs of rows.
            let alias = fresh("in")
            func exists(_ condition: String) -> String {
                "EXISTS (SELECT 1 FROM (\(cast.text)) AS \(alias)(v)\(condition.isEmpty ? "" : " WHERE \(condition)"))"
            }
            return SparkPiece(
                "(CASE WHEN \(exists("\(alias).v = \(one)")) THEN true WHEN \(exists("\(alias).v IS NULL")) "
                    + "OR (\(one) IS NULL AND \(exists(""))) THEN NULL ELSE false END)",
                .boolean)
        case nil: return refuse("translation does not know this use of a query")
        }
    }
}
