import Columnar
import Foundation
import Servers
import SparkConnect
import Synchronization
import TestThreads
import Testing

/// Against the real server that the process shares.
@Suite("Sessions on a Spark server", .onTime, .enabled(if: SparkServer.isExpected))
struct SparkServerTests {
    private func withSession<Value: Sendable>(_ body: (SparkSession) async throws -> Value) async throws -> Value {
        try await SparkSession.with(SparkEndpoint(reading: SparkServer.shared().connectionString), body)
    }

    private func values(_ batches: [RecordBatch]) -> [[Value]] {
        batches.flatMap { batch in (0..<batch.count).map { row in batch.columns.map { $0.value(at: row) } } }
    }

    @Test("one row, its columns, and the server's version")
    func row() async throws {
        try await withSession { session in
            #expect(session.serverVersion.first == "4")
            let plan = SparkPlan.rows(.sql("SELECT 1 AS a, 'Zürich' AS b, CAST(NULL AS DOUBLE) AS c"))
            let events = Mutex<[SparkEvent]>([])
            try await session.execute(plan) { event in events.withLock { $0.append(event) } }
            let fields = [
                SparkField("a", .integer, isNullable: false), SparkField("b", .string, isNullable: false),
                SparkField("c", .double),
            ]
            #expect(events.withLock { $0.contains(.schema(fields)) })
            let rows = try await session.collect(plan)
            #expect(values(rows) == [[.int(1), .text("Zürich"), .null]])
            let schema = try await session.schema(of: plan)
            #expect(schema == fields)
        }
    }

    @Test("an empty result has columns, and no rows")
    func empty() async throws {
        try await withSession { session in
            let batches = try await session.collect(.sql("SELECT 1 AS a WHERE false"))
            #expect(batches.map(\.count) == [0])
            #expect(batches.first?.schema.fields.map(\.name) == ["a"])
        }
    }

