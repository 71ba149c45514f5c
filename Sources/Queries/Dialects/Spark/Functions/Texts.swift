extension SparkFunctions {
    /// Texts are counted in code points by both.
    static let texts: [SparkFunction] =
        [
            f("length(varchar) bigint", "CAST(char_length($1) AS BIGINT)"),
            f("length(list) bigint", "CAST(size($1) AS BIGINT)"),
            f("strlen(varchar) bigint", "CAST(octet_length($1) AS BIGINT)"),
            f("octet_length(blob) bigint", "CAST(octet_length($1) AS BIGINT)"),
            f("bit_length(varchar) bigint", "CAST(bit_length($1) AS BIGINT)"),
            f("concat(list...) $1") { arguments, _, writing in
                let type = writing.common(arguments, "concat")
                guard type != .null else { return SparkPiece("''", .varchar) }
                let texts = arguments.map { "coalesce(\(writing.coerced($0, to: type).text), array())" }
                return SparkPiece("concat(\(texts.joined(separator: ", ")))", type)
            },
            f("concat(any...) varchar") { arguments, _, writing in
                // NULL is nothing to it, unlike to ||.
                let texts = arguments.map { "coalesce(\(writing.text($0).text), '')" }
                return SparkPiece("concat(\(texts.joined(separator: ", ")))", .varchar)
            },
            f("concat_ws(varchar, any...) varchar") { arguments, _, writing in
                let texts = [arguments[0].text] + arguments.dropFirst().map { writing.text($0).text }
                return SparkPiece("concat_ws(\(texts.joined(separator: ", ")))", .varchar)
            },
            f("left(varchar, bigint) varchar") { part($0[0].text, $0[1].text, "left") },
            f("right(varchar, bigint) varchar") { part($0[0].text, $0[1].text, "right") },
            f("substring(varchar, bigint) varchar") { arguments, _, _ in
                let (text, start) = (arguments[0].text, arguments[1].text)
                if let number = arguments[1].constantInteger, number >= 1 {
                    return SparkPiece("substring(\(text), \(number))", .varchar)
                }
                return SparkPiece(
                    "substring(\(text), CAST(CASE WHEN \(start) < 0 THEN greatest(char_length(\(text)) + \(start) + 1, 1) WHEN \(start) IS NOT NULL THEN greatest(\(start), 1) END AS INT))",
                    .varchar)
            },
            f("substring(varchar, bigint, bigint) varchar", piece),
            f("lpad(varchar, integer, varchar) varchar", padded("lpad")),
            f("rpad(varchar, integer, varchar) varchar", padded("rpad")),
            f("repeat(varchar, integer) varchar", "repeat($1, $2)"),
            f("replace(varchar, varchar, varchar) varchar", "replace($1, $2, $3)"),
            f("translate(varchar, varchar, varchar) varchar", "translate($1, $2, $3)"),
            f("contains(varchar, varchar) boolean", "contains($1, $2)"),
            f("contains(list, elem) boolean", contains),
            f("starts_with(varchar, varchar) boolean", "startswith($1, $2)"),
            f("ends_with(varchar, varchar) boolean", "endswith($1, $2)"),
            f("instr(varchar, varchar) bigint", "CAST(instr($1, $2) AS BIGINT)"),
            f("trim(varchar) varchar", "trim(BOTH \(spaces) FROM $1)"),
            f("ltrim(varchar) varchar", "trim(LEADING \(spaces) FROM $1)"),
            f("rtrim(varchar) varchar", "trim(TRAILING \(spaces) FROM $1)"),
            f("trim(varchar, varchar) varchar", "trim(BOTH $2 FROM $1)"),
            f("ltrim(varchar, varchar) varchar", "trim(LEADING $2 FROM $1)"),
            f("rtrim(varchar, varchar) varchar", "trim(TRAILING $2 FROM $1)"),
            f("upper(varchar) varchar", cased("upper", CaseDifferences.upperFrom, CaseDifferences.upperTo)),
            f("lower(varchar) varchar", cased("lower", CaseDifferences.lowerFrom, CaseDifferences.lowerTo)),
            f("ascii(varchar) integer", "ascii($1)"),
            f("unicode(varchar) integer", "(CASE WHEN $1 = '' THEN -1 ELSE ascii($1) END)"),
            f("md5(varchar) varchar", "md5($1)"),
            f("md5(blob) varchar", "md5($1)"),
            f("sha1(varchar) varchar", "sha1($1)"),
            f("sha1(blob) varchar", "sha1($1)"),
            f("sha256(varchar) varchar", "sha2($1, 256)"),
            f("sha256(blob) varchar", "sha2($1, 256)"),
            f("hex(varchar) varchar", "hex($1)"),
            f("hex(blob) varchar", "hex($1)"),
            f("hex(bigint) varchar", "hex($1)"),
            f("hex(ubigint) varchar", "conv(CAST($1 AS STRING), 10, 16)"),
            f("unhex(varchar) blob") { only("[0-9A-Fa-f]*", $0, "unhex", "hexadecimal digits", $2) },
            f("encode(varchar) blob", "encode($1, 'UTF-8')"),
            f("decode(blob) varchar", "decode($1, 'UTF-8')"),
            f("to_base64(blob) varchar", "replace(base64($1), '\\r\\n', '')"),
            f("from_base64(varchar) blob") {
                only(
                    "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", $0, "unbase64", "base 64", $2)
            },
            f("split_part(varchar, varchar, bigint) varchar") { arguments, _, writing in
                guard let place = arguments[2].constantInteger, place != 0, let mark = arguments[1].constantText,
                    !mark.isEmpty
                else {
                    return writing.refuse("split_part takes a constant separator and a constant place that is not 0")
                }
                return SparkPiece("split_part(\(arguments[0].text), \(arguments[1].text), \(place))", .varchar)
            },
            f("string_split(varchar, const) varchar[]") { arguments, _, writing in
                guard let mark = arguments[1].constantText, !mark.isEmpty, !mark.contains("\\E") else {
                    return writing.refuse("string_split by nothing is not translated")
                }
                return SparkPiece(
                    "split(\(arguments[0].text), \(SparkText.text("\\Q\(mark)\\E")), -1)", .list(.varchar))
            },
            f("levenshtein(varchar, varchar) bigint") { arguments, _, writing in
                writing.refuse("levenshtein counts bytes in DuckDB and characters in Spark")
            },
        ]
        + no(
            "reverse", because: "DuckDB turns what is read as one character, Spark turns code points",
            hint: "reverse a list")
        + no(
            "length_grapheme", "left_grapheme", "right_grapheme", "substring_grapheme", "strip_accents",
            "nfc_normalize",
            because: "Spark knows no graphemes and no normal forms")
        + no(
            "format", "printf", "format_bytes", "bar", because: "Spark formats in another way",
            hint: "build the text with ||")
        + no("chr", because: "Spark keeps the last byte of the number only", hint: "write the character")
        + no("hash", because: "DuckDB's hash is its own, and not the same in all of its versions", hint: "use md5")
        + no(
            "damerau_levenshtein", "hamming", "jaccard", "jaro_similarity", "jaro_winkler_similarity", "editdist3",
            "mismatches", "parse_filename", "parse_path", "parse_dirname", "parse_dirpath", "url_encode", "url_decode",
            because: "it has no form in Spark", hint: "compute it in a step that runs on this machine")

    /// All that Unicode calls a space.
    private static let spaces =
        "' \u{A0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{202F}\u{205F}\u{3000}'"

    /// Characters that Spark would change otherwise are out of its sight, behind some for private use.
    private static func cased(_ word: String, _ from: String, _ to: String) -> String {
        let hidden = String(
            String.UnicodeScalarView(
                from.unicodeScalars.indices.enumerated().compactMap { Unicode.Scalar(0xF0000 + $0.offset) }))
        let failure = "raise_error('\(word) of a text with characters for private use is not translated')"
        return
            "(CASE WHEN octet_length($1) = char_length($1) THEN \(word)($1) WHEN $1 RLIKE '[\\\\x{F0000}-\\\\x{F00FF}]' THEN \(failure) ELSE translate(\(word)(translate($1, '\(from)', '\(hidden)')), '\(hidden)', '\(to)') END)"
    }

    /// Spark makes something of texts that are none of these, where DuckDB fails.
    private static func only(
        _ pattern: String, _ arguments: [SparkPiece], _ word: String, _ name: String, _ writing: SparkWriting
    ) -> SparkPiece {
        let text = arguments[0].text
        return SparkPiece(
            "(CASE WHEN \(text) RLIKE \(SparkText.text("\\A\(pattern)\\z")) THEN \(word)(\(text)) WHEN \(text) IS NOT NULL THEN \(writing.failure("a text is not of \(name)")) END)",
            .blob)
    }

    /// A negative number leaves so many characters out.
    private static func part(_ text: String, _ count: String, _ word: String) -> SparkPiece {
        if let number = Int(count.hasSuffix("L") ? String(count.dropLast()) : count), number >= 0 {
            return SparkPiece("\(word)(\(text), \(number))", .varchar)
        }
        return SparkPiece(
            "\(word)(\(text), CAST(CASE WHEN \(count) < 0 THEN greatest(char_length(\(text)) + \(count), 0) WHEN \(count) IS NOT NULL THEN least(\(count), 2147483647L) END AS INT))",
            .varchar)
    }

    private static func f(_ signature: String, _ make: @escaping @Sendable ([SparkPiece]) -> SparkPiece)
        -> SparkFunction
    {
        f(signature) { arguments, _, _ in make(arguments) }
    }

    private static let piece: @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece = { arguments, _, writing in
        let (text, start, length) = (arguments[0].text, arguments[1].text, arguments[2].text)
        if let one = arguments[1].constantInteger, let other = arguments[2].constantInteger, one >= 1, other >= 0 {
            return SparkPiece("substring(\(text), \(one), \(other))", .varchar)
        }
        // Places before the first character count as well.
        let place = "(CASE WHEN \(start) < 0 THEN char_length(\(text)) + \(start) + 1 ELSE \(start) END)"
        return SparkPiece(
            "(CASE WHEN \(length) < 0 THEN \(writing.failure("a substring of negative length is not translated")) WHEN \(place) >= 1 THEN substring(\(text), CAST(\(place) AS INT), CAST(\(length) AS INT)) WHEN \(place) + \(length) IS NOT NULL THEN substring(\(text), 1, CAST(greatest(\(length) + \(place) - 1, 0) AS INT)) END)",
            .varchar)
    }

    private static func padded(_ word: String) -> @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece {
        { arguments, _, writing in
            guard let pad = arguments[2].constantText, !pad.isEmpty else {
                return writing.refuse("\(word) takes a constant text that is not empty")
            }
            return SparkPiece("\(word)(\(arguments[0].text), \(arguments[1].text), \(arguments[2].text))", .varchar)
        }
    }

    static let contains: @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece = { arguments, _, _ in
        let (list, value) = (arguments[0].text, arguments[1].text)
        return SparkPiece(
            "(CASE WHEN \(list) IS NOT NULL AND \(value) IS NOT NULL THEN coalesce(array_contains(\(list), \(value)), false) END)",
            .boolean)
    }
}
