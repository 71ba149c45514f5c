import Foundation
import Testing

@testable import DeltaLog

/// Logs that delta-rs wrote, read here version by version and compared with what delta-rs reads.
@Suite("Logs of delta-rs")
struct ForeignLogTests {
    private static let python = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".deps/venv/bin/python").path

    static let isInstalled = FileManager.default.isExecutableFile(atPath: python)

    /// Writes a table into the folder given and prints what it then holds: `files` by version, the rows of every file,
    /// and the checkpoints' rows as lines of a commit.
    private static let program = #"""
        import sys, json, os, glob, datetime as dt
        from decimal import Decimal
        import pyarrow as pa, pyarrow.parquet as pq
        from deltalake import DeltaTable, write_deltalake

        folder = sys.argv[1]
        start = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)
        def rows(numbers):
            numbers = list(numbers)
            return pa.table({
                "id": pa.array(numbers, pa.int64()),
                "p": pa.array(["a b", "ü/%", None][n % 3] for n in numbers),
                "x": pa.array([float("nan") if n % 7 == 0 else n / 3 for n in numbers], pa.float64()),
                "dec": pa.array([Decimal(10) ** 25 + Decimal(n) / 4 for n in numbers], pa.decimal128(38, 4)),
                "ts": pa.array([start + dt.timedelta(microseconds=n * 1234567) for n in numbers], pa.timestamp("us", "UTC")),
                "day": pa.array([dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in numbers], pa.date32()),
                "s": pa.array([("😀ü" * (n % 40)) + str(n) for n in numbers]),
                "n": pa.array([{"a": n, "b": None if n % 2 else "q"} for n in numbers]),
            })
        write_deltalake(folder, rows(range(60)), partition_by=["p"])
        for first in range(60, 140, 10):
            write_deltalake(folder, rows(range(first, first + 10)), mode="append")
        DeltaTable(folder).delete("id < 5 or id = 100")
        DeltaTable(folder).create_checkpoint()
        DeltaTable(folder).merge(rows(range(20, 23)), "s.id = t.id", source_alias="s", target_alias="t") \
            .when_matched_update({"x": "s.x + 1.0"}).execute()
        DeltaTable(folder).optimize.compact()
        DeltaTable(folder).alter.add_constraint({"positive": "id >= 0"})
        DeltaTable(folder).create_checkpoint()
        write_deltalake(folder, rows(range(1)), mode="overwrite")
        DeltaTable(folder).restore(3)

        versions, files = [], {}
        for version in range(DeltaTable(folder).version() + 1):
            paths = [os.path.relpath(uri, folder) for uri in DeltaTable(folder, version=version).file_uris()]
            versions.append(sorted(paths))
            files.update((path, None) for path in paths)
        for path in files:
            read = pq.ParquetFile(os.path.join(folder, path)).read()
            files[path] = [{
                "id": row["id"], "x": None if row["x"] != row["x"] else row["x"], "dec": str(row["dec"]),
                "ts": (row["ts"] - start) // dt.timedelta(microseconds=1), "day": (row["day"] - dt.date(1970, 1, 1)).days,
                "s": row["s"], "b": row["n"]["b"]} for row in read.to_pylist()]
        def plain(value, type):
            if value is None: return None
            if pa.types.is_map(type): return dict(value)
            if pa.types.is_struct(type):
                return {field.name: plain(value[field.name], field.type) for field in type if value[field.name] is not None}
            return value
        checkpoints = {}
        for path in glob.glob(folder + "/_delta_log/*.checkpoint.parquet"):
            read = pq.read_table(path)
            lines = [{name: plain(row[name], read.schema.field(name).type) for name in row if row[name] is not None}
                     for row in read.to_pylist()]
            checkpoints[os.path.basename(path)] = "\n".join(json.dumps(line, default=str) for line in lines)
        print(json.dumps({"versions": versions, "files": files, "checkpoints": checkpoints}), flush=True)
        # The libraries' own threads sometimes abort the interpreter while it is taken down.
        os._exit(0)
        """#

    private struct Row {
        var id: Int
        var x: Double?
        var dec: String
        var ts: Int
        var day: Int
        var s: String
        var b: String?

        init(_ json: JSONValue) throws {
            let object = try #require(json.object)
            id = try #require(object["id"]?.int)
            if case .number(let text) = object["x"] { x = Double(text) }
            dec = try #require(object["dec"]?.text)
            ts = try #require(object["ts"]?.int) + 1_704_067_200_000_000
            day = try #require(object["day"]?.int)
            s = try #require(object["s"]?.text)
            b = object["b"]?.text
        }

        /// The row's own values as conditions: each is true for it.
        var conditions: [FilePredicate] {
            [
                .compare("id", .equal, .integer(id)), .compare("dec", .equal, .decimal(dec)),
                .compare("ts", .equal, .timestamp(ts)), .compare("day", .equal, .date(day)),
                .compare("s", .equal, .text(s)), .compare("s", .greaterOrEqual, .text(s)),
                .compare("s", .lessOrEqual, .text(s)), .compare("id", .less, .integer(id + 1)),
                .compare("ts", .greater, .timestamp(ts - 1)),
                // NaN is greater than every number.
                x.map { .compare("x", .equal, .double($0)) } ?? .compare("x", .greater, .double(1e300)),
                b.map { .compare(FileColumn(["n", "b"]), .equal, .text($0)) } ?? .isNull(FileColumn(["n", "b"])),
                .compare("p", .equal, .text(["a b", "ü/%", ""][id % 3])),
            ].filter { id % 3 != 2 || $0 != .compare("p", .equal, .text("")) }
                + (id % 3 == 2 ? [.isNull("p")] : [.isNotNull("p")])
        }
    }

    private static func run(_ folder: URL) throws -> JSONObject {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", program, folder.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try #require(JSONValue.parse([UInt8](data)).object)
    }

    @Test(
        "every version is read as delta-rs reads it, and no file is skipped that has a matching row",
        .enabled(if: isInstalled))
    func versions() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "delta-rs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let found = try Self.run(folder)
        let log = folder.appending(path: "_delta_log")
        let names = try FileManager.default.contentsOfDirectory(atPath: log.path)
        let versions = try #require(found["versions"]?.array)
        let checkpoints = try #require(found["checkpoints"]?.object)
        #expect(versions.count > 12 && checkpoints.members.count == 2)
        #expect(LastCheckpoint(bytes: [UInt8](try Data(contentsOf: log.appending(path: "_last_checkpoint")))) != nil)

        func snapshot(_ version: Int, _ detail: FileDetail = .all, avoiding: Set<String> = []) throws -> Snapshot {
            let segment = try #require(try LogSegment(names: names, version: version, avoiding: avoiding))
            var replay = LogReplay(detail: detail)
            for piece in segment.commits.reversed() {
                let bytes = [UInt8](try Data(contentsOf: log.appending(path: piece.name)))
                try replay.apply(commit: bytes, file: piece.name, of: piece.version)
            }
            for name in segment.checkpoint?.files ?? [] {
                try replay.applyCheckpoint(json: Array(try #require(checkpoints[name]?.text).utf8), file: name)
            }
            return try replay.finish(at: version)
        }
        let all = Set(checkpoints.members.map(\.name))
        for (version, expected) in versions.enumerated() {
            let paths = try #require(expected.array).compactMap(\.text)
            for avoided in [[], all] {
                let table = try snapshot(version, avoiding: avoided)
                #expect(table.files.map { DataPath.decoded($0.path) }.sorted() == paths, "version \(version)")
                try table.checkReadable()
                #expect(table.metadata.schema.fields.count == 8 && table.metadata.partitionColumns == ["p"])
            }
        }

        let files = try #require(found["files"]?.object)
        var (kept, skipped) = (0, 0)
        for version in [8, 9, versions.count - 1] {
            let table = try snapshot(version, avoiding: version == 8 ? all : [])
            for file in table.files {
                let rows = try #require(files[DataPath.decoded(file.path)]?.array).map { try Row($0) }
                #expect(StatisticsScanner.rows(in: file.statistics) == rows.count)
                for row in rows {
                    for condition in row.conditions {
                        #expect(
                            condition.mayMatch(
                                partitionValues: file.partitionValues, statistics: file.statistics,
                                metadata: table.metadata), "\(condition) \(file)")
                    }
                }
                for number in stride(from: 0, to: 140, by: 7) {
                    let condition = FilePredicate.compare("id", .equal, .integer(number))
                    let isKept = condition.mayMatch(
                        partitionValues: file.partitionValues, statistics: file.statistics, metadata: table.metadata)
                    if isKept { kept += 1 } else { skipped += 1 }
                }
            }
            let one = try snapshot(version, .matching(.compare("id", .equal, .integer(77))))
            #expect(one.files.count + one.files.skipped == table.files.count)
            if version == 8 { #expect(one.files.count <= 3) }
        }
        #expect(skipped > kept)
    }
}
