extension SparkWriting {
    /// CAST and TRY_CAST, as DuckDB does them.
    func cast(_ piece: SparkPiece, to type: DuckType, isTry: Bool) -> SparkPiece {
        if piece.type == .unknown || type == .unknown { return .missing }
        if piece.type == type { return SparkPiece(piece.text, type) }
        if type == .null { return refuse("nothing is cast to NULL") }
        guard let target = type.spark else {
            if type == .interval { return intervalCast(piece) }
            return refuse("the type \(type) has no form in Spark")
        }
        if piece.type == .null { return SparkPiece("CAST(\(piece.text) AS \(target))", type) }
        let word = isTry ? "TRY_CAST" : "CAST"
        let plain = SparkPiece("\(word)(\(piece.text) AS \(target))", type)
        let exact = SparkPiece("CAST(\(piece.text) AS \(target))", type)
        switch (piece.type, type) {
        case (.boolean, _) where type.isNumber || type == .varchar: return exact
        case (_, .boolean) where piece.type.isNumber: return exact
        case (_, _) where piece.type.isInteger && type.isInteger: return integer(piece, to: type, isTry)
        case (.decimal(let width, let scale), .double) where width > 15 && scale > 0: return double(piece, scale)
        case (_, .double) where piece.type.isNumber, (_, .float) where piece.type.isInteger: return exact
        case (.double, .float):
            // Spark makes infinity of what is too large.
            let tooLarge = "abs(\(piece.text)) > 3.4028235677973362E38D AND abs(\(piece.text)) < double('Infinity')"
            return guarded(
                piece, "NOT (\(tooLarge)) OR \(piece.text) IS NULL OR isnan(\(piece.text))", exact.text, type, isTry)
        case (.decimal(let width, _), .float):
            guard width <= 7 else {
                return refuse("DECIMAL(\(width), …) as FLOAT rounds in another way on Spark", hint: "cast it to DOUBLE")
            }
            return exact
        case (_, _) where piece.type.isFloating && type.isInteger:
            let value = piece.type == .float ? "CAST(\(piece.text) AS DOUBLE)" : piece.text
            let rounded = SparkPiece("rint(\(value))", .double)
            if type.isUnsigned {
                return integer(SparkPiece("\(word)(\(rounded.text) AS BIGINT)", .bigint), to: type, isTry)
            }
            if type == .bigint {
                return guarded(
                    piece, "NOT (\(value) >= 9.223372036854775807E18D)", "\(word)(\(rounded.text) AS BIGINT)", type,
                    isTry)
            }
            return SparkPiece("\(word)(\(rounded.text) AS \(target))", type)
        case (.decimal, _) where type.isInteger:
            if type.isUnsigned { return integer(SparkPiece("round(\(piece.text), 0)", .hugeint), to: type, isTry) }
            return SparkPiece("\(word)(round(\(piece.text), 0) AS \(target))", type)
        case (_, .decimal) where piece.type.isInteger || piece.type.isDecimal: return plain
        case (_, .decimal(let width, let scale)) where piece.type.isFloating:
            return floating(piece, width, scale, word, target)
        case (_, .varchar): return text(piece)
        case (_, _) where piece.type.isText: return read(piece, type, isTry)
        case (.date, .timestamp), (.date, .timestamptz), (.timestamp, .date), (.timestamptz, .date),
            (.timestamp, .timestamptz), (.timestamptz, .timestamp):
            return exact
        case (.list(let from), .list(let to)):
            let variable = fresh("x")
            let inner = cast(SparkPiece(variable, from), to: to, isTry: isTry)
            return SparkPiece("transform(\(piece.text), \(variable) -> \(inner.text))", type)
        case (.structure(let from), .structure(let to))
        where from.count == to.count && from.map({ $0.name.lowercased() }) == to.map({ $0.name.lowercased() }):
            let fields = zip(from, to).map { one, other in
                let inner = cast(
                    SparkPiece("\(piece.text).\(SparkText.name(one.name))", one.type), to: other.type, isTry: isTry)
                return "\(SparkText.text(other.name)), \(inner.text)"
            }
            return SparkPiece(
                "(CASE WHEN \(piece.text) IS NOT NULL THEN named_struct(\(fields.joined(separator: ", "))) END)", type)
        case (.map(let key, let value), .map(let toKey, let toValue)):
            let (k, v) = (fresh("k"), fresh("v"))
            var result = piece.text
            if value != toValue {
                let inner = cast(SparkPiece(v, value), to: toValue, isTry: isTry)
                result = "transform_values(\(result), (\(k), \(v)) -> \(inner.text))"
            }
            if key != toKey {
                let inner = cast(SparkPiece(k, key), to: toKey, isTry: isTry)
                result = "transform_keys(\(result), (\(k), \(v)) -> \(inner.text))"
            }
            return SparkPiece(result, type)
        default:
            return refuse("a cast of \(piece.type) to \(type) is not translated")
        }
    }

