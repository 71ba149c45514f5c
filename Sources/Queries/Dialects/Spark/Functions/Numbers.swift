extension SparkFunctions {
    static let numbers: [SparkFunction] =
        [
            f("abs(num) $1", "abs($1)"),
            f("abs(dec) any") { arguments, _, writing in writing.magnitude(arguments[0]) },
            f("abs(hugeint) hugeint") { arguments, _, writing in writing.magnitude(arguments[0]) },
            f(
                "sign(num) tinyint",
                "CAST(CASE WHEN $1 > 0 AND $1 < double('NaN') THEN 1 WHEN $1 < 0 THEN -1 WHEN $1 IS NOT NULL THEN 0 END AS TINYINT)"
            ),
            f("ceil(dec) any") { arguments, _, _ in whole(arguments[0], "ceil($1)") },
            f(
                "ceil(double) double",
                "(CASE WHEN $1 = 0 THEN $1 WHEN $1 > -1 AND $1 < 0 THEN -0.0D WHEN abs($1) < 4503599627370496D THEN CAST(ceil($1) AS DOUBLE) ELSE $1 END)"
            ),
            f(
                "ceil(float) float",
                "CAST(CASE WHEN $1 = 0 THEN $1 WHEN $1 > -1 AND $1 < 0 THEN -0.0D WHEN abs($1) < 8388608F THEN ceil($1) ELSE $1 END AS FLOAT)"
            ),
            f(
                "floor(float) float",
                "CAST(CASE WHEN $1 = 0 THEN $1 WHEN abs($1) < 8388608F THEN floor($1) ELSE $1 END AS FLOAT)"
            ),
            f(
                "trunc(float) float",
                "CAST(CASE WHEN $1 = 0 THEN $1 WHEN $1 > -1 AND $1 < 0 THEN -0.0D WHEN abs($1) < 8388608F THEN CAST($1 AS BIGINT) ELSE $1 END AS FLOAT)"
            ),
            f("floor(dec) any") { arguments, _, _ in whole(arguments[0], "floor($1)") },
            f(
                "floor(double) double",
                "(CASE WHEN $1 = 0 THEN $1 WHEN abs($1) < 4503599627370496D THEN CAST(floor($1) AS DOUBLE) ELSE $1 END)"
            ),
            f("trunc(dec) any") { arguments, _, _ in
                whole(arguments[0], "(CASE WHEN $1 < 0 THEN ceil($1) ELSE floor($1) END)")
            },
            f("trunc(int) $1", "$1"),
            f(
                "trunc(double) double",
                "(CASE WHEN $1 = 0 THEN $1 WHEN $1 > -1 AND $1 < 0 THEN -0.0D WHEN abs($1) < 4503599627370496D THEN CAST(CAST($1 AS BIGINT) AS DOUBLE) ELSE $1 END)"
            ),
            f("round(int) $1", "$1"),
            f("round(dec) any") { arguments, _, _ in whole(arguments[0], "round($1, 0)") },
            f(
                "round(float) float",
                "CAST(CASE WHEN $1 = 0 THEN $1 WHEN $1 > -0.5 AND $1 < 0 THEN -0.0D ELSE round(CAST($1 AS DOUBLE), 0) END AS FLOAT)"
            ),
            f(
                "round(double) double",
                "(CASE WHEN $1 = 0 THEN $1 WHEN $1 > -0.5 AND $1 < 0 THEN -0.0D ELSE round($1, 0) END)"),
            f("round(int, integer) $1") { arguments, _, writing in
                guard let digits = arguments[1].constantInteger else {
                    return writing.refuse("round takes constant digits")
                }
                let type = arguments[0].type
                if digits >= 0 { return arguments[0] }
                return SparkPiece("CAST(round(\(arguments[0].text), \(digits)) AS \(type.spark ?? "INT"))", type)
            },
            f("round(dec, integer) any") { arguments, _, writing in
                guard let digits = arguments[1].constantInteger, case .decimal(let width, let scale) = arguments[0].type
                else {
                    return writing.refuse("round takes constant digits")
                }
                if digits >= scale { return SparkPiece(arguments[0].text, arguments[0].type) }
                let kept = max(0, Int(digits))
                return SparkPiece(
                    "CAST(round(\(arguments[0].text), \(digits)) AS DECIMAL(\(width),\(kept)))", .decimal(width, kept))
            },
            f("round(float, integer) float") { arguments, _, writing in
                writing.refuse("round of a FLOAT to digits is not translated", hint: "cast it to DOUBLE or DECIMAL")
            },
            f("round(double, integer) double") { arguments, _, writing in
                guard let digits = arguments[1].constantInteger, abs(digits) <= 22 else {
                    return writing.refuse("round takes constant digits")
                }
                let (x, factor) = (arguments[0].text, "1E\(abs(digits))D")
                let scaled = digits >= 0 ? "\(x) * \(factor)" : "\(x) / \(factor)"
                let rounded = digits >= 0 ? "round(\(scaled), 0) / \(factor)" : "round(\(scaled), 0) * \(factor)"
                // Before the point, what is no number becomes 0; behind it, it stays.
                let other =
                    digits >= 0
                    ? "WHEN abs(\(x)) >= 1E280D THEN \(x)"
                    : "WHEN isnan(\(x)) OR abs(\(x)) = double('Infinity') THEN 0D"
                return SparkPiece(
                    "(CASE WHEN \(x) = 0 THEN \(x) \(other) WHEN \(scaled) > -0.5D AND \(scaled) < 0 THEN -0.0D ELSE \(rounded) END)",
                    .double)
            },
            f("sqrt(double) double", checked("sqrt($1)", "$1 < 0", "sqrt of a negative number")),
            f("cbrt(double) double", "cbrt($1)"),
            f("exp(double) double", "exp($1)"),
            f("ln(double) double", checked("ln($1)", "$1 <= 0", "ln of a number that is not positive")),
            f("log10(double) double", checked("log10($1)", "$1 <= 0", "log10 of a number that is not positive")),
            f("log(double) double", checked("log10($1)", "$1 <= 0", "log of a number that is not positive")),
            f("log2(double) double", checked("log2($1)", "$1 <= 0", "log2 of a number that is not positive")),
            f("sin(double) double", checked("sin($1)", endless, "sin of an infinite number")),
            f("cos(double) double", checked("cos($1)", endless, "cos of an infinite number")),
            f("tan(double) double", checked("tan($1)", endless, "tan of an infinite number")),
            f("atan(double) double", "atan($1)"),
            f("asin(double) double", checked("asin($1)", "abs($1) > 1 AND NOT isnan($1)", "asin of a number beyond 1")),
            f("acos(double) double", checked("acos($1)", "abs($1) > 1 AND NOT isnan($1)", "acos of a number beyond 1")),
            // Spark takes the sign from zeros.
            f(
                "atan2(double, double) double",
                "(CASE WHEN $1 = 0 AND $2 <= double('Infinity') THEN CASE WHEN $2 < 0 OR CAST($2 AS STRING) = '-0.0' THEN pi() ELSE 0D END * CASE WHEN CAST($1 AS STRING) = '-0.0' THEN -1D ELSE 1D END ELSE atan2($1, $2) END)"
            ),
            f("sinh(double) double", "sinh($1)"), f("cosh(double) double", "cosh($1)"),
            f("tanh(double) double", "tanh($1)"), f("degrees(double) double", "degrees($1)"),
            f("radians(double) double", "radians($1)"), f("pi() double", "pi()"),
            f("isnan(double) boolean", "(CASE WHEN $1 IS NOT NULL THEN isnan($1) END)"),
            f("isinf(double) boolean", "(abs($1) = double('Infinity'))"),
            f("isfinite(double) boolean", "(abs($1) < double('Infinity'))"),
            f("greatest(same...) same", "greatest($*)"),
            f("least(same...) same", "least($*)"),
            f("bit_count(tinyint) tinyint", "CAST(bit_count(CAST($1 AS INT) & 255) AS TINYINT)"),
            f("bit_count(smallint) tinyint", "CAST(bit_count(CAST($1 AS INT) & 65535) AS TINYINT)"),
            f("bit_count(bigint) tinyint", "CAST(bit_count($1) AS TINYINT)"),
            f("bit_count(integer) tinyint", "CAST(bit_count(CAST($1 AS BIGINT) & 4294967295L) AS TINYINT)"),
            f("signbit(double) boolean", "($1 < 0 OR CAST($1 AS STRING) = '-0.0')"),
            f("even(double) double") { _, _, writing in writing.refuse("even has no form in Spark") },
            f(
                "factorial(integer) hugeint",
                "(CASE WHEN $1 NOT BETWEEN 0 AND 33 THEN raise_error('the factorial has no value') ELSE reduce(sequence(1, CASE WHEN $1 > 1 THEN $1 WHEN $1 >= 0 THEN 1 END), CAST(1 AS DECIMAL(38,0)), (a, x) -> CAST(a * CAST(x AS DECIMAL(2,0)) AS DECIMAL(38,0))) END)"
            ),
        ]
        + no(
            "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed",
            because: "it gives other values in each run",
            hint: "compute it from a key: md5(key)")
        + no(
            "gcd", "lcm", "greatest_common_divisor", "least_common_multiple", "gamma", "lgamma", "nextafter", "acosh",
            "asinh", "atanh", "cot",
            because: "it has no form in Spark that gives the same digits")
        + no("nextval", "currval", because: "sequences belong to this machine's engine")
        + no(
            "getvariable", "current_setting", "version", "current_database", "current_schema", "current_user",
            "pragma_version",
            because: "it tells of this machine's engine")

    private static let endless = "abs($1) = double('Infinity')"

    private static func whole(_ value: SparkPiece, _ template: String) -> SparkPiece {
        guard case .decimal(let width, let scale) = value.type else { return .missing }
        if scale == 0 { return SparkPiece(value.text, value.type) }
        return SparkPiece(
            "CAST(\(SparkFunction.fill(template, [value], "")) AS DECIMAL(\(width),0))", .decimal(width, 0))
    }

    /// DuckDB fails where Spark gives NaN or NULL.
    private static func checked(_ template: String, _ condition: String, _ message: String) -> String {
        "(CASE WHEN \(condition) THEN raise_error('\(message)') ELSE \(template) END)"
    }
}
