import Testing

@testable import DeltaLog

@Suite("Types")
struct DeltaTypeTests {
    @Test(
        "DuckDB types are stored as Delta types, with a cast where they differ",
        arguments: [
            ("BOOLEAN", "boolean", nil), ("TINYINT", "byte", nil), ("SMALLINT", "short", nil),
            ("INTEGER", "integer", nil),
            ("BIGINT", "long", nil), ("UTINYINT", "short", "SMALLINT"),
            ("USMALLINT", "integer", "INTEGER"),
            ("UINTEGER", "long", "BIGINT"), ("UBIGINT", "long", "BIGINT"), ("HUGEINT", "long", "BIGINT"),
            ("FLOAT", "float", nil), ("DOUBLE", "double", nil), ("DECIMAL(18,3)", "decimal(18,3)", nil),
            ("VARCHAR", "string", nil), ("ENUM('a(', 'it''s')", "string", "VARCHAR"),
            ("UUID", "string", "VARCHAR"),
            ("TIME", "string", "VARCHAR"), ("TIME WITH TIME ZONE", "string", "VARCHAR"),
            ("BIT", "string", "VARCHAR"),
            ("JSON", "string", "VARCHAR"), ("\"NULL\"", "string", "VARCHAR"), ("BLOB", "binary", nil),
            ("DATE", "date", nil), ("TIMESTAMP", "timestamp_ntz", nil),
            ("TIMESTAMP_NS", "timestamp_ntz", "TIMESTAMP"),
            ("TIMESTAMP WITH TIME ZONE", "timestamp", nil),
        ] as [(String, String, String?)])
    func primitives(duckDB: String, delta: String, cast: String?) throws {
        let stored = try DeltaType.from(duckDB: duckDB, column: "c")
        #expect(stored.type.name == delta)
        #expect(stored.cast == cast)
    }

    @Test("casts reach into nested types")
    func nested() throws {
        let stored = try DeltaType.from(
            duckDB:
                #"STRUCT("a b" UTINYINT, "c""d" ENUM('x', ')')[], m MAP(VARCHAR, INTEGER[3]), "é" STRUCT(x DATE))"#,
            column: "c")
        #expect(
            stored.cast
                == #"STRUCT("a b" SMALLINT, "c""d" VARCHAR[], "m" MAP(VARCHAR, INTEGER[]), "é" STRUCT("x" DATE))"#
        )
        let plain = try DeltaType.from(duckDB: "STRUCT(a INTEGER, b VARCHAR[])[]", column: "c")
        #expect(plain.cast == nil)
        #expect(
            try DeltaType.from(duckDB: "INTEGER[][]", column: "c").type.duckDBType.text == "INTEGER[][]")
    }

    @Test(
        "a type that cannot be stored is refused with the column's path",
        arguments: [
            ("INTERVAL", "c"), ("UNION(n INTEGER, s VARCHAR)", "c"),
            ("STRUCT(a STRUCT(b INTERVAL[]))", "c.a.b.element"),
            ("VARIANT", "c"), ("GEOMETRY('OGC:CRS84')", "c"), ("MAP(VARCHAR, INTERVAL)", "c.value"),
            ("INTEGER[", "c"),
            ("STRUCT(a INTEGER, A INTEGER)", "c"),
        ])
    func refused(duckDB: String, path: String) {
        let error = #expect(throws: DeltaLogError.self) {
            try DeltaType.from(duckDB: duckDB, column: "c")
        }
        #expect(error?.code == .unsupportedType)
        #expect(error?.message.hasPrefix("column \(path) has") == true)
    }

    @Test("a schema is written as the protocol says and read back")
    func schemaJSON() throws {
        let text = """
            {"type":"struct","fields":[\
            {"name":"a","type":"integer","nullable":true,"metadata":{"comment":"the first"}},\
            {"name":"d","type":"decimal(10,2)","nullable":false,"metadata":{}},\
            {"name":"l","type":{"type":"array","elementType":"string","containsNull":true},"nullable":true,"metadata":{}},\
            {"name":"m","type":{"type":"map","keyType":"string","valueType":{"type":"struct","fields":[\
            {"name":"x","type":"timestamp_ntz","nullable":true,"metadata":{}}]},"valueContainsNull":true},\
            "nullable":true,"metadata":{}}]}
            """
        let schema = try DeltaSchema(json: JSONValue(parsing: text))
        #expect(JSONValue.object(schema.json).serialized == text)
        #expect(schema.containsTimestampNTZ)
        #expect(schema["A"]?.comment == "the first")
        #expect(schema["m"]?.type.duckDBType.text == #"MAP(VARCHAR, STRUCT("x" TIMESTAMP))"#)
    }

    @Test(
        "a type that is not understood is named", arguments: ["variant", "decimal(50,2)", "geometry"])
    func unknownType(name: String) throws {
        let json = try JSONValue(
            parsing:
                #"{"type":"struct","fields":[{"name":"v","type":"\#(name)","nullable":true,"metadata":{}}]}"#
        )
        let error = #expect(throws: DeltaLogError.self) { try DeltaSchema(json: json) }
        #expect(error?.message == "column v has the type \(name), which is not supported")
    }

    @Test("a column that is only NULL is read as one of texts")
    func void() throws {
        let text =
            #"{"type":"struct","fields":[{"name":"v","type":"void","nullable":true,"metadata":{}}]}"#
        let schema = try DeltaSchema(json: JSONValue(parsing: text))
        #expect(schema.fields[0].type == .void && schema.fields[0].type.duckDBType.text == "VARCHAR")
        #expect(JSONValue.object(schema.json).serialized == text)
    }
}
