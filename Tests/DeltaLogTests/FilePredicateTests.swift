import Testing

@testable import DeltaLog

@Suite("Predicates on files")
struct FilePredicateTests {
    private static let schema = DeltaSchema([
        "i": .long, "d": .decimal(precision: 10, scale: 2), "x": .double, "f": .float, "t": .string, "b": .boolean,
        "day": .date, "at": .timestamp, "local": .timestampNTZ, "bin": .binary,
        "wide": .decimal(precision: 38, scale: 2),
        "s": .structure([
            DeltaField(name: "in", type: .structure([DeltaField(name: "ner", type: .integer)])),
            DeltaField(name: "e", type: .string),
        ]),
        "p": .string, "q": .integer, "r": .date, "z": .timestamp, "u": .double,
    ])
    private static let metadata = Metadata(
        id: "x", schema: schema, partitionColumns: ["p", "q", "r", "z", "u"])

    private func mayMatch(
        _ predicate: FilePredicate, _ statistics: String?, partition: [String: String?] = [:],
        metadata: Metadata = metadata
    ) -> Bool {
        predicate.mayMatch(partitionValues: partition, statistics: statistics, metadata: metadata)
    }

    /// Which of the six comparisons with the literal some row may satisfy.
    private func matches(
        _ column: FileColumn, _ literal: FileLiteral, _ statistics: String?, partition: [String: String?] = [:],
        metadata: Metadata = metadata
    ) -> String {
        FilePredicate.Comparison.allCases.filter {
            mayMatch(.compare(column, $0, literal), statistics, partition: partition, metadata: metadata)
        }.map(\.rawValue).joined(separator: " ")
    }

    private func bounds(_ column: String, _ low: String, _ high: String, rows: Int = 10) -> String {
        #"{"numRecords":\#(rows),"minValues":{"\#(column)":\#(low)},"maxValues":{"\#(column)":\#(high)},"nullCount":{"\#(column)":0}}"#
    }

    private let all = "= <> < <= > >="

