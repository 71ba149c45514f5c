extension SparkFunctions {
    /// Dates and times. A TIMESTAMP is Spark's TIMESTAMP_NTZ, one with a zone its TIMESTAMP; the session is in UTC.
    static let moments: [SparkFunction] =
        parts.keys.sorted().map { name in
            f("\(name)(moment) bigint") { arguments, _, writing in part(name, arguments[0], writing) }
        }
        + [
            f("date_part(const, moment) bigint") { arguments, _, writing in
                part((arguments[0].constantText ?? "").lowercased(), arguments[1], writing)
            },
            f("epoch(moment) double", "(unix_micros(CAST($1 AS TIMESTAMP)) / 1000000D)"),
            f("epoch_ms(moment) bigint", "(unix_micros(CAST($1 AS TIMESTAMP)) div 1000L)"),
            f("epoch_us(moment) bigint", "unix_micros(CAST($1 AS TIMESTAMP))"),
            f("epoch_ns(moment) bigint", "(unix_micros(CAST($1 AS TIMESTAMP)) * 1000L)"),
            f("epoch_ms(bigint) timestamp", "CAST(timestamp_millis($1) AS TIMESTAMP_NTZ)"),
            f("make_timestamp(bigint) timestamp", "CAST(timestamp_micros($1) AS TIMESTAMP_NTZ)"),
            f("to_timestamp(double) timestamptz", "timestamp_micros(CAST(rint($1 * 1000000D) AS BIGINT))"),
            f("make_date(bigint, bigint, bigint) date", "make_date(CAST($1 AS INT), CAST($2 AS INT), CAST($3 AS INT))"),
            f("make_timestamp(integer, integer, integer, integer, integer, double) timestamp") {
                arguments, _, writing in
                let second = writing.cast(arguments[5], to: .decimal(8, 6), isTry: false).text
                let day = arguments.prefix(3).map(\.text).joined(separator: ", ")
                let (hour, minute) = (arguments[3].text, arguments[4].text)
                // The end of a day is a time, and so is a second that is put in.
                let isTime =
                    "\(hour) BETWEEN 0 AND 23 AND \(minute) BETWEEN 0 AND 59 AND \(second) >= 0 AND \(second) < 61 OR \(hour) = 24 AND \(minute) = 0 AND \(second) = 0"
                return SparkPiece(
                    "(CASE WHEN NOT (\(isTime)) THEN \(writing.failure("a time of day that there is not")) ELSE make_timestamp_ntz(\(day), 0, 0, 0) + make_dt_interval(0, \(hour), \(minute), \(second)) END)",
                    .timestamp)
            },
            f("last_day(moment) date", "last_day(CAST($1 AS DATE))"),
            f("dayname(moment) varchar", "date_format($1, 'EEEE')"),
            f("monthname(moment) varchar", "date_format($1, 'MMMM')"),
            f("date_trunc(const, moment) any") { arguments, _, writing in
                truncated((arguments[0].constantText ?? "").lowercased(), arguments[1], writing)
            },
            f("date_diff(const, moment, moment) bigint") { arguments, _, writing in
                difference((arguments[0].constantText ?? "").lowercased(), arguments[1], arguments[2], writing)
            },
            f("date_add(moment, interval) any") { arguments, _, _ in
                SparkPiece(
                    arguments[0].type == .date
                        ? "(CAST(\(arguments[0].text) AS TIMESTAMP_NTZ) + \(arguments[1].text))"
                        : "(\(arguments[0].text) + \(arguments[1].text))",
                    arguments[0].type == .timestamptz ? .timestamptz : .timestamp)
            },
            f("strftime(moment, const) varchar") { formatted($0[0], $0[1].constantText ?? "", $2) },
            f("strftime(const, moment) varchar") { formatted($0[1], $0[0].constantText ?? "", $2) },
            f("timezone(varchar, timestamptz) timestamp", "CAST(from_utc_timestamp($2, $1) AS TIMESTAMP_NTZ)"),
            f("timezone(varchar, timestamp) timestamptz") { arguments, _, _ in
                zoned(arguments[1].text, arguments[0].text)
            },
            f("to_years(integer) interval", "make_interval($1, 0, 0, 0, 0, 0, 0)"),
            f("to_quarters(integer) interval", "make_interval(0, $1 * 3, 0, 0, 0, 0, 0)"),
            f("to_months(integer) interval", "make_interval(0, $1, 0, 0, 0, 0, 0)"),
            f("to_weeks(integer) interval", "make_interval(0, 0, $1, 0, 0, 0, 0)"),
            f("to_days(integer) interval", "make_interval(0, 0, 0, $1, 0, 0, 0)"),
            f("to_hours(bigint) interval", "make_interval(0, 0, 0, 0, CAST($1 AS INT), 0, 0)"),
            f("to_minutes(bigint) interval", "make_interval(0, 0, 0, 0, 0, CAST($1 AS INT), 0)"),
            f("to_seconds(bigint) interval", "make_interval(0, 0, 0, 0, 0, 0, $1)"),
            f(
                "to_milliseconds(bigint) interval",
                "make_interval(0, 0, 0, 0, 0, 0, CAST($1 * 0.001BD AS DECIMAL(18,6)))"),
            f(
                "to_microseconds(bigint) interval",
                "make_interval(0, 0, 0, 0, 0, 0, CAST($1 * 0.000001BD AS DECIMAL(18,6)))"),
        ]
        + no(
            "now", "current_timestamp", "get_current_timestamp", "today", "current_date", "transaction_timestamp",
            "current_localtimestamp", "localtimestamp", "current_localtime", "get_current_time",
            because: "it gives another value in each run", hint: "use a parameter of the run")
        + no(
            "strptime", "try_strptime", because: "Spark's patterns read other texts than DuckDB's",
            hint: "take the text apart with regexp_extract and make_date, or CAST one like 2024-01-31")
        + no(
            "age", "date_sub", "time_bucket", "julian", "make_time", "make_timestamptz", "make_timestamp_ms",
            "make_timestamp_ns", "timezone_hour", "timezone_minute", "to_decades", "to_centuries", "to_millennia",
            "yearweek", "era", "nanosecond",
            because: "it has no form in Spark that gives the same values",
            hint: "use date_diff, date_trunc and date_part")

    private static let parts: [String: String] = [
        "year": "year($1)", "month": "month($1)", "day": "day($1)", "hour": "hour($1)", "minute": "minute($1)",
        "second": "second($1)", "quarter": "quarter($1)", "week": "weekofyear($1)", "weekofyear": "weekofyear($1)",
        "dayofyear": "dayofyear($1)", "dayofweek": "(dayofweek($1) - 1)", "isodow": "(weekday($1) + 1)",
        "isoyear": "extract(YEAROFWEEK FROM $1)", "decade": "(year($1) div 10)",
        "century": "((year($1) + 99) div 100)", "millennium": "((year($1) + 999) div 1000)",
        "millisecond":
            "(unix_millis(CAST($1 AS TIMESTAMP)) - 60000L * (unix_millis(CAST($1 AS TIMESTAMP)) div 60000L) + CASE WHEN unix_millis(CAST($1 AS TIMESTAMP)) % 60000L < 0 THEN 60000L ELSE 0L END)",
        "microsecond":
            "(unix_micros(CAST($1 AS TIMESTAMP)) - 60000000L * (unix_micros(CAST($1 AS TIMESTAMP)) div 60000000L) + CASE WHEN unix_micros(CAST($1 AS TIMESTAMP)) % 60000000L < 0 THEN 60000000L ELSE 0L END)",
    ]

    private static let units: [String: String] = [
        "years": "year", "yr": "year", "yrs": "year", "y": "year", "months": "month", "mon": "month", "mons": "month",
        "days": "day", "d": "day", "dayofmonth": "day", "hours": "hour", "hr": "hour", "hrs": "hour", "h": "hour",
        "minutes": "minute", "min": "minute", "mins": "minute", "m": "minute", "seconds": "second", "sec": "second",
        "secs": "second", "s": "second", "quarters": "quarter", "weeks": "week", "w": "week", "dow": "dayofweek",
        "weekday": "dayofweek",
        "doy": "dayofyear", "decades": "decade", "centuries": "century", "milliseconds": "millisecond",
        "ms": "millisecond",
        "microseconds": "microsecond", "us": "microsecond", "millennia": "millennium",
    ]

    private static func part(_ word: String, _ moment: SparkPiece, _ writing: SparkWriting) -> SparkPiece {
        let name = units[word] ?? word
        if name == "epoch" {
            return SparkPiece("(unix_micros(CAST(\(moment.text) AS TIMESTAMP)) / 1000000D)", .double)
        }
        guard let template = parts[name] else {
            let near = Nearness.nearest(word, among: parts.keys.sorted())
            return writing.refuse(
                "the part \"\(word)\" of a date has no translation",
                hint: near.isEmpty ? nil : "did you mean \(near.joined(separator: ", "))?")
        }
        // Spark takes no hours from a date.
        let isDay = moment.type == .date && ["hour", "minute", "second"].contains(name)
        let value = isDay ? SparkPiece("CAST(\(moment.text) AS TIMESTAMP_NTZ)", .timestamp) : moment
        return SparkPiece("CAST(\(SparkFunction.fill(template, [value], "")) AS BIGINT)", .bigint)
    }

    private static func truncated(_ word: String, _ moment: SparkPiece, _ writing: SparkWriting) -> SparkPiece {
        let words = [
            "year": "YEAR", "quarter": "QUARTER", "month": "MONTH", "week": "WEEK", "day": "DAY", "hour": "HOUR",
            "minute": "MINUTE", "second": "SECOND", "millisecond": "MILLISECOND", "microsecond": "MICROSECOND",
        ]
        guard let unit = words[units[word] ?? word] else {
            return writing.refuse("date_trunc of \"\(word)\" is not translated")
        }
        let text = "date_trunc('\(unit)', CAST(\(moment.text) AS TIMESTAMP))"
        return moment.type == .timestamptz
            ? SparkPiece(text, .timestamptz) : SparkPiece("CAST(\(text) AS TIMESTAMP_NTZ)", .timestamp)
    }

    /// How often a unit begins between two moments; of weeks, how many have passed.
    private static func difference(_ word: String, _ start: SparkPiece, _ end: SparkPiece, _ writing: SparkWriting)
        -> SparkPiece
    {
        let name = units[word] ?? word
        let (a, b) = (start.text, end.text)
        func micros(_ text: String, _ divisor: String) -> String {
            // Rounded down, before 1970 as well.
            "(CASE WHEN unix_micros(CAST(\(text) AS TIMESTAMP)) >= 0 THEN unix_micros(CAST(\(text) AS TIMESTAMP)) div \(divisor) ELSE -((\(divisor) - 1 - unix_micros(CAST(\(text) AS TIMESTAMP))) div \(divisor)) END)"
        }
        let text: String
        switch name {
        case "year": text = "(year(\(b)) - year(\(a)))"
        case "quarter": text = "((year(\(b)) * 4 + quarter(\(b))) - (year(\(a)) * 4 + quarter(\(a))))"
        case "month": text = "((year(\(b)) * 12 + month(\(b))) - (year(\(a)) * 12 + month(\(a))))"
        case "week": text = "(datediff(\(b), \(a)) div 7)"
        case "day": text = "datediff(\(b), \(a))"
        case "hour": text = "(\(micros(b, "3600000000L")) - \(micros(a, "3600000000L")))"
        case "minute": text = "(\(micros(b, "60000000L")) - \(micros(a, "60000000L")))"
        case "second": text = "(\(micros(b, "1000000L")) - \(micros(a, "1000000L")))"
        case "millisecond": text = "(\(micros(b, "1000L")) - \(micros(a, "1000L")))"
        case "microsecond": text = "(\(micros(b, "1L")) - \(micros(a, "1L")))"
        default: return writing.refuse("date_diff of \"\(word)\" is not translated")
        }
        return SparkPiece("CAST(\(text) AS BIGINT)", .bigint)
    }

    /// Of an hour that comes twice when clocks go back, DuckDB takes the second, and Spark the first.
    private static func zoned(_ text: String, _ zone: String) -> SparkPiece {
        let local = "CAST(\(text) AS TIMESTAMP)"
        let first = "to_utc_timestamp(\(local), \(zone))"
        func later(_ interval: String) -> String {
            "WHEN from_utc_timestamp(\(first) + \(interval), \(zone)) = \(local) THEN \(first) + \(interval)"
        }
        return SparkPiece(
            "(CASE \(later("INTERVAL '1' HOUR")) \(later("INTERVAL '30' MINUTE")) ELSE \(first) END)", .timestamptz)
    }

    private static let letters: [Character: String] = [
        "Y": "yyyy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss", "f": "SSSSSS", "g": "SSS", "j": "DDD",
        "b": "MMM", "B": "MMMM", "a": "EEE", "A": "EEEE", "I": "hh", "p": "a", "y": "yy",
    ]
    private static let short: [Character: String] = [
        "m": "M", "d": "d", "H": "H", "M": "m", "S": "s", "I": "h", "j": "D",
    ]

    private static func formatted(_ moment: SparkPiece, _ format: String, _ writing: SparkWriting) -> SparkPiece {
        var pattern = ""
        var literal = ""
        func flush() {
            guard !literal.isEmpty else { return }
            pattern +=
                "'" + literal.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
            literal = ""
        }
        var characters = Array(format)[...]
        while let character = characters.popFirst() {
            guard character == "%" else {
                literal.append(character)
                continue
            }
            guard var letter = characters.popFirst() else { return writing.refuse("the format ends with %") }
            if letter == "%" {
                literal.append("%")
                continue
            }
            var known = letters[letter]
            if letter == "-", let next = characters.popFirst() {
                letter = next
                known = short[next]
            }
            if letter == "F" { known = "yyyy-MM-dd" }
            if letter == "T" { known = "HH:mm:ss" }
            guard let known else { return writing.refuse("%\(letter) of strftime is not translated") }
            flush()
            pattern += known
        }
        flush()
        let value = moment.type == .date ? "CAST(\(moment.text) AS TIMESTAMP_NTZ)" : moment.text
        return SparkPiece("date_format(\(value), \(SparkText.text(pattern)))", .varchar)
    }
}
