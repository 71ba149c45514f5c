import Columnar
import ColumnarSamples
import Testing

struct VectorTests {
    @Test("slices, and vectors put together again, have the values of the whole", arguments: 0..<300)
    func slices(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var types = RandomType(seed: random.next())
        var vectors = RandomVector(seed: random.next())
        let type = types.type(depth: 3)
        let vector = try vectors.vector(type, 40)
        let values = vector.values
        let cut = random.int(0..<41)
        let (head, tail) = (vector.slice(0, cut), vector.slice(cut, 40 - cut))
        #expect(head.values + tail.values == values)
        #expect(try Vector.concatenate([head, tail]) == vector)
        #expect(try Vector.concatenate([head, tail]).values == values)
        #expect(try Vector.make(type, values) == vector)
    }

    @Test("numbers are read in place, in the width that they have")
    func elements() throws {
        var builder = FixedWidthBuilder<Int64>(.timestamp(.microsecond, zone: "UTC"), zero: 0)
        for value: Int64? in [1, nil, 3, 4] { try builder.append(value) }
        let vector = try builder.finish()
        #expect(vector.nullCount == 1)
        #expect(vector.isNull(1))
        #expect(try vector.withElements(as: Int64.self) { $0.reduce(0, +) } == 8)
        #expect(try vector.slice(2, 2).withElements(as: Int64.self) { Array($0) } == [3, 4])
        #expect(throws: ColumnarError.self) { try vector.withElements(as: Int32.self) { $0.count } }
    }

    @Test("texts are read in place", arguments: [DataType.utf8, .largeUtf8, .utf8View])
    func texts(_ type: DataType) throws {
        var builder = try ByteStringBuilder(type)
        let texts = ["short", nil, "", "longer than twelve bytes: äöü"]
        for text in texts { try builder.append(text) }
        let vector = try builder.finish()
        #expect(vector.values == texts.map { $0.map { .text($0) } ?? .null })
        #expect(try vector.withByteStrings { strings in (0..<4).map { strings[$0].count } } == [5, 0, 0, 32])
    }

    @Test("rows of lists and members of structures are vectors themselves")
    func nested() throws {
        let list = try Vector.make(.list(of: .int8), [.list([.int(1), .int(2)]), .null, .list([.int(3)])])
        #expect(list.elementRows(0) == 0..<2)
        #expect(list.elementRows(1) == 0..<0)
        #expect(list.slice(2, 1).elementRows(0) == 2..<3)
        let type = DataType.structure([Field("a", .int8), Field("b", .utf8)])
        let rows: [Value] = [.structure([.int(1), .text("x")]), .null, .structure([.null, .text("y")])]
        let structure = try Vector.make(type, rows)
        #expect(structure.slice(1, 2).member(1).values == [.null, .text("y")])
    }

    @Test("bits of floating numbers count, not their values")
    func floats() throws {
        let vector = try Vector.make(.float64, [.double(.nan), .double(0), .double(-0.0)])
        #expect(vector == vector.slice(0, 3))
        #expect(vector.slice(1, 1) != vector.slice(2, 1))
        #expect(try Vector.make(.float64, [.double(.nan)]) == vector.slice(0, 1))
    }

