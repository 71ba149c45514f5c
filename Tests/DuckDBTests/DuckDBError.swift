import DuckDB
import Testing

@Suite("DuckDBError")
struct DuckDBErrorTests {
    let database: Database

    init() throws {
        database = try Database(.init(threads: 2))
        try database.withConnection { try $0.execute("CREATE TABLE t (distance INTEGER, origin VARCHAR)") }
    }

    func failure(_ sql: String) -> DuckDBError? {
        #expect(throws: DuckDBError.self) { try database.withConnection { try $0.execute(sql) } }
    }

    @Test("an unknown column has its position and the names that were meant")
    func unknownColumn() throws {
        let error = try #require(failure("SELECT distnce FROM t"))
        #expect(error.code == .binder)
        #expect(error.message == "Referenced column \"distnce\" not found in FROM clause!")
        #expect(error.position == 7)
        #expect(error.candidates == ["distance", "origin"])
        #expect(error.sqlSubtype == "COLUMN_NOT_FOUND")
        #expect(error.name == "distnce")
    }

    @Test("columns(of:) reports the same as running")
    func unknownColumnWhenBinding() throws {
        let error = #expect(throws: DuckDBError.self) {
            try database.withConnection { try $0.columns(of: "SELECT 'ä', distnce FROM t") }
        }
        #expect(error?.position == 13)
        #expect(error?.candidates.first == "distance")
    }

    @Test("a position counts from the beginning of the text, not of the statement")
    func positionInSeveralStatements() {
        #expect(failure("SELECT 1; SELECT distnce FROM t")?.position == 17)
    }

    @Test("what is no SQL has its position")
    func syntax() throws {
        let error = try #require(failure("SELECT 1;\n SELCT 2"))
        #expect(error.code == .parser)
        #expect(error.message == "syntax error at or near \"SELCT\"")
        #expect(error.position == 11)
        #expect(failure("SELECT * FROM t WHERE")?.position == 21)
        #expect(failure("SELECT 1\0 FROM t")?.position == 8)
    }

    @Test("an unknown table or function has suggestions")
    func catalog() throws {
        let table = try #require(failure("FROM tt"))
        #expect(table.code == .catalog)
        #expect(table.candidates == ["t"])
        #expect(table.sqlSubtype == "MISSING_ENTRY")
        #expect(table.message == "Table with name tt does not exist!")
        #expect(failure("SELECT foo(1)")?.candidates == ["floor"])
        #expect(failure("SELECT a.b.c FROM t")?.candidates == ["t"])
        #expect(failure("SET memory_limt = '1GB'")?.candidates.first == "memory_limit")
    }

    @Test("a function with wrong arguments lists those it takes")
    func functionCandidates() {
        let error = failure("SELECT substring(DATE '2024-01-01')")
        #expect(error?.code == .binder)
        #expect(error?.candidates.contains("substring(VARCHAR, BIGINT) -> VARCHAR") == true)
        #expect(error?.message.contains("Candidate") == false)
    }

    @Test("values that cannot be converted")
    func conversion() {
        #expect(failure("SELECT 'abc'::INTEGER")?.code == .conversion)
        #expect(failure("SELECT CAST(x AS INT) FROM (SELECT 'q' || i AS x FROM range(5) r(i))")?.code == .conversion)
        #expect(failure("SELECT 9223372036854775807 + i FROM range(1, 2) r(i)")?.code == .outOfRange)
    }

    @Test("files that cannot be read or written")
    func files() {
        #expect(failure("FROM '/nonexistent/x.parquet'")?.code == .io)
        #expect(failure("COPY t TO '/nonexistent/x.parquet'")?.code == .io)
    }

    @Test("constraints, settings and extensions")
    func others() {
        #expect(failure("CREATE TEMP TABLE k (i INT PRIMARY KEY); INSERT INTO k VALUES (1), (1)")?.code == .constraint)
        #expect(failure("FROM 's3://bucket/x.parquet'")?.code == .missingExtension)
        #expect(throws: DuckDBError.self) { try Database(.init(settings: ["no_such_setting": "1"])).connect() }
        #expect(throws: DuckDBError.self) { try Database(.init(extensions: ["/no/such.duckdb_extension"])) }
        #expect(throws: DuckDBError.self) { try Database(.init(threads: -1)) }
    }

    @Test("the description is complete")
    func description() {
        #expect(
            failure("FROM tt").map { "\($0)" }
                == "Catalog Error: Table with name tt does not exist! Did you mean \"t\"?"
        )
    }
}
