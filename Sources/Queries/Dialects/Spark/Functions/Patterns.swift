extension SparkFunctions {
    /// LIKE and regular expressions: patterns are constants, so that their dialect can be translated.
    static let patterns: [SparkFunction] =
        [
            f("~~(varchar, varchar) boolean") { arguments, _, _ in like(arguments, "LIKE", isNot: false) },
            f("!~~(varchar, varchar) boolean") { arguments, _, _ in like(arguments, "LIKE", isNot: true) },
            f("~~*(varchar, varchar) boolean") { arguments, _, writing in
                like(lowered(arguments, writing), "LIKE", isNot: false)
            },
            f("!~~*(varchar, varchar) boolean") { arguments, _, writing in
                like(lowered(arguments, writing), "LIKE", isNot: true)
            },
            f("like_escape(varchar, const, const) boolean") { escaped($0, "LIKE", isNot: false, $2) },
            f("not_like_escape(varchar, const, const) boolean") { escaped($0, "LIKE", isNot: true, $2) },
            f("regexp_matches(varchar, const) boolean") { regex($0, $2, options: nil) { "(\($0) RLIKE \($1))" } },
            f("regexp_matches(varchar, const, const) boolean") {
                regex($0, $2, options: $0[2]) { "(\($0) RLIKE \($1))" }
            },
            f("regexp_full_match(varchar, const) boolean") {
                regex($0, $2, options: nil, isWhole: true) { "(\($0) RLIKE \($1))" }
            },
            f("regexp_full_match(varchar, const, const) boolean") {
                regex($0, $2, options: $0[2], isWhole: true) { "(\($0) RLIKE \($1))" }
            },
            f("regexp_extract(varchar, const) varchar") {
                regex($0, $2, options: nil, type: .varchar) { "regexp_extract(\($0), \($1), 0)" }
            },
            f("regexp_extract(varchar, const, integer) varchar") { arguments, _, writing in
                guard let group = arguments[2].constantInteger else {
                    return writing.refuse("regexp_extract takes a constant group")
                }
                return regex(arguments, writing, options: nil, type: .varchar) {
                    "regexp_extract(\($0), \($1), \(group))"
                }
            },
            f("regexp_extract_all(varchar, const) varchar[]") {
                everywhere($0, $2) { "regexp_extract_all(\($0), \($1), 0)" }
            },
            f("regexp_extract_all(varchar, const, integer) varchar[]") { arguments, _, writing in
                guard let group = arguments[2].constantInteger else {
                    return writing.refuse("regexp_extract_all takes a constant group")
                }
                return everywhere(arguments, writing) {
                    "regexp_extract_all(\($0), \($1), \(group))"
                }
            },
            f("regexp_replace(varchar, const, const) varchar") { replaced($0, "", $2) },
            f("regexp_replace(varchar, const, const, const) varchar") { replaced($0, $0[3].constantText ?? "", $2) },
        ]
        + no(
            "string_split_regex", "regexp_split_to_table", because: "empty matches split in other places on Spark",
            hint: "use string_split or regexp_extract_all")
        + no(
            "ilike_escape", "not_ilike_escape", because: "ILIKE with ESCAPE is not translated",
            hint: "compare lower(…) with LIKE")
        + no("~~~", because: "GLOB has no form in Spark", hint: "use LIKE or regexp_matches")
        + no("regexp_escape", because: "the engines escape other characters")

    private static func lowered(_ arguments: [SparkPiece], _ writing: SparkWriting) -> [SparkPiece] {
        arguments.map { argument in
            if let text = argument.constantText, text.utf8.allSatisfy({ $0 < 0x80 }), let constant = argument.constant {
                var lower = constant
                lower.value = .text(text.lowercased())
                return writing.constant(lower)
            }
            return writing.call(named: "lower", [argument])
        }
    }

    private static func like(_ arguments: [SparkPiece], _ word: String, isNot: Bool) -> SparkPiece {
        // Spark's patterns have a backslash that takes the meaning of what follows.
        let pattern: String
        if let text = arguments[1].constantText {
            pattern = SparkText.text(
                text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\"))
        } else {
            pattern = "replace(\(arguments[1].text), '\\\\', '\\\\\\\\')"
        }
        return SparkPiece("(\(arguments[0].text) \(isNot ? "NOT " : "")\(word) \(pattern))", .boolean)
    }

    private static func escaped(_ arguments: [SparkPiece], _ word: String, isNot: Bool, _ writing: SparkWriting)
        -> SparkPiece
    {
        guard let pattern = arguments[1].constantText, let escape = arguments[2].constantText, escape.count <= 1 else {
            return writing.refuse("ESCAPE takes one constant character")
        }
        var result = ""
        var isEscaped = false
        for character in pattern {
            if isEscaped {
                isEscaped = false
                guard character == "%" || character == "_" || String(character) == escape else {
                    return writing.refuse("this pattern escapes a character that needs none")
                }
                result +=
                    character == "%" || character == "_" || character == "\\" ? "\\\(character)" : String(character)
            } else if String(character) == escape {
                isEscaped = true
            } else {
                result += character == "\\" ? "\\\\" : String(character)
            }
        }
        if isEscaped { return writing.refuse("this pattern ends with its escape character") }
        return SparkPiece("(\(arguments[0].text) \(isNot ? "NOT " : "")\(word) \(SparkText.text(result)))", .boolean)
    }

    private static func java(_ pattern: String, _ options: String, _ writing: SparkWriting) -> String? {
        do {
            return try RegexDialect.java(pattern, options: options)
        } catch {
            writing.fault(error.message, hint: error.hint)
            return nil
        }
    }

    private static func regex(
        _ arguments: [SparkPiece], _ writing: SparkWriting, options: SparkPiece?, isWhole: Bool = false,
        type: DuckType = .boolean, _ make: (String, String) -> String
    ) -> SparkPiece {
        guard let pattern = arguments[1].constantText,
            let java = java(isWhole ? "^(?:\(pattern))$" : pattern, options?.constantText ?? "", writing)
        else { return .missing }
        return SparkPiece(make(arguments[0].text, SparkText.text(java)), type)
    }

    /// Between the halves of a character that Java writes in two, Spark finds nothing as well.
    private static func matchesNothing(_ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return true }
        return ["", "a", " a", "1", "aa"].contains { text in
            text.matches(of: regex).contains { $0.range.isEmpty }
        }
    }

    private static func everywhere(
        _ arguments: [SparkPiece], _ writing: SparkWriting, _ make: (String, String) -> String
    ) -> SparkPiece {
        guard !matchesNothing(arguments[1].constantText ?? "") else { return emptyMatch(writing) }
        return regex(arguments, writing, options: nil, type: .list(.varchar), make)
    }

    private static func emptyMatch(_ writing: SparkWriting) -> SparkPiece {
        writing.refuse(
            "a pattern that matches the empty text does so at other places on Spark", hint: "write + in place of *")
    }

    /// DuckDB replaces the first match unless told `g`; Spark replaces all.
    private static func replaced(_ arguments: [SparkPiece], _ options: String, _ writing: SparkWriting) -> SparkPiece {
        let isGlobal = options.contains("g")
        guard let pattern = arguments[1].constantText, let replacement = arguments[2].constantText,
            let java = java(pattern, options.filter { $0 != "g" }, writing)
        else { return .missing }
        var result = ""
        var isEscaped = false
        let characters = Array(replacement)
        for (place, character) in characters.enumerated() {
            if isEscaped {
                isEscaped = false
                if let number = character.wholeNumberValue, character.isASCII {
                    if place + 1 < characters.count, characters[place + 1].isNumber {
                        return writing.refuse("a digit behind a group's number is read as part of it by Spark")
                    }
                    result += "$\(isGlobal ? number : number + 2)"
                } else if character == "\\" {
                    result += "\\\\"
                } else {
                    return writing.refuse("the replacement has a backslash before \(character)")
                }
            } else if character == "\\" {
                isEscaped = true
            } else {
                result += character == "$" ? "\\$" : String(character)
            }
        }
        if isEscaped { return writing.refuse("the replacement ends with a backslash") }
        let text = arguments[0].text
        guard !isGlobal else {
            if matchesNothing(pattern) { return emptyMatch(writing) }
            return SparkPiece("regexp_replace(\(text), \(SparkText.text(java)), \(SparkText.text(result)))", .varchar)
        }
        let first = "\\A(?s:(.*?))(\(java))"
        return SparkPiece(
            "regexp_replace(\(text), \(SparkText.text(first)), \(SparkText.text("$1" + result)))", .varchar)
    }
}