    @Test("integers of 256 bits are read and written as digits")
    func wide() throws {
        let most = "57896044618658097711785492504343953926634992332820282019728792003956564819967"
        #expect(WideInteger(most)?.description == most)
        #expect(
            WideInteger("-57896044618658097711785492504343953926634992332820282019728792003956564819968")?.isNegative
                == true)
        #expect(WideInteger("57896044618658097711785492504343953926634992332820282019728792003956564819968") == nil)
        #expect(WideInteger("") == nil)
        #expect(WideInteger("1a") == nil)
        #expect(WideInteger("-0") == WideInteger(0 as Int64))
        #expect(WideInteger("-170141183460469231731687303715884105728")?.int128 == Int128.min)
        #expect(WideInteger("170141183460469231731687303715884105728")?.int128 == nil)
    }

    private static func integers(_ values: [Int32]) throws -> Buffer {
        try values.withUnsafeBytes { try Buffer(copying: $0) }
    }

    @Test("parts that do not fit together make no vector")
    func refused() throws {
        let child = try Vector.make(.int8, [.int(1), .int(2)])
        let item = Field("item", .int8)
        let runs = DataType.runEndEncoded(runEnds: Field("run_ends", .int32, isNullable: false), values: item)
        func ends(_ values: [Value]) throws -> [Vector] { [try Vector.make(.int32, values), child] }
        let attempts: [() throws -> Vector] = [
            { try Vector(.int32, count: 2, buffers: [Buffer([1, 2, 3, 4])]) },
            { try Vector(.int32, count: -1, buffers: [Buffer([])]) },
            { try Vector(.int32, count: .max, offset: 1, buffers: [Buffer([])]) },
            { try Vector(.int64, count: 1 << 61, buffers: [Buffer([])]) },
            { try Vector(.utf8, count: 1, buffers: [Self.integers([0, 2]), Buffer([65])]) },
            { try Vector(.utf8, count: 2, buffers: [Self.integers([0, 2, 1]), Buffer([65, 66])]) },
            { try Vector(.utf8, count: 1, buffers: [Self.integers([-1, 1]), Buffer([65])]) },
            { try Vector(.utf8, count: 2, buffers: [Self.integers([.max, .min, 0]), Buffer([65])]) },
            { try Vector(.list(item), count: 1, buffers: [Self.integers([0, 3])], children: [child]) },
            { try Vector(.list(item), count: 1, buffers: [Self.integers([0, 1])]) },
            { try Vector(.list(of: .int16), count: 1, buffers: [Self.integers([0, 1])], children: [child]) },
            {
                try Vector(
                    .listView(item), count: 1, buffers: [Self.integers([1]), Self.integers([2])], children: [child])
            },
            { try Vector(.fixedSizeList(item, 3), count: 1, children: [child]) },
            { try Vector(.structure([item]), count: 3, children: [child]) },
            { try Vector(.utf8View, count: 1, buffers: [Self.integers([13, 0, 0, 0]), Buffer([1, 2])]) },
            { try Vector(.utf8View, count: 1, buffers: [Self.integers([-1, 0, 0, 0])]) },
            { try Vector(.dictionary(of: .int8), count: 1, buffers: [Self.integers([2])], dictionary: child) },
            { try Vector(.dictionary(of: .int8), count: 1, buffers: [Self.integers([-1])], dictionary: child) },
            { try Vector(.dictionary(of: .int8), count: 1, buffers: [Self.integers([0])]) },
            { try Vector(.union(.sparse, [item], ids: [4]), count: 1, buffers: [Buffer([0])], children: [child]) },
            {
                try Vector(
                    .union(.dense, [item], ids: [4]), count: 1, buffers: [Buffer([4]), Self.integers([2])],
                    children: [child])
            },
            { try Vector(runs, count: 3, children: ends([.int(1), .int(2)])) },
            { try Vector(runs, count: 2, children: ends([.int(2), .int(2)])) },
            { try Vector(runs, count: 0, children: ends([.int(0), .int(2)])) },
            { try Vector(runs, count: 2, children: ends([.int(1), .null])) },
            { try Vector(runs, count: 3, children: ends([.int(1), .int(2), .int(3)])) },
        ]
        for (index, attempt) in attempts.enumerated() {
            #expect(throws: ColumnarError.self, "\(index)") { try attempt() }
        }
    }

    @Test("what stands in the place of a null is never looked at")
    func hidden() throws {
        let nothing = try Buffer([0])
        let values = try Vector.make(.utf8, [.text("a")])
        let dictionary = try Vector(
            .dictionary(of: .utf8), count: 1, validity: nothing, buffers: [Self.integers([77])], dictionary: values)
        #expect(dictionary.values == [.null])
        let views = try Vector(.utf8View, count: 1, validity: nothing, buffers: [Self.integers([99, 1, 2, 3])])
        #expect(views.values == [.null])
        #expect(try views.withByteStrings { $0[0].count } == 0)
    }

    @Test("texts that are not UTF-8 are found, wherever they are", arguments: [DataType.utf8, .largeUtf8, .utf8View])
    func utf8(_ type: DataType) throws {
        let long = [UInt8](repeating: 0x61, count: 100)
        let good: [[UInt8]] = [
            [], long, Array("ä€😀\u{10FFFF}\u{D7FF}\u{E000}\u{800}\u{10000}\u{80}".utf8), long + Array("é".utf8) + long,
        ]
        try Vector.make(type, good.map { .bytes($0) } + [.null]).validateTexts()
        let bad: [[UInt8]] = [
            [0xFF], [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], long + [0xC3],
        ]
        for bytes in bad {
            // A text that would be whole together with the next one is none.
            let vector = try Vector.make(type, [.text("a"), .bytes(bytes), .bytes([0xA9])])
            #expect(throws: ColumnarError.self, "\(bytes)") { try vector.validateTexts() }
            #expect(throws: ColumnarError.self) {
                try Vector.make(.list(of: type), [.list([.bytes(bytes)])]).validateTexts()
            }
            // What the standard library repairs is not UTF-8.
            if case .text(let text) = vector.value(at: 1) { #expect(Array(text.utf8) != bytes) }
        }
    }
}
