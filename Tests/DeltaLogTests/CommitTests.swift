import Testing

@testable import DeltaLog

@Suite("Commits")
struct CommitTests {
    @Test("a damaged line is told by file and line")
    func damaged() {
        let error = #expect(throws: DeltaLogError.self) {
            try Commit(bytes: Array("{\"commitInfo\":{}}\n{\"add\":{\"path\":\"x\",\"si".utf8), file: "7.json")
        }
        #expect(error?.code == .corrupt && error?.file == "7.json" && error?.line == 2)
        let missing = #expect(throws: DeltaLogError.self) {
            try Commit(bytes: Array("{\"add\":{\"path\":\"x\"}}".utf8), file: "7.json")
        }
        #expect(missing?.message == "add has no size")
        #expect(throws: DeltaLogError.self) { try Commit(bytes: [], file: "7.json") }
    }

    /// Lines that are read by the fast way, by the slow one, and by neither.
    static let lines = [
        #"{"add":{"path":"p=1/a%20b.parquet","partitionValues":{"p":"1","q":null},"size":12,"modificationTime":34,"dataChange":false,"stats":"{\"numRecords\":5,\"minValues\":{\"a\":\"x\\\"y\"}}","tags":{"k":"v"},"deletionVector":{"storageType":"u","pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^","offset":4,"sizeInBytes":40,"cardinality":6},"baseRowId":7,"defaultRowCommitVersion":3,"clusteringProvider":"liquid"}}"#,
        #"{"add":{"path":"a\u00fcü\ud83d\ude00","partitionValues":{},"size":1e2,"modificationTime":1.0,"dataChange":true,"stats":null,"unknown":{"x":[1,2,{"y":"\\"}]}}}"#,
        #" { "add" : { "path" : "a" , "size" : 0 , "partitionValues" : { } } } "#,
        #"{"add":{"size":1,"path":"x","partitionValues":null,"tags":null,"modificationTime":null}}"#,
        #"{"remove":{"path":"r","deletionTimestamp":5,"dataChange":true,"extendedFileMetadata":true,"partitionValues":{"p":""},"size":9}}"#,
        #"{"remove":{"path":"r"}}"#,
        #"{"commitInfo":null,"remove":{"path":"r","dataChange":false}}"#,
        #"{"remove":{"path":"r","dataChange":"wrong","size":"wrong"}}"#,
        #"{"txn":{"appId":"a","version":1}}"#,
        #"{"commitInfo":{"timestamp":1,"x":[true,false,null,-1.5e-3]}}"#,
        #"{"sidecar":{"path":"s.parquet","sizeInBytes":1,"modificationTime":2}}"#,
        #"{"checkpointMetadata":{"version":4,"tags":{"a":"b"}}}"#,
        #"{"domainMetadata":{"domain":"d","configuration":"c","removed":true}}"#,
        #"{"cdc":{"path":"c","partitionValues":{},"size":1,"dataChange":false}}"#,
        #"{"somethingElse":{"x":1}}"#, "",
    ]

    private func slow(_ line: String) -> Result<Action?, DeltaLogError> {
        Array(line.utf8).withUnsafeBytes { bytes in
            do throws(DeltaLogError) {
                return .success(try Commit.action(of: bytes, file: "0.json", line: 1))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test("the fast way to read files gives what the slow way gives", arguments: lines)
    func fastPath(line: String) throws {
        let text = line + "\n{\"commitInfo\":{}}\n"
        let commit = try Commit(bytes: Array(text.utf8), file: "0.json")
        #expect(try commit.actions == [slow(line).get()].compactMap { $0 } + [.commitInfo([:])])
        #expect(try Commit(bytes: commit.bytes, file: "0.json") == commit)
    }

    @Test("lines that were damaged in any way are read as the slow way reads them, or refused with their line")
    func damagedLines() throws {
        var random = SeededGenerator(seed: 11)
        var counts = (read: 0, refused: 0)
        for round in 0..<8_000 {
            let bytes = random.mutated(Array(Self.lines[round % Self.lines.count].utf8)).map { $0 == 0x0A ? 0x20 : $0 }
            let expected = slow(String(decoding: bytes, as: UTF8.self))
            do throws(DeltaLogError) {
                let commit = try Commit(bytes: bytes + Array("\n{\"commitInfo\":{}}".utf8), file: "0.json")
                counts.read += 1
                let action = commit.actions.count > 1 ? commit.actions[0] : nil
                #expect(try action == expected.get())
            } catch {
                counts.refused += 1
                #expect(error.line == 1 && error.file == "0.json")
                #expect(throws: DeltaLogError.self) { try expected.get() }
            }
        }
        #expect(counts.read > 500 && counts.refused > 500)
    }

    @Test("lines may end as they like, and numbers be as large as they like")
    func odd() throws {
        let commit = try Commit(
            bytes: Array("\r\n{\"commitInfo\":{\"a\":1}}\r\n\n \n{\"txn\":{\"appId\":\"x\",\"version\":1}}".utf8),
            file: "x")
        #expect(commit.actions.count == 2)
        for size in ["9223372036854775808", "-9223372036854775809", "1e400", "0.5"] {
            let error = #expect(throws: DeltaLogError.self) {
                try Commit(bytes: Array(#"{"add":{"path":"x","size":\#(size)}}"#.utf8), file: "x")
            }
            #expect(error?.message == "add.size has the wrong type")
        }
        let largest = try Commit(bytes: Array(#"{"add":{"path":"x","size":9223372036854775807}}"#.utf8), file: "x")
        #expect(largest.added.first?.size == .max)
    }
}
