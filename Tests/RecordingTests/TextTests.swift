import Testing

@testable import Recording

@Suite("Numbers, tables and JSON as text")
struct TextTests {
    @Test(
        "numbers are written as people read them",
        arguments: [
            (Quantity.grouped(1_234_567), "1,234,567"), (Quantity.grouped(-999), "-999"),
            (Quantity.bytes(999), "999 B"), (Quantity.bytes(18_234_567), "18.2 MB"),
            (Quantity.bytes(999_960), "1.0 MB"), (Quantity.seconds(0.004), "0.00 s"),
            (Quantity.seconds(1.25), "1.3 s"), (Quantity.seconds(65), "1 min 05 s"),
            (Quantity.seconds(7380), "2 h 03 min"), (Quantity.share(412, of: 336_776) ?? "", "0.12 %"),
            (Quantity.share(1, of: 10_000_000) ?? "", "< 0.01 %"),
            (Quantity.share(9_999_999, of: 10_000_000) ?? "", "> 99.99 %"), (Quantity.value(0.25), "0.25"),
            (Quantity.value(-1234.5), "-1,234.5"), (Quantity.decimal(-0.04, places: 1), "0.0"),
        ])
    func quantities(found: String, expected: String) {
        #expect(found == expected)
    }

    @Test("no share is told of nothing")
    func shareOfNothing() {
        #expect(Quantity.share(0, of: 0) == nil)
    }

    @Test("moments are told in UTC")
    func timestamps() {
        #expect(Timestamp.iso8601(1_772_600_767_089) == "2026-03-04T05:06:07.089Z")
        #expect(Timestamp.iso8601(951_827_696_000) == "2000-02-29T12:34:56.000Z")
        #expect(Timestamp.iso8601(-1) == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp.ago(0, now: 5 * 60_000) == "5 min ago")
    }

    @Test("columns align by display width, and wide ones give way on a narrow terminal")
    func table() {
        var table = TextTable([.init("name"), .init("rows", .right), .init("note")])
        table.add(["東京", "1", "a rather long note about nothing"])
        table.add([TextTable.Cell("x\ny"), "1,000", "b"])
        #expect(
            table.lines() == [
                "name   rows  note", "東京      1  a rather long note about nothing", "x\\ny  1,000  b",
            ])
        #expect(
            table.lines(width: 24) == ["name   rows  note", "東京      1  a rather l…", "x\\ny  1,000  b"])
        #expect(table.lines(width: 16) == ["name   rows  …", "東京      1  …", "x\\ny  1,000  …"])
    }

    @Test("firm columns keep their width while others give way")
    func firmColumns() {
        var table = TextTable([.init("when", isFirm: true), .init("note")])
        table.add(["2026-03-04 05:06:07", "a rather long note"])
        #expect(table.lines(width: 30) == ["when                 note", "2026-03-04 05:06:07  a rather…"])
        #expect(table.lines(width: 12) == ["when       …", "2026-03-…  …"])
    }

    @Test("JSON keeps the order of fields and escapes what must be")
    func json() {
        let value = JSON.object([
            ("b", .string("a\"\\\n\u{1}é")), ("a", .array([.int(1), .double(0.5), .double(.nan), .bool(true), .null])),
            ("e", .array([])),
        ])
        #expect(value.text == #"{"b":"a\"\\\n\u0001é","a":[1,0.5,null,true,null],"e":[]}"#)
        #expect(JSON.object([("a", .array([.int(1)]))]).indentedText == "{\n  \"a\": [\n    1\n  ]\n}")
    }
}
