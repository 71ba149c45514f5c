import DuckDB
import Synchronization
import Testing

@Suite("ScalarFunction and Appender")
struct ScalarFunctionTests {
    @Test("a function of Swift computes in SQL, on several threads, and NULL in is NULL out")
    func computes() throws {
        let connection = try Database(.init(threads: 2)).connect()
        try connection.register(
            ScalarFunction(name: "joined", parameters: ["VARCHAR", "UBIGINT"], returns: "VARCHAR") {
                arguments, results in
                for row in 0..<arguments.rowCount {
                    try results.set("\(arguments.text(0, row) ?? "")-\(arguments.value(1, row))", row)
                }
            }
        )
        #expect(
            try connection.query("SELECT joined('a', 1::UBIGINT), joined(NULL, 1::UBIGINT)")[0].values == [
                "a-1", .null,
            ])
        let wrong = try connection.query(
            "SELECT count(*) FROM range(300000) r(i) WHERE joined('a fairly long prefix', i::UBIGINT) <> 'a fairly long prefix-' || i"
        )
        #expect(wrong[0][0] == 0)
    }

    @Test("every fixed-size type can be read and returned")
    func fixedSizeTypes() throws {
        let connection = try Database().connect()
        func check<Element: FixedSizeElement>(_: Element.Type) throws {
            let type = Element.typeName
            try connection.register(
                ScalarFunction(name: "same_\(type)", parameters: [type], returns: type) { arguments, results in
                    let values = arguments.withElements(of: 0, as: Element.self) { Array($0) } ?? []
                    for row in 0..<arguments.rowCount { try results.set(values[row], row) }
                }
            )
            let sql =
                "SELECT bool_and(same_\(type)(i::\(type)) = i::\(type)), count(same_\(type)(i::\(type))) FROM range(100) r(i)"
            #expect(try connection.query(sql)[0].values == [true, 100], "\(type)")
        }
        try check(Bool.self)
        try check(Int8.self)
        try check(Int16.self)
        try check(Int32.self)
        try check(Int64.self)
        try check(UInt8.self)
        try check(UInt16.self)
        try check(UInt32.self)
        try check(UInt64.self)
        try check(Float.self)
        try check(Double.self)
    }

    @Test("what a function throws is the query's error")
    func errors() throws {
        struct Refused: Error, CustomStringConvertible { var description: String { "refused for a reason" } }
        let connection = try Database().connect()
        try connection.register(
            ScalarFunction(name: "failing", parameters: ["ANY"], returns: "BOOLEAN") { _, _ in throw Refused() }
        )
        let error = #expect(throws: DuckDBError.self) {
            try connection.query("SELECT failing(i) FROM range(9) r(i)")
        }
        #expect(error?.code == .invalidInput)
        #expect(error?.message == "refused for a reason")
        try connection.register(
            ScalarFunction(name: "mistaken", parameters: [], returns: "BOOLEAN") { _, results in
                try results.set(Int64(1), 0)
            }
        )
        #expect(throws: DuckDBError.self) { try connection.query("SELECT mistaken()") }
    }

    @Test("what cannot be registered is refused")
    func wrongRegistrations() throws {
        let connection = try Database().connect()
        func function(_ name: String, _ parameters: [String], _ returns: String) -> ScalarFunction {
            ScalarFunction(name: name, parameters: parameters, returns: returns) { _, _ in }
        }
        try connection.register(function("f", ["STRUCT(a DECIMAL(9,2), b VARCHAR[])"], "BOOLEAN"))
        #expect(throws: DuckDBError.self) { try connection.register(function("g", ["NOTYPE"], "BOOLEAN")) }
        #expect(throws: DuckDBError.self) { try connection.register(function("h", [], "DATE")) }
    }

    final class Witness: Sendable {}

    func function(keeping witness: Witness, returning result: Bool = true) -> ScalarFunction {
        ScalarFunction(name: "f", parameters: ["ANY"], isVariadic: true, returns: "BOOLEAN", isVolatile: true) {
            _, results in
            try withExtendedLifetime(witness) { try results.fill(result) }
        }
    }

    @Test("a function's body lives until another one replaces it, it is withdrawn, or the database is closed")
    func lifetime() throws {
        weak var first: Witness?
        weak var second: Witness?
        weak var third: Witness?
        do {
            let database = try Database()
            let connection = try database.connect()
            let witness = Witness()
            first = witness
            try connection.register(function(keeping: witness))
        }
        #expect(first == nil)
        let connection = try Database().connect()
        do {
            let witnesses = (Witness(), Witness())
            (second, third) = witnesses
            try connection.register(function(keeping: witnesses.0))
            #expect(try connection.query("SELECT f(1)")[0][0] == true)
            let replacement = function(keeping: witnesses.1, returning: false)
            try connection.register(replacement)
            #expect(try connection.query("SELECT f(1)")[0][0] == false)
            try connection.withdraw(replacement)
        }
        #expect(second == nil)
        #expect(third == nil)
        let error = #expect(throws: DuckDBError.self) { try connection.query("SELECT f(1)") }
        #expect(error?.message == "The function f was withdrawn.")
    }

    @Test("several connections register functions at the same time")
    func concurrentRegistration() async throws {
        let database = try Database(.init(threads: 2))
        try await withThrowingTaskGroup(of: Value.self) { group in
            for index in 0..<16 {
                group.addTask {
                    try database.withConnection { connection in
                        for _ in 0..<20 {
                            try connection.register(
                                ScalarFunction(name: "f\(index)", parameters: [], returns: "BIGINT") { _, results in
                                    try results.fill(Int64(index))
                                }
                            )
                        }
                        return try connection.query("SELECT f\(index)() - \(index)")[0][0]
                    }
                }
            }
            for try await value in group { #expect(value == 0) }
        }
    }

    @Test("an appender writes rows, casts values, and drops what was not closed")
    func appender() throws {
        let connection = try Database().connect()
        try connection.execute("CREATE TEMP TABLE t (i INTEGER, d DATE, l VARCHAR[])")
        let appender = try connection.appender(table: "t")
        try appender.append([1, .other("2024-01-01"), .list(["a", .null])])
        try appender.append([.null, .null, .null])
        try appender.close()
        try appender.close()
        #expect(throws: DuckDBError.self) { try appender.append([1, .null, .null]) }
        #expect(
            try connection.query("FROM t").map(\.values) == [
                [1, .other("2024-01-01"), .list(["a", .null])], [.null, .null, .null],
            ]
        )
        do { try connection.appender(table: "t").append([2, .null, .null]) }
        #expect(try connection.query("SELECT count(*) FROM t")[0][0] == 2)
        #expect(throws: DuckDBError.self) {
            try connection.appender(table: "t").append(["no number", .null, .null])
        }
        #expect(throws: DuckDBError.self) { try connection.appender(table: "t").append([1]) }
        let error = #expect(throws: DuckDBError.self) { try connection.appender(table: "missing") }
        #expect(error?.code == .catalog)
    }

    @Test("an appender that outlives its connection and database fails, and harms nothing")
    func orphanedAppender() throws {
        var appender: Appender?
        do {
            let connection = try Database().connect()
            try connection.execute("CREATE TEMP TABLE t (i INTEGER, t VARCHAR)")
            appender = try connection.appender(table: "t")
            try appender?.append([1, "a text that is too long to be stored inline"])
            let kept = appender
            // The database keeps the function, which keeps the appender: closing it destroys all three.
            try connection.register(
                ScalarFunction(name: "f", parameters: [], returns: "BOOLEAN") { _, _ in try kept?.flush() }
            )
        }
        #expect(throws: DuckDBError.self) { try appender?.flush() }
        #expect(throws: DuckDBError.self) { try appender?.close() }
        appender = nil
    }
}
