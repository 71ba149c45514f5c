import Testing

@testable import DeltaLog

@Suite("File statistics")
struct FileStatisticsTests {
    private func schema(_ columns: [(String, String)]) throws -> DeltaSchema {
        DeltaSchema(
            fields: try columns.map {
                DeltaField(name: $0.0, type: try DeltaType.from(duckDB: $0.1, column: $0.0).type)
            })
    }

    @Test("DuckDB's texts become the reference writers' statistics")
    func statistics() throws {
        let schema = try schema([
            ("i", "INTEGER"), ("s t", "STRUCT(a DATE, b STRUCT(c DOUBLE))"), ("l", "INTEGER[]"), ("b", "BOOLEAN"),
            ("d", "DECIMAL(10,2)"), ("nan", "DOUBLE"), ("inf", "FLOAT"), ("ts", "TIMESTAMP"),
            ("tz", "TIMESTAMP WITH TIME ZONE"), ("p", "VARCHAR"), ("bc", "DATE"),
        ])
        let texts: [String: [String: String]] = [
            "\"i\"": ["min": "-5", "max": "7", "null_count": "1"],
            "\"s t\".\"a\"": ["min": "2024-01-01", "max": "2024-02-01", "null_count": "0"],
            "\"s t\".\"b\".\"c\"": ["min": "-1.5", "max": "1e+20", "null_count": "2", "has_nan": "false"],
            "\"l\".\"element\"": ["min": "1", "max": "2", "null_count": "3"],
            "\"b\"": ["min": "0", "max": "1", "null_count": "0"],
            "\"d\"": ["min": "-0.50", "max": "12.30", "null_count": "0"],
            "\"nan\"": ["min": "1.0", "max": "1.0", "has_nan": "true", "null_count": "0"],
            "\"inf\"": ["min": "3.0", "max": "inf", "has_nan": "false", "null_count": "0"],
            "\"ts\"": ["min": "1969-12-31 23:59:59.999999", "max": "2024-01-01 00:00:00.123456", "null_count": "0"],
            "\"tz\"": ["min": "2024-01-01 00:00:00+00", "max": "2024-12-31 23:59:59.9995+00", "null_count": "0"],
            "\"p\"": ["min": "a", "max": "b", "null_count": "0"],
            "\"bc\"": ["min": "0045-01-01 (BC)", "max": "infinity", "null_count": "0"],
        ]
        let statistics = FileStatistics(rows: 10, columns: texts, schema: schema, excluding: ["p"])
        #expect(
            JSONValue.object(statistics.json).serialized == """
                {"numRecords":10,\
                "minValues":{"i":-5,"s t":{"a":"2024-01-01","b":{"c":-1.5}},"d":-0.50,"inf":3.0,\
                "ts":"1969-12-31T23:59:59.999","tz":"2024-01-01T00:00:00.000Z"},\
                "maxValues":{"i":7,"s t":{"a":"2024-02-01","b":{"c":1e+20}},"d":12.30,\
                "ts":"2024-01-01T00:00:00.124","tz":"2025-01-01T00:00:00.000Z"},\
                "nullCount":{"i":1,"s t":{"a":0,"b":{"c":2}},"b":0,"d":0,"nan":0,"inf":0,"ts":0,"tz":0,"bc":0}}
                """)
    }

    @Test("only the first 32 leaf columns have statistics")
    func limit() throws {
        var columns = (0..<30).map { ("c\($0)", "INTEGER") }
        columns.insert(("s", "STRUCT(a INTEGER, b INTEGER, c INTEGER)"), at: 0)
        var texts: [String: [String: String]] = [:]
        for (name, _) in columns { texts["\"\(name)\""] = ["min": "1", "max": "2", "null_count": "0"] }
        for name in ["a", "b", "c"] { texts["\"s\".\"\(name)\""] = ["min": "1", "max": "2", "null_count": "0"] }
        let json = FileStatistics(rows: 1, columns: texts, schema: try schema(columns), excluding: []).json
        #expect(json["minValues"]?.object?.members.count == 30)
        #expect(json["minValues"]?.object?["c28"] != nil)
        #expect(json["minValues"]?.object?["c29"] == nil)
    }

    @Test("a table says itself which columns have statistics")
    func indexedColumns() throws {
        let schema = try schema([
            ("a", "INTEGER"), ("s", "STRUCT(x INTEGER, y INTEGER)"), ("b.c", "INTEGER"), ("d", "INTEGER"),
        ])
        var texts: [String: [String: String]] = [:]
        for path in ["\"a\"", "\"s\".\"x\"", "\"s\".\"y\"", "\"b.c\"", "\"d\""] {
            texts[path] = ["min": "1", "max": "1", "null_count": "0"]
        }
        func columns(_ properties: [String: String]) -> String? {
            let metadata = Metadata(id: "x", schema: schema, configuration: properties)
            let statistics = FileStatistics(
                rows: 1, columns: texts, schema: schema, excluding: [], indexing: metadata.statisticsColumns)
            let counts = statistics.json["nullCount"]
            #expect(statistics.json["minValues"]?.object?.members.map(\.name) == counts?.object?.members.map(\.name))
            return counts?.serialized
        }
        #expect(columns([:]) == #"{"a":0,"s":{"x":0,"y":0},"b.c":0,"d":0}"#)
        #expect(columns(["delta.dataSkippingNumIndexedCols": "2"]) == #"{"a":0,"s":{"x":0}}"#)
        #expect(columns(["delta.dataSkippingNumIndexedCols": "0"]) == "{}")
        #expect(columns(["delta.dataSkippingNumIndexedCols": "-1"]) == columns([:]))
        #expect(columns(["delta.dataSkippingStatsColumns": "D, s.Y"]) == #"{"s":{"y":0},"d":0}"#)
        #expect(columns(["delta.dataSkippingStatsColumns": "s,`b.c`"]) == #"{"s":{"x":0,"y":0},"b.c":0}"#)
        #expect(
            columns(["delta.dataSkippingStatsColumns": "a", "delta.dataSkippingNumIndexedCols": "0"]) == #"{"a":0}"#)
        #expect(columns(["delta.dataSkippingStatsColumns": "nothing"]) == "{}")
    }

    @Test("floats are written in full, zeros with both signs, and nothing that JSON has no number for")
    func reals() {
        func bounds(_ text: String, _ type: DeltaType) -> [String?] {
            [false, true].map { FileStatistics.bound(text, type, isMaximum: $0)?.serialized }
        }
        #expect(bounds("0.1", .float) == ["0.10000000149011612", "0.10000000149011612"])
        #expect(bounds("0.1", .double) == ["0.1", "0.1"])
        #expect(bounds("-0.0", .double) == ["-0.0", "0.0"] && bounds("0.0", .float) == ["-0.0", "0.0"])
        #expect(bounds("1e+300", .double) == ["1e+300", "1e+300"])
        for text in ["inf", "-inf", "nan"] { #expect(bounds(text, .double) == [nil, nil]) }
        let long = DeltaType.decimal(precision: 38, scale: 10)
        #expect(bounds("123456789012345678.1234567890", long)[0] == "123456789012345678.1234567890")
    }

    @Test("long texts are cut so that they stay bounds")
    func truncation() {
        func bounds(_ text: String) -> (String?, String?) {
            (
                FileStatistics.bound(text, .string, isMaximum: false)?.text,
                FileStatistics.bound(text, .string, isMaximum: true)?.text
            )
        }
        let a32 = String(repeating: "a", count: 32)
        #expect(bounds(a32) == (a32, a32))
        #expect(bounds(a32 + "z") == (a32, a32 + "\u{7F}"))
        #expect(bounds(a32 + "ü") == (a32, a32 + "\u{10FFFF}"))
        #expect(bounds(a32 + "\u{10FFFF}b").1 == a32 + "\u{10FFFF}\u{10FFFF}")
        #expect(bounds(a32 + String(repeating: "\u{10FFFF}", count: 100)).1 == nil)
        // A character of two UTF-16 units is not split.
        let emoji = String(repeating: "a", count: 31) + "😀rest"
        #expect(bounds(emoji).0 == String(repeating: "a", count: 31))
        for text in [a32 + "zz", a32 + "ü", emoji, a32 + "\u{10FFFF}b", a32 + "\u{7F}x"] {
            let (low, high) = bounds(text)
            #expect(Array((low ?? "").utf8).lexicographicallyPrecedes(Array(text.utf8)))
            #expect(high.map { Array(text.utf8).lexicographicallyPrecedes(Array($0.utf8)) } ?? true)
        }
    }
}
