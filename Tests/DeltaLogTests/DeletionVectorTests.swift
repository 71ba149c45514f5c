import Testing

@testable import DeltaLog

@Suite("Deletion vectors")
struct DeletionVectorTests {
    /// The examples of the protocol's description, and the first of them in the format that it asks for.
    private static let native = DeletionVector(
        storageType: "i", pathOrInlineDv: "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", offset: nil,
        sizeInBytes: 40, cardinality: 6)
    private static let inline = DeletionVector(
        storageType: "i", pathOrInlineDv: "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", offset: nil,
        sizeInBytes: 44, cardinality: 6)
    private static let relative = DeletionVector(
        storageType: "u", pathOrInlineDv: "ab^-aqEH.-t@S}K{vb[*k^", offset: 4, sizeInBytes: 40, cardinality: 6)

    /// Writes 64-bit Roaring bitmaps in the portable format: what is read here is written by no one here.
    private enum Encoder {
        enum Kind: CaseIterable { case array, bitmap, runs }

        static func data(_ rows: [Int], runs: Bool) -> [UInt8] {
            var bytes = little(1_681_511_377, 4)
            let buckets = Dictionary(grouping: rows.sorted()) { $0 >> 32 }.sorted { $0.key < $1.key }
            bytes += little(buckets.count, 8)
            for (high, rows) in buckets {
                bytes += little(high, 4) + bucket(rows.map { $0 & 0xFFFF_FFFF }, runs: runs)
            }
            return bytes
        }

        static func file(_ data: [UInt8]) -> [UInt8] {
            [1] + Array(little(data.count, 4).reversed()) + data
                + Array(little(Int(CRC32.checksum(data)), 4).reversed())
        }

        private static func bucket(_ rows: [Int], runs isRuns: Bool) -> [UInt8] {
            let containers = Dictionary(grouping: rows) { $0 >> 16 }.sorted { $0.key < $1.key }
            var header: [UInt8] = []
            var bodies: [[UInt8]] = []
            for (key, rows) in containers {
                let lows = rows.map { $0 & 0xFFFF }
                header += little(key, 2) + little(lows.count - 1, 2)
                bodies.append(isRuns ? runs(lows) : lows.count <= 4_096 ? lows.flatMap { little($0, 2) } : bitmap(lows))
            }
            let count = containers.count
            var bytes: [UInt8] = []
            if isRuns {
                bytes = little(12_347 | (count - 1) << 16, 4)
                bytes += (0..<(count + 7) / 8).map { byte in
                    UInt8(truncatingIfNeeded: (1 << min(8, count - byte * 8)) - 1)
                }
            } else {
                bytes = little(12_346, 4) + little(count, 4)
            }
            bytes += header
            if !isRuns || count >= 4 {
                var offset = bytes.count + count * 4
                for body in bodies {
                    bytes += little(offset, 4)
                    offset += body.count
                }
            }
            return bytes + bodies.joined()
        }

