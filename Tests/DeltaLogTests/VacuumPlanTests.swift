import Testing

@testable import DeltaLog

@Suite("Vacuum")
struct VacuumPlanTests {
    private func snapshot(_ live: [AddFile], _ removed: [RemoveFile] = []) throws -> Snapshot {
        var replay = LogReplay()
        replay.apply(
            [
                .protocolVersion(ProtocolVersion(minReaderVersion: 1, minWriterVersion: 2)),
                .metadata(Metadata(id: "x", schema: DeltaSchema(["a": .long]))),
            ] + live.map(Action.add) + removed.map(Action.remove), of: 0)
        return try replay.finish(at: 0)
    }

    private func file(_ path: String, vector: DeletionVector? = nil) -> AddFile {
        var file = AddFile(path: path, size: 1, modificationTime: 1)
        file.deletionVector = vector
        return file
    }

    private func deletable(_ plan: VacuumPlan, _ paths: String..., modified: Int = 0) -> [String] {
        plan.deletable(paths.map { VacuumPlan.Entry(path: $0, size: 1, modified: modified) }).map(\.path)
    }

    @Test("live files stay, also under paths that are written otherwise")
    func live() throws {
        let plan = try VacuumPlan(
            snapshot([
                file("a.parquet"), file("p=%C3%BC%2520x/b%20c.parquet"), file("/t/abs.parquet"),
                file("file:///t/p=1/uri%20x.parquet"), file("s3://bucket/elsewhere/other.parquet"),
            ]), cutoff: 100, root: "/t")
        #expect(
            deletable(
                plan, "a.parquet", "p=ü%20x/b c.parquet", "abs.parquet", "p=1/uri x.parquet", "old.parquet",
                "p=1/old.parquet", "sub/other.parquet") == ["old.parquet", "p=1/old.parquet"])
        let bucket = try VacuumPlan(snapshot([file("s3://bucket/t/x.parquet")]), cutoff: 100, root: "s3://bucket/t")
        #expect(deletable(bucket, "x.parquet", "y.parquet") == ["y.parquet"])
    }

    @Test("what was written or taken out since the cutoff stays")
    func retention() throws {
        func removed(_ path: String, _ time: Int?) -> RemoveFile {
            RemoveFile(path: path, deletionTimestamp: time, dataChange: true)
        }
        let plan = try VacuumPlan(
            snapshot([], [removed("new", 100), removed("old", 99), removed("timeless", nil)]), cutoff: 100, root: "/t")
        #expect(deletable(plan, "new", "old", "timeless", "unnamed") == ["old", "timeless", "unnamed"])
        #expect(deletable(plan, "old", "unnamed", modified: 100).isEmpty)
        #expect(deletable(plan, "old", modified: 99) == ["old"])
    }

    @Test("versions that are kept keep their files")
    func kept() throws {
        var plan = try VacuumPlan(snapshot([file("1")]), cutoff: 100, root: "/t")
        try plan.keep(snapshot([file("2")]).files)
        try plan.keep([file("3")])
        plan.protect("4%20x")
        #expect(deletable(plan, "1", "2", "3", "4 x", "5") == ["5"])
    }

    @Test("deletion vectors of files that stay, stay")
    func vectors() throws {
        func vector(_ type: String, _ path: String) -> DeletionVector {
            DeletionVector(storageType: type, pathOrInlineDv: path, offset: 1, sizeInBytes: 1, cardinality: 1)
        }
        let name = "deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin"
        let live = file("a", vector: vector("u", "ab^-aqEH.-t@S}K{vb[*k^"))
        var removed = RemoveFile(of: file("b", vector: vector("p", "/t/v/absolute%20x.bin")), at: 100)
        let plan = try VacuumPlan(snapshot([live], [removed]), cutoff: 100, root: "/t")
        #expect(deletable(plan, "ab/\(name)", "v/absolute x.bin", name + "x").count == 1)
        removed.deletionTimestamp = 5
        let later = try VacuumPlan(snapshot([live], [removed]), cutoff: 100, root: "/t")
        #expect(deletable(later, "ab/\(name)", "v/absolute x.bin") == ["v/absolute x.bin"])
        #expect(throws: DeltaLogError.self) {
            try VacuumPlan(snapshot([file("a", vector: vector("u", "x"))]), cutoff: 100, root: "/t")
        }
    }

    @Test(
        "hidden files are none of the table's",
        arguments: [
            ("_delta_log/00000000000000000000.json", true), (".part.crc", true), ("p=1/.x", true), ("p=1/_tmp/x", true),
            ("_millrace/tags/t.json", true), ("_p=1/x", false), ("p=1/_q=.2/x", false), ("_change_data/x", false),
            ("_change_data/p=1/_x", true), ("_delta_index/x", false), ("a/_change_data/x", true), ("_p=1", true),
            ("x", false),
        ])
    func hidden(path: String, isHidden: Bool) { #expect(VacuumPlan.isHidden(path) == isHidden) }
}
