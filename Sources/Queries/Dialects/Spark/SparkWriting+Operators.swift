extension SparkWriting {
    /// Operators that are calls to DuckDB's parser; nil for what is none.
    func `operator`(_ call: SQLFunctionCall, _ scope: SparkScope) -> SparkPiece? {
        let name = call.name
        guard
            ["+", "-", "*", "/", "//", "%", "||", "&", "|", "<<", ">>", "~", "^", "**", "!", "@"].contains(name)
                || ["add", "subtract", "multiply", "divide", "mod", "xor", "pow", "power"].contains(name.lowercased())
        else { return nil }
        let pieces = call.arguments.map { piece($0, scope) }
        if pieces.contains(where: { $0.type == .unknown }) { return .missing }
        switch (name.lowercased(), pieces.count) {
        case ("+", 1): return pieces[0]
        case ("-", 1): return negated(pieces[0])
        case ("+", 2), ("add", 2): return sum(pieces[0], pieces[1])
        case ("-", 2), ("subtract", 2): return difference(pieces[0], pieces[1])
        case ("*", 2), ("multiply", 2): return product(pieces[0], pieces[1])
        case ("/", 2): return quotient(pieces[0], pieces[1])
        case ("//", 2), ("divide", 2): return wholeQuotient(pieces[0], pieces[1])
        case ("%", 2), ("mod", 2): return remainder(pieces[0], pieces[1])
        case ("||", 2): return joined(pieces[0], pieces[1])
        case ("^", 2), ("**", 2), ("pow", 2), ("power", 2):
            return power(pieces[0], pieces[1])
        case ("&", 2), ("|", 2), ("xor", 2):
            let type = common(pieces, name)
            guard type.isInteger, type != .hugeint, type != .ubigint else {
                return refuse("\(name) of \(type) has no form in Spark", hint: "cast to BIGINT")
            }
            let sign = name.lowercased() == "xor" ? "^" : name
            return SparkPiece(
                "(\(coerced(pieces[0], to: type).text) \(sign) \(coerced(pieces[1], to: type).text))", type)
        case ("~", 1):
            guard pieces[0].type.isInteger, !pieces[0].type.isUnsigned, pieces[0].type != .hugeint else {
                return refuse("~ of \(pieces[0].type) has no form in Spark", hint: "cast to BIGINT")
            }
            return SparkPiece("(~ \(pieces[0].text))", pieces[0].type)
        case (">>", 2):
            let type = common(pieces, name)
            guard type.isInteger, type != .hugeint, !type.isUnsigned else {
                return refuse(">> of \(type) has no form in Spark")
            }
            // A shift by all the bits or more gives 0, where Spark starts again from 0.
            let bits = ["TINYINT": 8, "SMALLINT": 16, "INT": 32, "BIGINT": 64][type.spark ?? ""] ?? 64
            let (one, other) = (coerced(pieces[0], to: type).text, coerced(pieces[1], to: type).text)
            return SparkPiece(
                "CAST(CASE WHEN \(other) BETWEEN 0 AND \(bits - 1) THEN shiftright(\(one), CAST(\(other) AS INT)) WHEN \(one) IS NOT NULL AND \(other) IS NOT NULL THEN 0 END AS \(type.spark ?? "BIGINT"))",
                type)
        case ("<<", 2):
            return refuse(
                "<< fails in DuckDB when bits are lost, and in Spark it does not", hint: "multiply by a power of 2")
        case ("@", 1): return self.call(named: "abs", pieces)
        case ("!", 1): return self.call(named: "factorial", pieces)
        default: return refuse("\(name) with \(pieces.count) arguments is not translated")
        }
    }

    private func negated(_ piece: SparkPiece) -> SparkPiece {
        if let number = piece.constantInteger { return self.number(-number, like: piece) }
        if piece.type == .interval { return SparkPiece("(- \(piece.text))", .interval) }
        guard piece.type.isNumber, !piece.type.isUnsigned else { return refuse("- of \(piece.type) is not translated") }
        if let shape = piece.type.decimalShape, shape.width > 34, let type = piece.type.spark {
            // Spark rounds what it negates to 34 digits, and what it subtracts not.
            return SparkPiece("CAST(CAST(0 AS \(type)) - \(piece.text) AS \(type))", piece.type)
        }
        return SparkPiece("(- \(piece.text))", piece.type)
    }

    /// Java knows no power of what is not a number; to DuckDB every power of 1 is 1.
    private func power(_ base: SparkPiece, _ exponent: SparkPiece) -> SparkPiece {
        let (one, other) = (coerced(base, to: .double).text, coerced(exponent, to: .double).text)
        let plain = "pow(\(one), \(other))"
        if exponent.constant?.numeral != nil || base.constantInteger.map({ abs($0) != 1 }) == true {
            return SparkPiece(plain, .double)
        }
        return SparkPiece(
            "(CASE WHEN \(one) = 1 AND \(other) IS NOT NULL THEN 1D WHEN \(one) = -1 AND abs(\(other)) = double('Infinity') THEN 1D ELSE \(plain) END)",
            .double)
    }

    /// As `-` and a condition do it: Spark's own rounds to 34 digits.
    func magnitude(_ piece: SparkPiece) -> SparkPiece {
        guard let shape = piece.type.decimalShape, shape.width > 34 else {
            return SparkPiece("abs(\(piece.text))", piece.type)
        }
        return SparkPiece(
            "(CASE WHEN \(piece.text) < 0 THEN \(negated(piece).text) ELSE \(piece.text) END)", piece.type)
    }

    private func number(_ number: Int128, like piece: SparkPiece) -> SparkPiece {
        let type: DuckType = [.integer, .bigint].first { $0.integerRange?.contains(number) == true } ?? .hugeint
        return literal(number, type)
    }

    /// A number beside a day: dates count by days.
    private func shifted(_ date: SparkPiece, _ days: SparkPiece, _ sign: String) -> SparkPiece {
        let count = coerced(days, to: .integer).text
        return SparkPiece("\(sign == "+" ? "date_add" : "date_sub")(\(date.text), \(count))", .date)
    }

    private func moved(_ moment: SparkPiece, _ interval: SparkPiece, _ sign: String) -> SparkPiece {
        if moment.type == .time { return refuse("TIME has no form in Spark") }
        let base = moment.type == .date ? "CAST(\(moment.text) AS TIMESTAMP_NTZ)" : moment.text
        return SparkPiece("(\(base) \(sign) \(interval.text))", moment.type == .timestamptz ? .timestamptz : .timestamp)
    }

    private func sum(_ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        let moments: [DuckType] = [.date, .timestamp, .timestamptz, .time]
        if left.type == .date, right.type.isInteger { return shifted(left, right, "+") }
        if right.type == .date, left.type.isInteger { return shifted(right, left, "+") }
        if moments.contains(left.type), right.type == .interval { return moved(left, right, "+") }
        if moments.contains(right.type), left.type == .interval { return moved(right, left, "+") }
        if left.type == .interval, right.type == .interval {
            return SparkPiece("(\(left.text) + \(right.text))", .interval)
        }
        return arithmetic("+", left, right)
    }

    private func difference(_ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        switch (left.type, right.type) {
        case (.date, .date): return SparkPiece("CAST(datediff(\(left.text), \(right.text)) AS BIGINT)", .bigint)
        case (.date, _) where right.type.isInteger: return shifted(left, right, "-")
        case (.date, .interval), (.timestamp, .interval), (.timestamptz, .interval): return moved(left, right, "-")
        case (.interval, .interval): return SparkPiece("(\(left.text) - \(right.text))", .interval)
        case (.timestamp, .timestamp), (.timestamptz, .timestamptz), (.date, .timestamp), (.timestamp, .date):
            return refuse(
                "the difference of two timestamps is an INTERVAL of days and microseconds, which Spark has not",
                hint: "use date_diff('second', …, …) or epoch(…) - epoch(…)")
        default: return arithmetic("-", left, right)
        }
    }

    private func arithmetic(_ sign: String, _ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        let type = common([numeric(left), numeric(right)], sign)
        guard type != .unknown else { return .missing }
        guard type.isNumber else { return refuse("\(sign) of \(left.type) and \(right.type) is not translated") }
        if type.isUnsigned {
            return refuse(
                "\(sign) of \(type) fails at other numbers on Spark", hint: "cast to BIGINT or a DECIMAL first")
        }
        guard case .decimal = type else {
            let text = "(\(coerced(left, to: type).text) \(sign) \(coerced(right, to: type).text))"
            return SparkPiece(type == .hugeint ? "CAST(\(text) AS DECIMAL(38,0))" : text, type)
        }
        let (one, other) = shapes(left, right)
        let scale = max(one.scale, other.scale)
        let width = max(one.width - one.scale, other.width - other.scale) + scale + 1
        let cap = max(one.width, other.width) > 18 ? 38 : 18
        return decimal("(\(exact(left, one)) \(sign) \(exact(right, other)))", min(width, cap), scale)
    }

    /// NULL is as good as a number.
    private func numeric(_ piece: SparkPiece) -> SparkPiece {
        piece.type == .null ? SparkPiece("CAST(NULL AS INT)", .integer) : piece
    }

    private func shapes(_ left: SparkPiece, _ right: SparkPiece) -> ((width: Int, scale: Int), (width: Int, scale: Int))
    {
        (left.type.decimalShape ?? (10, 0), right.type.decimalShape ?? (10, 0))
    }

    private func exact(_ piece: SparkPiece, _ shape: (width: Int, scale: Int)) -> String {
        piece.type.isDecimal ? piece.text : coerced(piece, to: .decimal(shape.width, shape.scale)).text
    }

    private func decimal(_ text: String, _ width: Int, _ scale: Int) -> SparkPiece {
        SparkPiece("CAST(\(text) AS DECIMAL(\(width),\(scale)))", .decimal(width, scale))
    }

    private func product(_ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        if left.type == .interval || right.type == .interval {
            let (interval, number) = left.type == .interval ? (left, right) : (right, left)
            guard number.type.isInteger else { return refuse("an INTERVAL is multiplied by whole numbers only here") }
            return SparkPiece("(\(interval.text) * \(number.text))", .interval)
        }
        guard left.type.isDecimal || right.type.isDecimal, !left.type.isFloating, !right.type.isFloating else {
            return arithmetic("*", left, right)
        }
        let (one, other) = shapes(left, right)
        let scale = one.scale + other.scale
        guard scale <= 38, left.type.isNumber || left.type == .null, right.type.isNumber || right.type == .null else {
            return refuse(
                "* of \(left.type) and \(right.type) is not translated", hint: "cast to DECIMALs with fewer digits")
        }
        let cap = max(one.width, other.width) > 18 || scale > 18 ? 38 : 18
        return decimal("(\(exact(left, one)) * \(exact(right, other)))", min(one.width + other.width, cap), scale)
    }

    /// `/` is of floating numbers, with infinities and NaN.
    private func quotient(_ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        if left.type == .interval { return refuse("an INTERVAL is not divided on Spark as in DuckDB") }
        guard left.type.isNumber || left.type == .null, right.type.isNumber || right.type == .null else {
            return refuse("/ of \(left.type) and \(right.type) is not translated")
        }
        let type: DuckType =
            [left.type, right.type].contains(.float) && ![left.type, right.type].contains(.double) ? .float : .double
        let (one, other) = (coerced(numeric(left), to: type).text, coerced(numeric(right), to: type).text)
        if let number = right.constant?.numeral, number.contains(where: { ("1"..."9").contains($0) }) {
            return SparkPiece(type == .float ? "CAST(\(one) / \(other) AS FLOAT)" : "(\(one) / \(other))", type)
        }
        let text = "(CASE WHEN \(other) = 0 THEN \(one) * pow(\(other), -1D) ELSE \(one) / \(other) END)"
        return SparkPiece(type == .float ? "CAST(\(text) AS FLOAT)" : text, type)
    }

    private func wholeQuotient(_ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        let type = common([numeric(left), numeric(right)], "//")
        guard type.isInteger else {
            guard type.isNumber else { return quotient(left, right) }
            let floating: DuckType = type == .float ? .float : .double
            let (one, other) = (coerced(numeric(left), to: floating).text, coerced(numeric(right), to: floating).text)
            let text = "(\(one) / nullif(\(other), 0))"
            return SparkPiece(floating == .float ? "CAST(\(text) AS FLOAT)" : text, floating)
        }
        let (one, other) = (coerced(left, to: type).text, coerced(right, to: type).text)
        if type == .hugeint || type == .ubigint {
            return refuse("// of \(type) has no form in Spark", hint: "cast to BIGINT")
        }
        let isSafe = right.constantInteger.map { $0 != 0 } ?? false
        return SparkPiece(
            "CAST(\(one) div \(isSafe ? other : "nullif(\(other), 0)") AS \(type.spark ?? "BIGINT"))", type)
    }

    private func remainder(_ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        let type = common([numeric(left), numeric(right)], "%")
        guard type.isNumber else { return refuse("% of \(left.type) and \(right.type) is not translated") }
        let (one, other) = (coerced(left, to: type).text, coerced(right, to: type).text)
        if type.isFloating {
            let nan = type == .float ? "float('NaN')" : "double('NaN')"
            return SparkPiece("(CASE WHEN \(other) = 0 THEN \(one) + \(nan) ELSE \(one) % \(other) END)", type)
        }
        var text = "(\(one) % nullif(\(other), \(literal(0, type).text)))"
        // Of the least number and -1 DuckDB makes an overflow.
        if let least = type.integerRange?.lowerBound, least < 0, type != .hugeint,
            right.constantInteger.map({ $0 == -1 }) ?? true
        {
            text =
                "(CASE WHEN \(other) = -1 AND \(one) = \(literal(least, type).text) THEN \(failure("overflow of %")) ELSE \(text) END)"
        }
        if case .decimal(let width, let scale) = type { return decimal(text, width, scale) }
        return SparkPiece(
            type.isUnsigned || type == .hugeint ? "CAST(\(text) AS \(type.spark ?? "BIGINT"))" : text, type)
    }

    private func joined(_ left: SparkPiece, _ right: SparkPiece) -> SparkPiece {
        if left.type == .null || right.type == .null { return SparkPiece("NULL", .null) }
        if left.type.element != nil || right.type.element != nil {
            let type = common([left, right], "||")
            return SparkPiece("concat(\(coerced(left, to: type).text), \(coerced(right, to: type).text))", type)
        }
        if left.type == .blob, right.type == .blob { return SparkPiece("concat(\(left.text), \(right.text))", .blob) }
        return SparkPiece("concat(\(text(left).text), \(text(right).text))", .varchar)
    }
}
