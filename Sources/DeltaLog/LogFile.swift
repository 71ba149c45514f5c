/// A file of `_delta_log`, as its name tells.
package enum LogFile: Hashable, Sendable {
    case commit(Int)
    /// A checkpoint in one Parquet file.
    case checkpoint(Int)
    /// One of several Parquet files that are a checkpoint together; parts count from 1.
    case checkpointPart(Int, part: Int, of: Int)
    /// A checkpoint of the feature `v2Checkpoint`.
    case checkpointV2(Int)

    /// Nil for every other file: checksums, compacted commits, temporary files of writers.
    package init?(name: String) {
        let bytes = Array(name.utf8)
        guard bytes.count >= 25, let version = Self.number(bytes[..<20]) else { return nil }
        let rest = String(decoding: bytes[20...], as: UTF8.self)
        if rest == ".json" {
            self = .commit(version)
            return
        }
        if rest == ".checkpoint.parquet" {
            self = .checkpoint(version)
            return
        }
        guard rest.hasPrefix(".checkpoint.") else { return nil }
        let pieces = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = pieces.last, last == "parquet" || last == "json" else { return nil }
        if pieces.count == 5, last == "parquet", pieces[2].utf8.count == 10, pieces[3].utf8.count == 10,
            let part = Self.number(Array(pieces[2].utf8)[...]), let count = Self.number(Array(pieces[3].utf8)[...]),
            part >= 1, part <= count
        {
            self = .checkpointPart(version, part: part, of: count)
        } else if pieces.count == 4, pieces[2].utf8.count == 36 {
            self = .checkpointV2(version)
        } else {
            return nil
        }
    }

    /// The name of the file.
    package var name: String {
        switch self {
        case .commit(let version): Self.padded(version, 20) + ".json"
        case .checkpoint(let version): Self.padded(version, 20) + ".checkpoint.parquet"
        case .checkpointPart(let version, let part, let count):
            "\(Self.padded(version, 20)).checkpoint.\(Self.padded(part, 10)).\(Self.padded(count, 10)).parquet"
        case .checkpointV2(let version): Self.padded(version, 20) + ".checkpoint"
        }
    }

    package var version: Int {
        switch self {
        case .commit(let version), .checkpoint(let version), .checkpointPart(let version, _, _),
            .checkpointV2(let version):
            version
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
