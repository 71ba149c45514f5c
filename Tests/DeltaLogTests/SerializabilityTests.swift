import Testing

@testable import DeltaLog

/// What a writer wants, in terms of rows: each is a key and a value.
private enum Wish {
    case append([Row])
    case merge(Row)
    case delete(key: Int)
    case replace([Row])
    case optimize

    /// The rows after it.
    func apply(to rows: inout [Row]) {
        switch self {
        case .append(let new): rows += new
        case .merge(let row):
            rows.removeAll { $0.key == row.key }
            rows.append(row)
        case .delete(let key): rows.removeAll { $0.key == key }
        case .replace(let new): rows = new
        case .optimize: break
        }
    }
}

private struct Row: Hashable {
    var key: Int
    var value: Int
}

/// A generator of which a failing test can repeat the numbers.
private struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Several writers that work on one table in steps that chance interleaves, with answers that get lost.
private struct Simulation {
    private struct Writer {
        var wish: Wish
        var id: String
        var loop: CommitLoop
        var step: CommitLoop.Step
    }

    private(set) var log = TableLog()
    private(set) var conflicts = 0
    private(set) var finished: Set<String> = []
    private var wishes: [String: Wish] = [:]
    private var contents: [String: [Row]] = [:]
    private var writers: [Writer] = []
    private var dice: Dice
    private var made = 0

    init(seed: Int) throws {
        dice = Dice(seed: seed)
        try log.commit(.make(.replace, ["a": .long], [], id: "creation"))
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            if writers.count < 4 { try begin() }
            if !writers.isEmpty { try advance(Int.random(in: 0..<writers.count, using: &dice)) }
        }
        while !writers.isEmpty { try advance(0) }
    }

    /// The rows that the table's files hold.
    func rows() throws -> [Row] { try log.snapshot().files.flatMap { contents[$0.path] ?? [] } }

    /// The rows that the wishes make one after the other, in the order of their commits.
    func expectation() throws -> [Row] {
        var rows: [Row] = []
        var seen: Set<String> = []
        for version in 1..<max(1, log.newest + 1) {
            let id = try #require(try log.commit(version).info?["txnId"]?.text)
            #expect(seen.insert(id).inserted, "a wish was committed twice")
            try #require(wishes[id]).apply(to: &rows)
        }
        #expect(finished == seen)
        return rows
    }

    private mutating func begin() throws {
        let row = Row(key: .random(in: 0..<12, using: &dice), value: .random(in: 0..<1_000, using: &dice))
        let wish: Wish =
            switch Int.random(in: 0..<10, using: &dice) {
            case 0...3: .append([row, Row(key: row.key + 1, value: row.value)])
            case 4...5: .merge(row)
            case 6: .delete(key: row.key)
            case 7: .replace([row])
            default: .optimize
            }
        made += 1
        try prepare(wish, id: "wish\(made)")
    }

    /// Works on the newest version, as far as it is when the writer begins.
    private mutating func prepare(_ wish: Wish, id: String) throws {
        wishes[id] = wish
        let snapshot = try log.snapshot()
        guard let change = change(for: wish, id: id, snapshot) else { return }
        var loop = CommitLoop(change, after: .snapshot(snapshot, committed: nil), limit: 1_000)
        let step = try loop.start(at: 1)
        writers.append(Writer(wish: wish, id: id, loop: loop, step: step))
    }

    private mutating func change(for wish: Wish, id: String, _ snapshot: Snapshot) -> TableChange? {
        func touched(_ key: Int) -> [AddFile] {
            snapshot.files.filter { contents[$0.path]?.contains { $0.key == key } ?? false }
        }
        switch wish {
        case .append(let rows): return .make(.append, nil, file(rows), id: id)
        case .replace(let rows): return .make(.replace, nil, file(rows), id: id)
        case .merge(let row):
            let files = touched(row.key)
            return .merge(files, file(rows(in: files).filter { $0.key != row.key } + [row]), id: id)
        case .delete(let key):
            let files = touched(key)
            return .make(
                .rewrite(removing: files, operation: .delete(where: "key = \(key)"), dataChange: true), nil,
                file(rows(in: files).filter { $0.key != key }), id: id)
        case .optimize:
            let files = Array(snapshot.files.shuffled(using: &dice).prefix(3))
            guard files.count > 1 else { return nil }
            return .optimize(files, file(rows(in: files)), id: id)
        }
    }

    private func rows(in files: [AddFile]) -> [Row] { files.flatMap { contents[$0.path] ?? [] } }

    private mutating func file(_ rows: [Row]) -> [AddFile] {
        guard !rows.isEmpty else { return [] }
        let path = "file\(contents.count)"
        contents[path] = rows
        return [.make(path, rows: rows.count)]
    }

    private mutating func advance(_ index: Int) throws {
        var writer = writers.remove(at: index)
        do throws(CommitFailure) {
            switch writer.step {
            case .put(let commit, let version, _):
                writer.step = try writer.loop.told(put(commit, version), at: 1)
            case .read(let first):
                let newest = Result { try log.snapshot() }
                var winners: [Int: Commit] = [:]
                for version in first..<max(first, log.newest + 1) { winners[version] = try? log.commit(version) }
                writer.step = try writer.loop.read(winners, newest: try? newest.get(), at: 1)
            case .finished:
                finished.insert(writer.id)
                return
            }
        } catch {
            guard case .conflict = error else { throw error }
            conflicts += 1
            // As a store would: the work is done again on what is there now.
            try prepare(writer.wish, id: writer.id + "'")
            return
        }
        writers.append(writer)
    }

    private mutating func put(_ commit: Commit, _ version: Int) -> CommitLoop.Outcome {
        let chance = Int.random(in: 0..<10, using: &dice)
        if chance == 0 { return .unknown }
        guard version == log.newest + 1 else { return chance == 1 ? .unknown : .lost }
        log.append(commit)
        return chance == 1 ? .unknown : .won
    }
}

@Suite("Serial order of concurrent changes")
struct SerializabilityTests {
    @Test("interleaved writers leave what they would have left one after the other", arguments: 0..<24)
    func interleaved(seed: Int) throws {
        var simulation = try Simulation(seed: seed)
        try simulation.run(steps: 120)
        let rows = try simulation.rows()
        let expected = try simulation.expectation()
        #expect(simulation.finished.count > 15 && simulation.conflicts > 0)
        #expect(
            rows.sorted { ($0.key, $0.value) < ($1.key, $1.value) }
                == expected.sorted { ($0.key, $0.value) < ($1.key, $1.value) })
    }
}
