/// A file of `_delta_log`, as its name tells.
package enum LogFile: Hashable, Sendable {
    case commit(Int)
    /// What remains of the commits from one version through another.
    case compacted(Int, Int)
    /// What a writer knew of the table at a version, to check others by.
    case checksum(Int)
    /// A checkpoint in one Parquet file.
    case checkpoint(Int)
    /// One of several Parquet files that are a checkpoint together; parts count from 1.
    case checkpointPart(Int, part: Int, of: Int)
    /// A checkpoint of the feature `v2Checkpoint`, in JSON or Parquet.
    case checkpointV2(Int, uuid: String, json: Bool)

    /// Nil for every other file, as are temporary files of writers.
    package init?(name: String) {
        let bytes = Array(name.utf8)
        guard bytes.count >= 24, let version = Self.number(bytes[..<20]) else { return nil }
        let rest = String(decoding: bytes[20...], as: UTF8.self)
        switch rest {
        case ".json": self = .commit(version)
        case ".crc": self = .checksum(version)
        case ".checkpoint.parquet": self = .checkpoint(version)
        default:
            let pieces = rest.split(separator: ".", omittingEmptySubsequences: false).dropFirst().map(String.init)
            guard let file = Self.other(version, pieces) else { return nil }
            self = file
        }
    }

    private static func other(_ version: Int, _ pieces: [String]) -> LogFile? {
        if pieces.count == 3, pieces[1] == "compacted", pieces[2] == "json", pieces[0].utf8.count == 20,
            let end = number(Array(pieces[0].utf8)[...]), end > version
        {
            return .compacted(version, end)
        }
        guard pieces.first == "checkpoint", let last = pieces.last, last == "parquet" || last == "json" else {
            return nil
        }
        if pieces.count == 4, last == "parquet", pieces[1].utf8.count == 10, pieces[2].utf8.count == 10,
            let part = number(Array(pieces[1].utf8)[...]), let count = number(Array(pieces[2].utf8)[...]),
            part >= 1, part <= count
        {
            return .checkpointPart(version, part: part, of: count)
        }
        guard pieces.count == 3, pieces[1].utf8.count == 36 else { return nil }
        return .checkpointV2(version, uuid: pieces[1], json: last == "json")
    }

    /// The name of the file.
    package var name: String {
        let version = Self.padded(version, 20)
        return switch self {
        case .commit: version + ".json"
        case .compacted(_, let end): "\(version).\(Self.padded(end, 20)).compacted.json"
        case .checksum: version + ".crc"
        case .checkpoint: version + ".checkpoint.parquet"
        case .checkpointPart(_, let part, let count):
            "\(version).checkpoint.\(Self.padded(part, 10)).\(Self.padded(count, 10)).parquet"
        case .checkpointV2(_, let uuid, let json): "\(version).checkpoint.\(uuid).\(json ? "json" : "parquet")"
        }
    }

    /// Of a compacted file, the first of its versions.
    package var version: Int {
        switch self {
        case .commit(let version), .compacted(let version, _), .checksum(let version), .checkpoint(let version),
            .checkpointPart(let version, _, _), .checkpointV2(let version, _, _):
            version
        }
    }

    /// Whether the file is a checkpoint, or a part of one.
    package var isCheckpoint: Bool {
        switch self {
        case .checkpoint, .checkpointPart, .checkpointV2: true
        case .commit, .compacted, .checksum: false
        }
    }

    /// The name before which no file of that version or a later one sorts.
    package static func firstName(from version: Int) -> String { padded(version, 20) }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, exceeded) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflowed, !exceeded else { return nil }
            value = sum
        }
        return value
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