    /// A value where a condition holds; else NULL or a failure.
    private func guarded(_ piece: SparkPiece, _ condition: String, _ value: String, _ type: DuckType, _ isTry: Bool)
        -> SparkPiece
    {
        let other =
            isTry
            ? "NULL"
            : failure("a value of type \(piece.type) is no \(type)", of: piece.type.isNested ? nil : piece.text)
        return SparkPiece(
            "(CASE WHEN \(condition) THEN \(value) WHEN \(piece.text) IS NOT NULL THEN \(other) END)", type)
    }

    private func integer(_ piece: SparkPiece, to type: DuckType, _ isTry: Bool) -> SparkPiece {
        let target = type.spark ?? "BIGINT"
        let plain = SparkPiece("\(isTry ? "TRY_CAST" : "CAST")(\(piece.text) AS \(target))", type)
        guard type.isUnsigned, let range = type.integerRange else { return plain }
        if let own = piece.type.integerRange, piece.type.isUnsigned, range.upperBound >= own.upperBound { return plain }
        let bounds = "\(piece.text) BETWEEN 0 AND CAST('\(range.upperBound)' AS DECIMAL(38,0))"
        return guarded(piece, bounds, "CAST(\(piece.text) AS \(target))", type, isTry)
    }

    /// Of more digits than a DOUBLE has, DuckDB adds what stands before the point and what stands behind it.
    private func double(_ piece: SparkPiece, _ scale: Int) -> SparkPiece {
        let text = piece.text
        let whole = "(CASE WHEN \(text) < 0 THEN ceil(\(text)) ELSE floor(\(text)) END)"
        func limit(_ sign: String) -> String { "CAST('\(sign)9007199254740992E-\(scale)' AS DECIMAL(38,\(scale)))" }
        return SparkPiece(
            "(CASE WHEN \(text) BETWEEN \(limit("-")) AND \(limit("")) THEN CAST(\(text) AS DOUBLE) ELSE CAST(\(whole) AS DOUBLE) + CAST(\(text) - \(whole) AS DOUBLE) END)",
            .double)
    }

    /// DuckDB multiplies and rounds halves away from zero.
    private func floating(_ piece: SparkPiece, _ width: Int, _ scale: Int, _ word: String, _ target: String)
        -> SparkPiece
    {
        let type = DuckType.decimal(width, scale)
        let value = piece.type == .float ? "CAST(\(piece.text) AS DOUBLE)" : piece.text
        guard scale <= 18 else { return refuse("a cast of \(piece.type) to \(type) is not translated") }
        let rounded = "round(\(value) * 1E\(scale)D, 0)"
        let unscaled = "\(word)(\(piece.type == .float ? "CAST(\(rounded) AS FLOAT)" : rounded) AS BIGINT)"
        let factor =
            scale == 0 ? "1" : "CAST('0.\(String(repeating: "0", count: scale - 1))1' AS DECIMAL(\(scale),\(scale)))"
        return SparkPiece("\(word)(CAST(\(unscaled) AS DECIMAL(19,0)) * \(factor) AS \(target))", type)
    }

    // MARK: To text

    func text(_ piece: SparkPiece) -> SparkPiece {
        switch piece.type {
        case .unknown: return .missing
        case .varchar, .json, .uuid: return SparkPiece(piece.text, .varchar, constant: piece.constant)
        case .null: return SparkPiece("CAST(NULL AS STRING)", .varchar)
        case .boolean, .date, .timestamp: return SparkPiece("CAST(\(piece.text) AS STRING)", .varchar)
        case .timestamptz: return SparkPiece("(CAST(\(piece.text) AS STRING) || '+00')", .varchar)
        case _ where piece.type.isInteger || piece.type.isDecimal:
            return SparkPiece("CAST(\(piece.text) AS STRING)", .varchar)
        case .float, .double:
            return refuse(
                "\(piece.type) as text has other digits on Spark",
                hint: "cast it to a DECIMAL with the digits that are meant")
        case .blob: return refuse("a BLOB as text is written in another way on Spark", hint: "use hex(…) or decode(…)")
        default:
            return refuse(
                "\(piece.type) as text is written in another way on Spark", hint: "build the text from its parts")
        }
    }

    // MARK: From text

