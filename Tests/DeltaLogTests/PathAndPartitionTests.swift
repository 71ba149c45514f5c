import Testing

@testable import DeltaLog

@Suite("Paths and partition values")
struct PathAndPartitionTests {
    @Test(
        "paths are encoded once and decoded once",
        arguments: [
            ("part-1.parquet", "part-1.parquet"), ("p=a%20b%2F/x.parquet", "p=a%2520b%252F/x.parquet"),
            ("p=ü x/y", "p=ü%20x/y"), ("a#b?c", "a%23b%3Fc"),
        ])
    func paths(plain: String, encoded: String) {
        #expect(DataPath.encoded(plain) == encoded)
        #expect(DataPath.decoded(encoded) == plain)
    }

    @Test("a path of the log is found wherever it points")
    func location() {
        #expect(DataPath.location(of: "p%3D1/x", in: "/s/t") == "/s/t/p=1/x")
        #expect(DataPath.location(of: "file:///d/x%20y", in: "/s/t") == "/d/x y")
        #expect(DataPath.location(of: "file:/d/x", in: "/s/t") == "/d/x")
        #expect(DataPath.location(of: "s3://bucket/x", in: "/s/t") == "s3://bucket/x")
        #expect(DataPath.leavesTable("a/%2E%2E/%2E%2E/x") && DataPath.leavesTable("../x"))
        #expect(!DataPath.leavesTable("a..b/c") && !DataPath.leavesTable("/abs/../x"))
    }

    @Test("partition values are written as the protocol says")
    func values() throws {
        func serialized(_ text: String?, _ type: String) throws -> String? {
            PartitionValue.serialized(text, type: try DeltaType.from(duckDB: type, column: "c").type)
        }
        #expect(try serialized("", "VARCHAR") == nil)
        #expect(try serialized(nil, "INTEGER") == nil)
        #expect(try serialized("a b/ü%", "VARCHAR") == "a b/ü%")
        #expect(try serialized("1", "BOOLEAN") == "true")
        #expect(try serialized("false", "BOOLEAN") == "false")
        #expect(try serialized("inf", "DOUBLE") == "Infinity")
        #expect(try serialized("2024-01-01 00:00:00.5+00", "TIMESTAMP WITH TIME ZONE") == "2024-01-01T00:00:00.500000Z")
        #expect(try serialized("2024-01-01 00:00:00", "TIMESTAMP") == "2024-01-01 00:00:00.000000")
        #expect(try serialized("12.00", "DECIMAL(4,2)") == "12.00")
    }

    @Test("times are read with every offset that writers use")
    func times() {
        #expect(CalendarTime.microseconds(of: "1970-01-01T00:00:00Z") == 0)
        #expect(CalendarTime.microseconds(of: "1969-12-31 23:59:59.999999") == -1)
        #expect(CalendarTime.microseconds(of: "2000-02-29 12:00:00+01:00:30") == 951_821_970_000_000)
        #expect(CalendarTime.microseconds(of: "2024-13-01 00:00:00") == nil)
        #expect(CalendarTime.microseconds(of: "infinity") == nil)
        for time in [0, -1, 951_782_400_000_000, 253_402_300_799_999_999, -62_135_596_800_000_000] {
            let text = CalendarTime.text(microseconds: time, separator: "T", digits: 6)
            #expect(text.flatMap { CalendarTime.microseconds(of: $0) } == time)
        }
        #expect(CalendarTime.text(microseconds: 253_402_300_800_000_000, separator: "T", digits: 3) == nil)
    }
}