    @Test("values of every type of Spark's")
    func types() async throws {
        try await withSession { session in
            try await session.set(["spark.sql.session.timeZone": "UTC"])
            let batches = try await session.collect(
                .sql(
                    """
                    SELECT 1Y, 2S, 3, 4L, CAST(0.5 AS FLOAT), 0.25D, -12345678901234567890.12BD, true, X'00FF', DATE '1969-12-31',
                        TIMESTAMP '1970-01-01 00:00:01', TIMESTAMP_NTZ '1969-12-31 23:59:59', INTERVAL '1' MONTH,
                        INTERVAL '1 00:00:01' DAY TO SECOND, array(1, NULL), map('k', 1), named_struct('a', 'x', 'b', NULL),
                        parse_json('{"a":1}') IS NULL, '𝒳', NULL
                    """))
            let types = try #require(batches.first).schema.fields.map { "\($0.type)" }
            #expect(
                types == [
                    "int8", "int16", "int32", "int64", "float32", "float64", "decimal128(22, 2)", "bool", "binary",
                    "date32",
                    "timestamp(microsecond, UTC)", "timestamp(microsecond)", "interval(months)",
                    "duration(microsecond)",
                    "list<element: int32>", "map<key: utf8 not null, value: int32 not null>",
                    "struct<a: utf8 not null, b: null>", "bool", "utf8", "null",
                ])
            let row = try #require(values(batches).first).map { "\($0)" }
            #expect(
                row == [
                    "1", "2", "3", "4", "0.5", "0.25", "-1234567890123456789012", "true", "x'00ff'", "-1", "1000000",
                    "-1000000", "1", "86401000000", "[1, null]", #"{"k": 1}"#, #"("x", null)"#, "false", #""𝒳""#,
                    "null",
                ])
        }
    }

    @Test("arguments by name and by place")
    func arguments() async throws {
        try await withSession { session in
            let named = SparkRelation.sql(
                "SELECT :n + 1, :s, :d, :x, :t",
                named: [
                    "n": .long(41), "s": .string("it's"), "d": .date(0), "x": .decimal("1.50", precision: 3, scale: 2),
                    "t": .null(.string),
                ])
            let byName = try await session.collect(named)
            #expect(
                values(byName)
                    == [[.int(42), .text("it's"), .int(0), .decimal(WideInteger(Int64(150))), .null]])
            let placed = SparkRelation.sql("SELECT ?, ?", positional: [.boolean(true), .double(0.5)])
            let byPlace = try await session.collect(placed)
            #expect(values(byPlace) == [[.bool(true), .double(0.5)]])
        }
    }

    @Test("statements act at once and give relations; views, limits, filters, chosen columns")
    func statements() async throws {
        try await withSession { session in
            try await session.run(.makeView("numbers", of: .range(0, 100)))
            let relation = try await session.run(.statement("SHOW VIEWS"))
            let views = try await session.collect(#require(relation))
            #expect(values(views).contains { $0.contains(.text("numbers")) })
            let some = SparkRelation.table("numbers").filter("id % 2 = 0").select(["id * 10 AS tens"]).limit(3)
            let columns = try await session.schema(of: some).map(\.name)
            #expect(columns == ["tens"])
            let someRows = try await session.collect(some)
            #expect(values(someRows).map(\.first) == [.int(0), .int(20), .int(40)])
            let isFiltered = try await session.explain(.rows(some)).contains("Filter")
            #expect(isFiltered)
        }
    }

    @Test("rows go in as Arrow and out to Parquet, partitioned, and come back")
    func files() async throws {
        let server = try await SparkServer.shared()
        try await withSession { session in
            let schema = Schema([Field("k", .utf8), Field("v", .int64)])
            var keys = try ByteStringBuilder(.utf8)
            var numbers = FixedWidthBuilder<Int64>(.int64, zero: 0)
            for row in 0..<10 {
                try keys.append(row % 2 == 0 ? "even" : "odd")
                try numbers.append(row == 3 ? nil : Int64(row))
            }
            let batch = try RecordBatch(schema, [keys.finish(), numbers.finish()])
            let path = server.folder.appending(path: "files-\(UUID().uuidString)").path
            let write = SparkPlan.write(
                try .rows([batch], schema), to: path, partitionedBy: ["k"], options: ["compression": "zstd"])
            let given = try await session.run(write)
            #expect(given == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).contains("k=even"))
            let error = await #expect(throws: SparkError.self) { try await session.run(write) }
            #expect(error?.errorClass == "PATH_ALREADY_EXISTS")
            try await session.run(.makeView("written", of: .files([path], format: "parquet")))
            let sums = try await session.collect(.sql("SELECT k, sum(v), count(*) FROM written GROUP BY k ORDER BY k"))
            #expect(values(sums) == [[.text("even"), .int(20), .int(5)], [.text("odd"), .int(22), .int(5)]])
        }
    }

    @Test("settings: read, set, unset, those of the server kept")
    func settings() async throws {
        try await withSession { session in
            let missing = try await session.setting("spark.sql.nothing.of.the.kind")
            #expect(missing == nil)
            try await session.set(["spark.sql.session.timeZone": "Asia/Tokyo", "spark.sql.ansi.enabled": "true"])
            let zone = try await session.setting("spark.sql.session.timeZone")
            #expect(zone == "Asia/Tokyo")
            let seconds = try await session.collect(.sql("SELECT CAST(TIMESTAMP '2024-01-01 09:00:00' AS BIGINT)"))
            #expect(
                values(seconds)
                    == [[.int(1_704_067_200)]])
            try await session.unset(["spark.sql.session.timeZone"])
            let zoneAfterwards = try await session.setting("spark.sql.session.timeZone")
            #expect(zoneAfterwards != "Asia/Tokyo")
            let isAnsiModifiable = try await session.isModifiable("spark.sql.ansi.enabled")
            #expect(isAnsiModifiable)
            let isMasterModifiable = try await session.isModifiable("spark.master")
            #expect(!isMasterModifiable)
        }
    }

    @Test("columns declared as text, of every kind")
    func declared() async throws {
        try await withSession { session in
            let ddl = """
                a BIGINT NOT NULL, b DECIMAL(38,2), c ARRAY<STRUCT<x: INT, y: STRING>>, d MAP<STRING, DATE>,
                e TIMESTAMP, f TIMESTAMP_NTZ, g INTERVAL DAY TO SECOND, h BINARY, i CHAR(3), j VARCHAR(9), k VARIANT
                """
            let fields = try await session.fields(declaredBy: ddl)
            #expect(fields[0] == SparkField("a", .long, isNullable: false))
            #expect(
                fields.dropFirst().map(\.type) == [
                    .decimal(precision: 38, scale: 2),
                    .array(.structure([SparkField("x", .integer), SparkField("y", .string)]), containsNull: true),
                    .map(key: .string, value: .date, valueContainsNull: true), .timestamp, .timestampWithoutZone,
                    .dayTimeInterval, .binary, .char(3), .varchar(9), .variant,
                ])
            let again = try await session.fields(declaredBy: fields.map(\.definition).joined(separator: ", "))
            #expect(again == fields)
        }
    }

    @Test("batches in pieces of a few bytes are put together")
    func pieces() async throws {
        try await withSession { session in
            let plan = SparkPlan.rows(.sql("SELECT id, repeat('x', 100) AS text FROM range(25000)"))
            let batches = try await session.withEvents(of: plan, pieceSize: 10_000) { events in
                var batches: [ArrowBytes] = []
                for try await event in events { if case .batch(let batch) = event { batches.append(batch) } }
                return batches
            }
            #expect(batches.reduce(0) { $0 + $1.rows } == 25_000)
            let decoded = try batches.map { try $0.decoded() }
            #expect(decoded.last.map { $0.columns[0].value(at: $0.count - 1) } == .int(24_999))
            #expect(decoded.allSatisfy { $0.columns[1].value(at: 0) == .text(String(repeating: "x", count: 100)) })
        }
    }

    @Test("an error of analysis has class, state and place")
    func analysisError() async throws {
        try await withSession { session in
            let statement = "SELECT 'ä𝒳', misspelt FROM (SELECT 1 AS spelt)"
            let error = await #expect(throws: SparkError.self) { try await session.schema(of: .sql(statement)) }
            #expect(error?.code == .failed)
            #expect(error?.errorClass == "UNRESOLVED_COLUMN.WITH_SUGGESTION")
            #expect(error?.sqlState == "42703")
            #expect(error?.parameters["objectName"] == "`misspelt`")
            let range = error?.contexts.first?.range(in: statement)
            #expect(range.map { String(statement[$0]) } == "misspelt")
        }
    }

    @Test("an error while it runs has class, state and place, and the session goes on")
    func runningError() async throws {
        try await withSession { session in
            try await session.set(["spark.sql.ansi.enabled": "true"])
            let statement = "SELECT id, 1 / (id - 5) AS x FROM range(10)"
            let error = await #expect(throws: SparkError.self) { try await session.collect(.sql(statement)) }
            #expect(error?.code == .failed && error?.errorClass == "DIVIDE_BY_ZERO" && error?.sqlState == "22012")
            let range = error?.contexts.first?.range(in: statement)
            #expect(range.map { String(statement[$0]) } == "1 / (id - 5)")
            #expect(error?.description.hasPrefix("[DIVIDE_BY_ZERO]") == true)
            let wrong = await #expect(throws: SparkError.self) { try await session.run(.statement("SELEC 1")) }
            #expect(wrong?.errorClass == "PARSE_SYNTAX_ERROR")
            let two = try await session.collect(.sql("SELECT 2"))
            #expect(values(two) == [[.int(2)]])
        }
    }

    @Test("figures that are observed beside the rows")
    func observed() async throws {
        try await withSession { session in
            let relation = SparkRelation.range(0, 1_000).observing("seen", ["count(*) AS rows", "max(id) AS top"])
            let found = Mutex<[SparkObservation]>([])
            try await session.execute(.rows(relation)) { event in
                if case .observed(let observation) = event { found.withLock { $0.append(observation) } }
            }
            #expect(found.withLock { $0.first?.values } == ["rows": .long(1_000), "top": .long(999)])
        }
    }

    @Test("a task that is cancelled ends the job on the server")
    func cancelled() async throws {
        try await withSession { session in
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await session.execute(Self.endless, tags: ["endless"]) { event in
                    if case .progress(let progress) = event, progress.tasksUnderWay > 0 { start.yield() }
                }
            }
            for await _ in started { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // What has ended cannot be interrupted.
            let running = try await session.interruptAll()
            #expect(running == [])
        }
    }

    @Test("who has enough of a result ends the job on the server")
    func enough() async throws {
        try await withSession { session in
            let first = try await session.withEvents(of: .rows(Self.many)) { events in
                for try await event in events { if case .batch(let batch) = event { return batch.rows } }
                return 0
            }
            #expect(first > 0)
            let running = try await session.interruptAll()
            #expect(running == [])
            struct Enough: Error {}
            await #expect(throws: Enough.self) {
                try await session.execute(.rows(Self.many)) { event in
                    if case .batch = event { throw Enough() }
                }
            }
            let runningAfterwards = try await session.interruptAll()
            #expect(runningAfterwards == [])
        }
    }

    @Test("an execution is interrupted by its tag")
    func interrupted() async throws {
        try await withSession { session in
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await session.execute(Self.endless, tags: ["a", "b c"]) { event in
                    if case .progress(let progress) = event, progress.tasksUnderWay > 0 { start.yield() }
                }
            }
            for await _ in started { break }
            let none = try await session.interrupt(tag: "another")
            #expect(none == [])
            let count = try await session.interrupt(tag: "b c").count
            #expect(count == 1)
            let error = await #expect(throws: SparkError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            await #expect(throws: SparkError.self) { try await session.interrupt(tag: "a,b") }
        }
    }

    /// More than fits between client and server. Spark makes each part whole before it sends it.
    private static let many = SparkRelation.range(0, 20_000_000, partitions: 200)

    /// Work for a long time, of which nothing comes back.
    private static let endless = SparkPlan.rows(
        .sql("SELECT sum(hash(a.id, b.id) % 7) FROM range(0, 10000000, 1, 2) a CROSS JOIN range(100000) b"))

    @Test("many executions of one session at once do not get in each other's way")
    func concurrent() async throws {
        try await withSession { session in
            try await withThrowingTaskGroup(of: (Int, [[Value]]).self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let rows = try await session.collect(
                            .sql("SELECT :n, count(*) FROM range(1000)", named: ["n": .integer(Int32(number))]))
                        return (number, self.values(rows))
                    }
                }
                for try await (number, rows) in group { #expect(rows == [[.int(Int64(number)), .int(1_000)]]) }
            }
        }
    }

    @Test("a session that was closed has gone from the server, with its views")
    func closed() async throws {
        var endpoint = try await SparkEndpoint(reading: SparkServer.shared().connectionString)
        endpoint.sessionID = UUID()
        try await SparkSession.with(endpoint) { session in
            #expect(session.id == endpoint.sessionID)
            try await session.run(.makeView("mine", of: .range(0, 1)))
        }
        let error = await #expect(throws: SparkError.self) { try await SparkSession.with(endpoint) { _ in } }
        #expect(error?.code == .sessionLost)
    }

    @Test("where nobody answers, the message says so, and soon")
    func closedPort() async throws {
        // A free port might be somebody else's a moment later; at this one nobody ever listens.
        let endpoint = SparkEndpoint(host: "127.0.0.1", port: 1)
        let error = await #expect(throws: SparkError.self) {
            try await SparkSession.with(endpoint, connecting: RetryPolicy(retries: 1)) { _ in }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.description.hasPrefix("no Spark Connect server answers at \(endpoint.address): ") == true)
        let name = await #expect(throws: SparkError.self) {
            try await SparkSession.with(SparkEndpoint(host: "nothing.invalid"), connecting: .none) { _ in }
        }
        #expect(name?.code == .unreachable)
    }

    @Test("a server of another kind, or without TLS, is told apart from Spark")
    func otherServer() async throws {
        let http = try ScriptedServer { _ in .answer(200, body: "hello") }
        var endpoint = SparkEndpoint(host: "127.0.0.1", port: http.port)
        for usesTLS in [false, true] {
            endpoint.usesTLS = usesTLS
            let error = await #expect(throws: SparkError.self) {
                try await SparkSession.with(endpoint, connecting: .none, patience: .milliseconds(500)) { _ in }
            }
            #expect(error?.code == .unreachable)
            #expect(error?.description.contains(endpoint.address) == true)
        }
    }
}
