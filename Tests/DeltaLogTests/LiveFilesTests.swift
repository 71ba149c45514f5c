import Testing

@testable import DeltaLog

@Suite("Live files")
struct LiveFilesTests {
    private func file(_ number: Int, _ random: inout SeededGenerator) -> AddFile {
        var file = AddFile(
            path: "p=\(number % 7)/ü-\(number).parquet",
            partitionValues: number % 3 == 0 ? [:] : ["p": number % 5 == 0 ? nil : "\(number % 7)", "q": "\"\\"],
            size: Int.random(in: 0...Int.max >> 24, using: &random),
            modificationTime: Int.random(in: -5...5, using: &random), dataChange: Bool.random(using: &random),
            statistics: number % 4 == 0 ? nil : number % 4 == 1 ? "" : #"{"numRecords":\#(number)}"#,
            tags: number % 2 == 0 ? [:] : ["unique": "\(number)"])
        if number % 6 == 0 {
            file.deletionVector = DeletionVector(
                storageType: "u", pathOrInlineDv: "v\(number)", offset: number % 12 == 0 ? nil : 4, sizeInBytes: 1,
                cardinality: 2)
        }
        file.baseRowID = number % 8 == 0 ? number : nil
        file.defaultRowCommitVersion = number % 9 == 0 ? 0 : nil
        file.clusteringProvider = number % 10 == 0 ? "liquid\(number % 3)" : nil
        return file
    }

    @Test("files come back as they went in, however many, with all that they had")
    func roundTrip() {
        var random = SeededGenerator(seed: 1)
        let files = (0..<9_000).map { file($0, &random) }
        let live = LiveFiles(files)
        #expect(live.count == files.count)
        #expect(live.elementsEqual(files))
        #expect(live.totalSize == files.reduce(0) { $0 + $1.size })
        #expect(live.totalRows == nil)
        #expect(live.rows(at: 2) == 2 && live.rows(at: 4) == nil && live.rows(at: 1) == nil)
        #expect(live.path(at: 8_999) == files[8_999].path && live.size(at: 4_096) == files[4_096].size)
        #expect(live.partitionValues(at: 8_998) == files[8_998].partitionValues)
        #expect(live.deletionVector(at: 6) == files[6].deletionVector && live.deletionVector(at: 7) == nil)
    }

    @Test("removed files come back as they went in")
    func removed() {
        var random = SeededGenerator(seed: 2)
        var files = (0..<5_000).map { RemoveFile(of: file($0, &random), at: $0, dataChange: $0 % 2 == 0) }
        for index in stride(from: 0, to: files.count, by: 3) {
            files[index].partitionValues = nil
            files[index].size = nil
            files[index].extendedFileMetadata = index % 2 == 0 ? nil : false
            files[index].deletionTimestamp = nil
        }
        #expect(RemovedFiles(files).elementsEqual(files))
    }

    @Test("sizes that no disk has do not overflow")
    func overflow() {
        let huge = AddFile(
            path: "x", size: .max, modificationTime: 0, statistics: #"{"numRecords":9223372036854775807}"#)
        let live: LiveFiles = [huge, huge]
        #expect(live.totalSize == .max && live.totalRows == nil)
    }

    @Test("there may be none")
    func empty() {
        let live: LiveFiles = []
        #expect(live.isEmpty && live.totalRows == 0 && live.totalSize == 0 && live.first == nil)
    }

    @Test("bytes are interned once, however many there are")
    func interner() {
        var interner = ByteInterner()
        for round in 0..<2 {
            for number in 0..<20_000 {
                let text = Array(String(repeating: "x", count: number % 50).utf8) + Array("\(number)".utf8)
                let (index, isNew) = text.withUnsafeBytes { interner.insert($0) }
                #expect(index == number && isNew == (round == 0))
            }
        }
        #expect(interner.count == 20_000)
        #expect(Array("never".utf8).withUnsafeBytes { interner.index(of: $0) } == nil)
        let large = [UInt8](repeating: 7, count: 1_000_000)
        let index = large.withUnsafeBytes { interner.insert($0).index }
        #expect(interner.withBytes(at: index) { $0.elementsEqual(large) })
    }
}