    @Test("numbers are compared exactly, whole ones and decimals")
    func numbers() {
        let range = bounds("i", "5", "7")
        #expect(matches("i", .integer(4), range) == "<> > >=")
        #expect(matches("i", .integer(5), range) == "= <> <= > >=")
        #expect(matches("i", .integer(6), range) == all)
        #expect(matches("i", .integer(7), range) == "= <> < <= >=")
        #expect(matches("i", .integer(8), range) == "<> < <=")
        #expect(matches("i", .decimal("7.01"), range) == "<> < <=")
        #expect(matches("i", .decimal("4.99"), range) == "<> > >=")
        #expect(matches("i", .double(7.5), range) == "<> < <=")
        #expect(matches("i", .integer(5), bounds("i", "5", "5")) == "= <= >=")
        #expect(matches("i", .integer(.max), bounds("i", "9223372036854775806", "9223372036854775806")) == "<> < <=")
        #expect(matches("i", .integer(.min), bounds("i", "-9223372036854775808", "0")) == "= <> <= > >=")

        let money = bounds("d", "-1.50", "12.30")
        #expect(matches("d", .decimal("-1.5"), money) == "= <> <= > >=")
        #expect(matches("d", .decimal("-1.51"), money) == "<> > >=")
        #expect(matches("d", .decimal("12.300"), money) == "= <> < <= >=")
        #expect(matches("d", .integer(13), money) == "<> < <=")
        #expect(matches("d", .integer(12), bounds("d", "12.00", "12.00")) == "= <= >=")
        // What was sent through a double is not exact any more.
        let rounded = bounds("wide", "12345678901234567000.0", "1.2345678901234567e19")
        #expect(matches("wide", .decimal("12345678901234567891.12"), rounded) == all)
        #expect(matches("wide", .integer(5), rounded) == "<> > >=")
        #expect(
            matches("wide", .decimal("100000000000000000001"), bounds("wide", "0.0", "100000000000000000000.0")) == all)
    }

    @Test("NaN is greater than every number, and in no other writer's bounds")
    func floating() {
        let range = bounds("x", "1.5", "2.5")
        #expect(matches("x", .double(1), range) == "<> > >=")
        #expect(matches("x", .double(3), range) == "<> < <= > >=")
        #expect(matches("x", .double(.nan), range) == all)
        #expect(matches("x", .integer(2), range) == all)
        #expect(matches("x", .double(0), #"{"minValues":{"x":"NaN"},"maxValues":{"x":"Infinity"}}"#) == all)
        #expect(matches("x", .double(0), bounds("x", #""-Infinity""#, "-1")) == "<> < <= > >=")

        // A file of our own has no bounds if there is a NaN.
        let own = FileFilter(.compare("x", .greater, .double(3)), metadata: Self.metadata)
        var file = AddFile(path: "f", size: 1, modificationTime: 1, statistics: range)
        #expect(own.mayMatch(file))
        file.tags = [AddFile.columnsTag: "digest"]
        #expect(!own.mayMatch(file))
    }

    @Test("the bounds of a float are its shortest text, which is not its value as a double")
    func floats() {
        let range = bounds("f", "0.1", "0.1")
        #expect(matches("f", .double(Double(Float(0.1))), range).contains("="))
        #expect(matches("f", .double(0.1), range) == all)
        #expect(matches("f", .double(0.2), range) == "<> < <= > >=")
        // Also when the column has become a double since.
        var widened = Self.metadata
        widened.schema.fields[2].metadata["delta.typeChanges"] = .array([])
        #expect(matches("x", .double(Double(Float(0.1))), bounds("x", "0.1", "0.1"), metadata: widened).contains("="))
    }

    @Test("texts are compared byte by byte, and bounds that were cut off are not taken for values")
    func texts() {
        #expect(matches("t", .text("a"), bounds("t", #""b""#, #""c""#)) == "<> > >=")
        #expect(matches("t", .text("c"), bounds("t", #""b""#, #""c""#)) == "= <> < <= >=")
        #expect(matches("t", .text("d"), bounds("t", #""b""#, #""c""#)) == "<> < <=")
        #expect(matches("t", .text("ä"), bounds("t", #""z""#, #""\u00e4""#)) == "= <> < <= >=")
        #expect(matches("t", .text("b"), bounds("t", #""b""#, #""b""#)) == "= <= >=")
        // U+FFFF is less than a character beyond it in UTF-8, though not in UTF-16.
        #expect(matches("t", .text("\u{1F600}"), bounds("t", #""a""#, #""\uffff""#)) == "<> < <=")
        let long = String(repeating: "a", count: 32)
        for high in [long, long + "\u{7F}", long + "\u{FFFD}", long + "\u{10FFFF}"] {
            let range = bounds("t", "\"\(long)\"", "\"\(high)\"")
            #expect(matches("t", .text(long + "\u{1F600}z"), range) == all, "\(high.count)")
            #expect(matches("t", .text("b"), range) == "<> < <=")
        }
        #expect(matches("t", .text(long), bounds("t", "\"\(long)\"", "\"\(long)\"")).contains("<>"))
    }

    @Test("times that were cut off after the millisecond still match")
    func times() {
        let range = bounds("at", #""2024-01-01T00:00:00.000Z""#, #""2024-01-01T00:00:00.123Z""#)
        let start = 1_704_067_200_000_000
        #expect(matches("at", .timestamp(start - 1), range) == "<> > >=")
        #expect(matches("at", .timestamp(start + 123_456), range) == all)
        #expect(matches("at", .timestamp(start + 124_001), range) == "<> < <=")
        // Local times of a historical zone.
        let old = bounds("at", #""1890-01-01T00:00:00.000+00:53:28""#, #""1890-01-01T00:00:00.000+00:53:28""#)
        #expect(matches("at", .timestamp(-2_524_521_600_000_000 - 3_208_000_000), old).contains("="))
        #expect(matches("at", .timestamp(-2_524_521_600_000_000), old) == "<> < <=")
        let unzoned = bounds("at", #""2024-01-01T00:00:00.000""#, #""2024-01-01T00:00:00.000""#)
        #expect(matches("at", .timestamp(start + 3_600_000_000), unzoned) == all)
        #expect(matches("at", .timestamp(start + 200_000_000_000), unzoned) == "<> < <=")
        let local = bounds("local", #""2024-01-01T00:00:00.000""#, #""2024-01-01T00:00:00.000""#)
        #expect(matches("local", .timestamp(start + 2_000), local) == "<> < <=")
        // The column was one of dates before.
        #expect(
            matches("local", .timestamp(start - 1), bounds("local", #""2024-01-01""#, #""2024-01-01""#)) == "<> > >=")

        #expect(matches("day", .date(19_723), bounds("day", #""2024-01-01""#, #""2024-01-01""#)) == "= <= >=")
        #expect(matches("day", .date(19_724), bounds("day", #""2024-01-01""#, #""2024-01-01""#)) == "<> < <=")
        // Dates and times only compare in some time zone.
        #expect(
            matches("day", .timestamp(start + 7_200_000_000), bounds("day", #""2024-01-01""#, #""2024-01-01""#)) == all)
        #expect(matches("at", .date(19_723), range) == all)
        #expect(matches("at", .date(19_700), range) == "<> > >=")
        #expect(matches("at", .date(.max), range) == all)
    }

    @Test("booleans, and literals of another kind than the column")
    func others() {
        #expect(matches("b", .boolean(false), bounds("b", "true", "true")) == "<> > >=")
        #expect(matches("b", .boolean(true), bounds("b", "true", "true")) == "= <= >=")
        for column in ["i", "x", "t", "b", "day", "at", "bin"] as [FileColumn] {
            let range = bounds(column.path[0], "1", "1")
            #expect(matches(column, column == "b" ? .text("x") : .boolean(true), range) == all)
        }
        #expect(matches("nowhere", .integer(1), bounds("nowhere", "5", "5")) == all)
        #expect(matches("i", .integer(9), nil) == all)
        #expect(matches("i", .integer(9), "no JSON") == all)
        #expect(matches("i", .integer(9), "[1]") == all)
        #expect(matches("i", .integer(9), #"{"minValues":{"i":1},"maxValues":7}"#) == all)
        #expect(matches("i", .decimal("x"), bounds("i", "1", "1")) == all)
    }

    @Test("null counts tell what cannot be null, or nothing else")
    func nulls() {
        func counts(_ nulls: Int, _ rows: Int) -> String { #"{"numRecords":\#(rows),"nullCount":{"i":\#(nulls)}}"# }
        #expect(!mayMatch(.isNull("i"), counts(0, 5)) && mayMatch(.isNotNull("i"), counts(0, 5)))
        #expect(mayMatch(.isNull("i"), counts(2, 5)) && mayMatch(.isNotNull("i"), counts(2, 5)))
        #expect(mayMatch(.isNull("i"), counts(5, 5)) && !mayMatch(.isNotNull("i"), counts(5, 5)))
        #expect(matches("i", .integer(1), counts(5, 5)) == "")
        #expect(mayMatch(.isNull("i"), "{}") && mayMatch(.isNotNull("i"), "{}"))
        #expect(!mayMatch(.isNull("i"), counts(0, 0)) && !mayMatch(.isNotNull("i"), counts(0, 0)))
        // Where rows were deleted, counts only tell all from none.
        let wide = #"{"numRecords":5,"nullCount":{"i":3},"tightBounds":false}"#
        #expect(mayMatch(.isNull("i"), wide) && mayMatch(.isNotNull("i"), wide))
    }

    @Test("fields in structs have bounds of their own")
    func nested() {
        let range = #"{"minValues":{"s":{"in":{"ner":5},"e":"a"}},"maxValues":{"s":{"in":{"ner":7},"e":"b"}}}"#
        let inner = FileColumn(["s", "in", "ner"])
        #expect(matches(inner, .integer(8), range) == "<> < <=")
        #expect(matches(FileColumn(["S", "IN", "NER"]), .integer(4), range) == "<> > >=")
        let both = FilePredicate.and([
            .compare(FileColumn(["s", "e"]), .equal, .text("b")), .compare(inner, .equal, .integer(9)),
        ])
        #expect(!mayMatch(both, range))
        #expect(matches(FileColumn(["s", "in"]), .integer(4), range) == all)
        #expect(matches(FileColumn(["i", "in"]), .integer(4), range) == all)
        #expect(matches(FileColumn([]), .integer(4), range) == all)
    }

    @Test("partition values are compared as what their column is")
    func partitions() {
        let values: [String: String?] = [
            "p": "b", "q": "10", "r": "2024-01-01", "z": "2024-01-01 00:00:00", "u": "NaN",
        ]
        #expect(matches("p", .text("b"), nil, partition: values) == "= <= >=")
        #expect(matches("q", .integer(9), nil, partition: values) == "<> > >=")
        #expect(matches("Q", .integer(10), nil, partition: values) == "= <= >=")
        #expect(matches("r", .date(19_724), nil, partition: values) == "<> < <=")
        #expect(matches("z", .timestamp(1_704_067_200_000_000 + 1_000_000), nil, partition: values) == all)
        #expect(matches("z", .timestamp(1_804_067_200_000_000), nil, partition: values) == "<> < <=")
        #expect(
            matches("z", .timestamp(1_704_067_200_000_000), nil, partition: ["z": "2024-01-01T00:00:00.000000Z"])
                .contains("="))
        #expect(matches("u", .double(5), nil, partition: values) == all)
        #expect(matches("u", .double(5), nil, partition: ["u": "-Infinity"]) == "<> < <=")
        for null in [nil, ""] as [String?] {
            #expect(matches("p", .text("b"), nil, partition: ["p": null]) == "")
            #expect(mayMatch(.isNull("p"), nil, partition: ["p": null]))
            #expect(!mayMatch(.isNotNull("p"), nil, partition: ["p": null]))
        }
        #expect(!mayMatch(.isNull("p"), nil, partition: values))
        // A value that is missing or makes no sense is a doubt.
        #expect(matches("p", .text("b"), nil) == all)
        #expect(matches("q", .integer(1), nil, partition: ["q": "ten"]) == all)
    }

    @Test("conditions are joined as in SQL")
    func joined() {
        let range = bounds("i", "5", "7")
        let yes = FilePredicate.compare("i", .equal, .integer(6))
        let no = FilePredicate.compare("i", .equal, .integer(60))
        #expect(mayMatch(.and([yes, yes]), range) && !mayMatch(.and([yes, no]), range) && mayMatch(.and([]), range))
        #expect(mayMatch(.or([no, yes]), range) && !mayMatch(.or([no, no]), range) && !mayMatch(.or([]), range))
        #expect(mayMatch(.isIn("i", [.integer(1), .integer(6)]), range))
        #expect(!mayMatch(.isIn("i", [.integer(1), .integer(60)]), range))
        #expect(mayMatch(.or([no, .always]), range) && !mayMatch(.and([no, .always]), range))
    }

    @Test("under column mapping the physical names count")
    func columnMapping() {
        var mapped = Self.metadata
        mapped.configuration["delta.columnMapping.mode"] = "name"
        for (index, name) in ["i": 0, "p": 12].map({ ($1, $0) }) {
            mapped.schema.fields[index].metadata["delta.columnMapping.physicalName"] = .string("col-\(name)")
        }
        let range = bounds("col-i", "5", "7")
        #expect(matches("i", .integer(8), range, metadata: mapped) == "<> < <=")
        #expect(matches("i", .integer(8), bounds("i", "5", "7"), metadata: mapped) == all)
        #expect(matches("p", .text("a"), nil, partition: ["col-p": "b"], metadata: mapped) == "<> > >=")
    }

    @Test("a file with a matching row is never dropped", arguments: 0..<8)
    func soundness(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet: [Character] = ["a", "b", "z", "\u{7F}", "é", "\u{FFFD}", "😀", "\u{10FFFF}"]
        for _ in 0..<60 {
            let rows = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                (
                    i: Int.random(in: -3...3, using: &random), isNull: Int.random(in: 0..<4, using: &random) == 0,
                    t: String(
                        (0..<Int.random(in: 0...40, using: &random)).map { _ in
                            alphabet.randomElement(using: &random) ?? "a"
                        })
                )
            }
            let columns: [String: [String: String]] = [
                "\"i\"": [
                    "min": rows.filter { !$0.isNull }.map(\.i).min().map(String.init),
                    "max": rows.filter { !$0.isNull }.map(\.i).max().map(String.init),
                    "null_count": String(rows.count { $0.isNull }),
                ].compactMapValues { $0 },
                "\"t\"": [
                    "min": rows.map(\.t).min { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) } ?? "",
                    "max": rows.map(\.t).max { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) } ?? "",
                    "null_count": "0",
                ],
            ]
            let statistics = JSONValue.object(
                FileStatistics(rows: rows.count, columns: columns, schema: Self.schema, excluding: []).json
            ).serialized
            for _ in 0..<20 {
                let comparison = try #require(FilePredicate.Comparison.allCases.randomElement(using: &random))
                let number = Int.random(in: -4...4, using: &random)
                let text = Bool.random(using: &random) ? rows[0].t : rows[0].t + "b"
                func holds(_ order: Int) -> Bool {
                    switch comparison {
                    case .equal: order == 0
                    case .notEqual: order != 0
                    case .less: order < 0
                    case .lessOrEqual: order <= 0
                    case .greater: order > 0
                    case .greaterOrEqual: order >= 0
                    }
                }
                let isNumberThere = rows.contains { !$0.isNull && holds($0.i - number) }
                if isNumberThere { #expect(mayMatch(.compare("i", comparison, .integer(number)), statistics)) }
                let isTextThere = rows.contains { row in
                    let (left, right) = (Array(row.t.utf8), Array(text.utf8))
                    return holds(left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1)
                }
                if isTextThere { #expect(mayMatch(.compare("t", comparison, .text(text)), statistics), "\(text)") }
            }
            #expect(mayMatch(.isNull("i"), statistics) == rows.contains { $0.isNull })
        }
    }

    @Test("statistics damaged in any way rule nothing out by accident of reading")
    func damaged() {
        var random = SeededGenerator(seed: 9)
        let source = Array(bounds("i", "5", "7").utf8)
        let predicate = FilePredicate.or([.isNull("i"), .compare(FileColumn(["s", "e"]), .less, .text("x"))])
        for _ in 0..<3_000 {
            let text = String(decoding: random.mutated(source), as: UTF8.self)
            // Statistics say nothing of the second column, so that the file may always match.
            let isEmpty = (try? JSONValue(parsing: text))?.object?["numRecords"]?.int == 0
            #expect(mayMatch(predicate, text) || isEmpty)
        }
    }
}