        private static func bitmap(_ lows: [Int]) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 8_192)
            for low in lows { bytes[low >> 3] |= 1 << UInt8(low & 7) }
            return bytes
        }

        private static func runs(_ lows: [Int]) -> [UInt8] {
            var runs: [ClosedRange<Int>] = []
            for low in lows {
                if let last = runs.last, last.upperBound + 1 == low {
                    runs[runs.count - 1] = last.lowerBound...low
                } else {
                    runs.append(low...low)
                }
            }
            return little(runs.count, 2) + runs.flatMap { little($0.lowerBound, 2) + little($0.count - 1, 2) }
        }

        static func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
    }

    @Test("the examples of the protocol are read")
    func examples() throws {
        let rows = try Self.inline.decodeInline()
        #expect(Array(rows) == [3, 4, 7, 11, 18, 29])
        #expect(try Array(Self.native.decodeInline()) == [3, 4, 7, 11, 18, 29])
        #expect(rows.contains(18) && !rows.contains(19) && rows.last == 29)
        #expect(Array(rows.ranges) == [3...4, 7...7, 11...11, 18...18, 29...29])
        #expect(
            try Self.relative.file(in: "/table") == "/table/ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin"
        )
        #expect(Self.relative.uniqueID == "uab^-aqEH.-t@S}K{vb[*k^@4")
        var absolute = Self.relative
        absolute.storageType = "p"
        absolute.pathOrInlineDv = "s3://bucket/a%20b.bin"
        #expect(try absolute.file(in: "/table") == "s3://bucket/a b.bin")
        #expect(try Self.inline.file(in: "/table") == nil)
    }

    @Test("rows of every kind and number come back")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 3)
        var sets: [Set<Int>] = [[], [0], Set(60_000..<70_000), Set(stride(from: 1, to: 12_000, by: 2))]
        sets.append([65_535, 65_536, 1 << 32, (1 << 40) + 5])
        for _ in 0..<10 {
            let limit = 1 << Int.random(in: 4...36, using: &random)
            sets.append(Set((0..<100).map { _ in Int.random(in: 0..<limit, using: &random) }))
        }
        for set in sets {
            for runs in [false, true] {
                let data = Encoder.data(Array(set), runs: runs)
                let file = [1, 2, 3] + Encoder.file(data).dropFirst()
                let rows = try DeletionVectorFile.rows(bytes: [1] + file.dropFirst(), offset: 3, size: data.count)
                #expect(Array(rows) == set.sorted())
                #expect(rows.count == set.count && rows.last == set.max())
                #expect(rows.ranges.reduce(0) { $0 + $1.count } == set.count)
                for row in set.prefix(20) {
                    #expect(rows.contains(row) && rows.contains(row + 1) == set.contains(row + 1))
                }
            }
        }
    }

    @Test("a vector that is not what the log says is refused")
    func refused() throws {
        let data = Encoder.data([1, 2, 3], runs: false)
        let file = Encoder.file(data)
        var vector = DeletionVector(
            storageType: "u", pathOrInlineDv: "ab^-aqEH.-t@S}K{vb[*k^", offset: 1, sizeInBytes: data.count,
            cardinality: 3)
        #expect(try Array(vector.rows(inFile: file)) == [1, 2, 3])
        vector.offset = nil
        #expect(try Array(vector.rows(inFile: file)) == [1, 2, 3])
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "read"
        }
        vector.cardinality = 4
        #expect(message { _ = try vector.rows(inFile: file) }.hasSuffix("it has 3 rows instead of 4"))
        vector.cardinality = 3
        vector.sizeInBytes += 1
        #expect(message { _ = try vector.rows(inFile: file + [0]) }.hasSuffix("its size is not what the log says"))
        #expect(message { _ = try vector.rows(inFile: file) }.hasSuffix("its file ends too early"))
        vector.sizeInBytes = -1
        #expect(message { _ = try vector.rows(inFile: file) }.hasSuffix("its file ends too early"))
        vector.sizeInBytes = data.count
        var damaged = file
        damaged[10] ^= 1
        #expect(message { _ = try vector.rows(inFile: damaged) }.hasSuffix("its checksum is wrong"))
        #expect(message { _ = try vector.rows(inFile: []) }.hasSuffix("the file is empty"))
        #expect(message { _ = try vector.rows(inFile: [2] + file.dropFirst()) }.hasSuffix("the file has the version 2"))
        for offset in [0, -1, file.count, .max, .min] {
            vector.offset = offset
            #expect(message { _ = try vector.rows(inFile: file) } != "read")
        }
        vector.storageType = "x"
        #expect(message { _ = try vector.file(in: "") }.contains("'x', which is not known"))
        vector.storageType = "u"
        for path in [
            "short", "../ab^-aqEH.-t@S}K{vb[*k^", "/b^-aqEH.-t@S}K{vb[*k^", "ab^-aqEH.-t@S}K{vb[*k ",
            "#####################",
        ] {
            vector.pathOrInlineDv = path
            #expect(message { _ = try vector.file(in: "") } != "read", "\(path)")
        }
        var inline = Self.inline
        for size in [-1, 0, 40, 45, 1_000] {
            inline.sizeInBytes = size
            #expect(message { _ = try inline.decodeInline() } != "read")
        }
    }

    @Test("bytes damaged in any way are refused or read, quickly and in little memory")
    func damaged() throws {
        var random = SeededGenerator(seed: 5)
        let sources = [
            Encoder.data(Array(0..<10), runs: true), Encoder.data([1, 70_000, 1 << 33], runs: false),
            Encoder.data(Array(stride(from: 0, to: 10_000, by: 2)), runs: false),
            Encoder.data((0..<6).map { $0 << 16 }, runs: true),
        ]
        for round in 0..<4_000 {
            let bytes = random.mutated(sources[round % sources.count])
            guard let rows = try? DeletionVectorFile.rows(data: bytes[...]) else { continue }
            var last = -1
            var count = 0
            var isAscending = true
            for range in rows.ranges {
                isAscending = isAscending && range.lowerBound > last
                last = range.upperBound
                count += range.count
            }
            #expect(isAscending && count == rows.count)
        }
        // An announcement of more buckets than there is room for.
        let greedy = Encoder.little(1_681_511_377, 4) + [UInt8](repeating: 0xFF, count: 8)
        #expect(throws: DeltaLogError.self) { try DeletionVectorFile.rows(data: greedy[...]) }
        for source in [Self.inline, Self.native] {
            let text = Array(source.pathOrInlineDv.utf8)
            for _ in 0..<3_000 {
                var vector = source
                vector.pathOrInlineDv = String(decoding: random.mutated(text), as: UTF8.self)
                _ = try? vector.decodeInline()
            }
        }
    }
}