    /// What DuckDB reads and Spark would not, or the reverse, fails at the run: it never becomes another value.
    private func read(_ piece: SparkPiece, _ type: DuckType, _ isTry: Bool) -> SparkPiece {
        if piece.type == .json, type != .varchar { return refuse("a cast of JSON to \(type) is not translated") }
        let value = "trim(BOTH ' ' FROM \(piece.text))"
        func rows(_ forms: [(pattern: String, value: String)], doubtful: String?) -> SparkPiece {
            if let constant = piece.constantText {
                let form = forms.first { form in
                    (try? Regex("^(?:\(form.pattern))$")).map { constant.firstMatch(of: $0) != nil } ?? false
                }
                if let form { return SparkPiece(form.value, type) }
            }
            var text = "(CASE"
            for form in forms {
                text += " WHEN \(piece.text) RLIKE \(SparkText.text("^(?:" + form.pattern + ")$")) THEN \(form.value)"
            }
            if isTry {
                if let doubtful {
                    text +=
                        " WHEN \(piece.text) RLIKE \(SparkText.text(doubtful)) THEN "
                        + failure("DuckDB reads this text as \(type), and Spark does not", of: piece.text)
                }
            } else {
                text +=
                    " WHEN \(piece.text) IS NOT NULL THEN "
                    + failure("this text is no \(type), or one that Spark does not read", of: piece.text)
            }
            return SparkPiece(text + " END)", type)
        }
        let word = isTry ? "TRY_CAST" : "CAST"
        let target = type.spark ?? "STRING"
        // What DuckDB may read as a number: with `_` between digits, an exponent, in base 16 or 2.
        let numeric =
            "^\\s*[+-]?(?:[0-9][0-9_]*\\.?[0-9_]*(?:[eE][+-]?[0-9_.]*)?|\\.[0-9][0-9_]*(?:[eE][+-]?[0-9_.]*)?"
            + "|0[xX][0-9a-fA-F_]+|0[bB][01_]+)\\s*$"
        let number = " *[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)? *"
        switch type {
        case _ where type.isInteger:
            if type.isUnsigned {
                let wide = "\(word)(\(value) AS DECIMAL(38,0))"
                return rows(
                    [
                        (" *[+-]?[0-9]{1,38} *", integer(SparkPiece(wide, .hugeint), to: type, isTry).text),
                        (
                            " *[+-]?[0-9]{1,19}\\.[0-9]{0,18} *",
                            integer(
                                SparkPiece("round(CAST(\(value) AS DECIMAL(38,18)), 0)", .hugeint), to: type, isTry
                            ).text
                        ),
                    ], doubtful: numeric)
            }
            return rows(
                [
                    (" *[+-]?[0-9]{1,38} *", "\(word)(\(value) AS \(target))"),
                    (
                        " *[+-]?[0-9]{1,19}\\.[0-9]{0,18} *",
                        "\(word)(round(CAST(\(value) AS DECIMAL(38,18)), 0) AS \(target))"
                    ),
                ], doubtful: numeric)
        case .double, .float:
            return rows(
                [
                    (number, "\(word)(\(value) AS \(target))"), ("(?i) *[+-]?nan *", "CAST('NaN' AS \(target))"),
                    ("(?i) *[+-]?inf(?:inity)? *", "CAST(\(value) AS \(target))"),
                ], doubtful: numeric)
        case .decimal:
            return rows(
                [(" *[+-]?(?:[0-9]{1,38}(?:\\.[0-9]*)?|\\.[0-9]+) *", "\(word)(\(value) AS \(target))")],
                doubtful: numeric)
        case .boolean:
            return rows(
                [("(?i)(?:true|t|1|yes|y)", "true"), ("(?i)(?:false|f|0|no|n)", "false")], doubtful: nil)
        case .blob:
            return rows([("[\\x00-\\x5B\\x5D-\\x7F]*", "encode(\(piece.text), 'UTF-8')")], doubtful: "(?s).*\\\\.*")
        case .date:
            return rows(
                [(" *[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} *", "\(word)(\(value) AS DATE)")],
                doubtful: "^\\s*[+-]?[0-9]+[-/ .].*|(?i).*(?:infinity|epoch).*")
        case .timestamp, .timestamptz:
            let zone = type == .timestamptz ? "(?:Z|[+-][0-9]{2}(?::[0-9]{2})?)?" : ""
            let form =
                " *[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,6})?)?\(zone))? *"
            return rows(
                [(form, "\(word)(\(value) AS \(target))")],
                doubtful: "^\\s*[+-]?[0-9]+[-/ .].*|(?i).*(?:infinity|epoch).*")
        case .uuid:
            let form = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
            return rows([(form, "lower(\(piece.text))")], doubtful: "[0-9a-fA-F-]{32,}")
        default:
            return refuse("a cast of \(piece.type) to \(type) is not translated")
        }
    }

    // MARK: Intervals

    private func intervalCast(_ piece: SparkPiece) -> SparkPiece {
        guard let text = piece.constantText else {
            return refuse("an INTERVAL is made of a constant text only", hint: "use to_days(…) and the like")
        }
        let units = [
            "year": "years", "month": "months", "week": "weeks", "day": "days", "hour": "hours", "minute": "mins",
            "second": "secs", "min": "mins", "sec": "secs", "mon": "months", "hr": "hours",
        ]
        let words = text.split(separator: " ")
        guard !words.isEmpty, words.count % 2 == 0 else { return refuse("\(text) as an INTERVAL is not translated") }
        var parts: [String: Int] = [:]
        for place in stride(from: 0, to: words.count, by: 2) {
            var unit = words[place + 1].lowercased()
            if unit.count > 3, unit.hasSuffix("s") { unit.removeLast() }
            guard let number = Int(words[place]), let name = units[unit] else {
                return refuse("\(text) as an INTERVAL is not translated", hint: "write INTERVAL 3 DAY")
            }
            parts[name, default: 0] += number
        }
        let arguments = ["years", "months", "weeks", "days", "hours", "mins", "secs"].map { "\(parts[$0] ?? 0)" }
        return SparkPiece("make_interval(\(arguments.joined(separator: ", ")))", .interval)
    }
}
