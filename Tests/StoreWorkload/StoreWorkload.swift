import Foundation

/// A program that puts a store under load, for tests which need processes of their own: writers that contend for a
/// table, and writers that are killed.
///
/// A store is the path of a folder, or `s3://bucket/prefix`.
@main
struct StoreWorkload {
    static let usage = """
        usage: StoreWorkload open STORE TABLE              says how long opening a table takes
               StoreWorkload write STORE TABLE WRITER SECONDS [SEED]   appends, merges and optimizes
               StoreWorkload contend STORE SECONDS         two writers at once, then looks whether all is well
               StoreWorkload survive STORE KILLS           kills writers, and looks after each whether all is well
        """

    static func main() async {
        do {
            let answer = try await run(Array(CommandLine.arguments.dropFirst()))
            Output.line(answer)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ words: [String]) async throws -> String {
        guard let command = words.first, words.count > 2 else { throw Trouble(usage) }
        let place = try WorkloadStore(words[1])
        switch command {
        case "open":
            return try await place.open(words[2])
        case "write":
            guard words.count > 4, let seconds = Double(words[4]) else { throw Trouble(usage) }
            let seed = words.count > 5 ? UInt64(words[5]) ?? 0 : 0
            let writer = Writer(place: place, table: try place.name(words[2]), name: words[3], seed: seed)
            return try await writer.run(seconds: seconds)
        case "contend":
            guard let seconds = Double(words[2]) else { throw Trouble(usage) }
            return try await Contention(store: words[1], place: place).run(seconds: seconds)
        case "survive":
            guard let kills = Int(words[2]) else { throw Trouble(usage) }
            return try await Survival(store: words[1], place: place).run(kills: kills)
        default:
            throw Trouble(usage)
        }
    }
}

/// What is not as it should be.
struct Trouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

enum Output {
    /// Prints a line at once.
    static func line(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
