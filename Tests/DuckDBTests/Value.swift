import DuckDB
import Testing

@Suite("Value")
struct ValueTests {
    let database: Database

    init() throws {
        database = try Database(.init(threads: 2))
    }

    func value(_ expression: String) throws -> Value {
        try database.withConnection { try $0.query("SELECT \(expression)")[0][0] }
    }

    @Test(
        "types without a case of their own are DuckDB's text",
        arguments: [
            "DATE '1970-01-01' + (i * 7919 - 700000)::INT", "DATE '0001-01-01'", "DATE '9999-12-31'",
            "DATE '0044-03-15 (BC)'", "DATE '12000-01-01'", "'infinity'::DATE", "'-infinity'::TIMESTAMP",
            "make_timestamp(i * 987654321987 - 60000000000000000)", "TIMESTAMP '2024-01-01 00:00:00.5'",
            "make_timestamp(i * 987654321987 - 60000000000000000)::TIMESTAMPTZ", "'290000-01-01'::TIMESTAMPTZ",
            "make_timestamp_ns(i * 987654321987654)", "make_timestamp(i * 1000000)::TIMESTAMP_S",
            "make_timestamp(i * 1001000)::TIMESTAMP_MS", "TIME '00:00:00' + to_microseconds(i * 123456789)",
            "'23:59:59.123456789'::TIME_NS", "'10:00:00+05:30'::TIMETZ", "to_days(i::INT) + to_microseconds(i)",
            "(i * 12345 - 500000)::DECIMAL(18,3)", "(i - 50)::DECIMAL(5,2)", "(i - 50)::DECIMAL(9,0)",
            "(-0.01)::DECIMAL(3,3)", "0::DECIMAL(3,3)", "0.5::DECIMAL(38,38)",
            "'-12345678901234567890123456789.0123'::DECIMAL(38,4)",
            "i::HUGEINT * 123456789012345678901234567", "-i::HUGEINT", "i::UHUGEINT * 123456789012345678901234567",
            "uuid()", "'f0000000-0000-0000-0000-00000000000f'::UUID", "i::INT::BIT", "i::BIGNUM",
            "(-i - 1)::BIGNUM", "'123456789012345678901234567890123456789012345678901234567890'::BIGNUM",
        ]
    )
    func text(_ expression: String) throws {
        let connection = try database.connect()
        let rows = try connection.query(
            "SELECT v, v::VARCHAR AS text FROM (SELECT \(expression) AS v FROM range(200) r(i))"
        )
        #expect(rows.map { $0["v"].text } == rows.map { $0["text"].text })
    }

    @Test("numbers")
    func numbers() throws {
        #expect(try value("(-128)::TINYINT") == -128)
        #expect(try value("65535::USMALLINT") == 65535)
        #expect(try value("4294967295::UINTEGER") == 4_294_967_295)
        #expect(try value("18446744073709551615::UBIGINT") == .uint(.max))
        #expect(try value("-9223372036854775808") == .int(.min))
        #expect(try value("0.5::FLOAT") == 0.5)
        #expect(try value("'nan'::DOUBLE").double?.isNaN == true)
        #expect(try value("sum(i) FROM range(10) r(i)").int == 45)
        #expect(try value("1.50::DECIMAL(5,2)").double == 1.5)
    }

    @Test("nested values")
    func nested() throws {
        #expect(try value("[1, NULL, 3]") == .list([1, .null, 3]))
        #expect(try value("[[1], [], NULL]") == .list([.list([1]), .list([]), .null]))
        #expect(try value("[1, 2]::INT[2]") == .list([1, 2]))
        #expect(try value("map {'a': {'x': 1}, 'b': NULL}")["a"]["x"] == 1)
        #expect(try value("union_value(k := 'v')::UNION(n INT, k VARCHAR)") == "v")
        #expect(try value("'b'::ENUM('a', 'b')") == "b")
        #expect(try value("'{\"a\": 1}'::JSON") == "{\"a\": 1}")
        #expect(try value("'\\x00\\xFF'::BLOB") == .bytes([0, 255]))
        #expect(try value("{'a': [{'b': DATE '2024-01-01'}]}")["a"].list?[0]["b"] == .other("2024-01-01"))
        #expect(throws: DuckDBError.self) { try value("'1'::VARIANT") }
    }

    @Test("nested values of many rows, from constants, dictionaries and slices")
    func nestedRows() throws {
        let sql = """
            SELECT i, [x * 2 FOR x IN l IF x % 2 = 0] AS filtered, l[2:3] AS slice, {'k': 'constant', 'i': i, 'l': l} AS s,
                map_values(m) AS mv, list_transform(l, x -> {'x': x, 't': t}) AS ls, e,
                CASE WHEN i % 3 = 0 THEN NULL ELSE [t, NULL] END AS n
            FROM (SELECT i, [i, i + 1, i + 2] AS l, 't' || (i % 7) AS t, map {t: [i]} AS m,
                ('e' || (i % 2))::ENUM('e0', 'e1') AS e FROM range(5000) r(i)) WHERE i % 2 = 1 ORDER BY i
            """
        let connection = try database.connect()
        var row = 0
        func check(_ value: (Int) -> Value) {
            let i = Int64(row * 2 + 1)
            let t = Value.text("t\(i % 7)")
            let list: [Int64] = [i, i + 1, i + 2]
            guard value(0) == .int(i), value(1) == .list([.int((i + 1) * 2)]),
                value(2) == .list([.int(i + 1), .int(i + 2)]), value(3)["k"] == "constant",
                value(3)["i"] == .int(i),
                value(3)["l"] == .list(list.map { .int($0) }), value(4) == .list([.list([.int(i)])]),
                value(5).list?.map({ $0["x"] }) == list.map({ .int($0) }), value(5).list?[1]["t"] == t,
                value(6) == "e1", value(7) == (i % 3 == 0 ? .null : .list([t, .null]))
            else {
                Issue.record("row \(row) is wrong: \((0..<8).map(value))")
                return
            }
            row += 1
        }
        for read in try connection.query(sql) { check { read[$0] } }
        #expect(row == 2500)
        row = 0
        try connection.stream(sql) { chunk in
            for index in 0..<chunk.rowCount { check { chunk.value($0, index) } }
        }
        #expect(row == 2500)
    }

    @Test("descriptions")
    func descriptions() {
        let value = Value.structure([
            .init(name: "a", value: .list(["x", .null])), .init(name: "b", value: .bytes([65, 0])),
            .init(name: "c", value: .map([.init(key: 1, value: 2.5)])),
        ])
        #expect("\(value)" == #"{'a': ['x', NULL], 'b': A\x00, 'c': {1=2.5}}"#)
    }
}
