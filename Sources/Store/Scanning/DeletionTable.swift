import DeltaLog
import DuckDB

/// The rows of files that do not count, as a table of blocks of bits: the scan looks up a row's block and then its bit.
/// That costs the same however many rows are taken out.
struct DeletionTable {
    /// A SELECT of each block's file, number and bits.
    let sql: String
    /// Binary logarithm of the rows in a block.
    private let shift: Int

    /// - Parameter rows: those of each file, in the order in which the scan reads the files.
    init(_ rows: [RowSet]) {
        let shift = Self.shift(for: rows)
        self.shift = shift
        var blocks: [String] = []
        for (file, rows) in rows.enumerated() {
            var number = -1
            var bits: [UInt8] = []
            func finish() {
                if number >= 0 { blocks.append("(\(file), \(number), '\(Base64.text(bits))')") }
            }
            for row in rows {
                if row >> shift != number {
                    finish()
                    number = row >> shift
                    bits = [UInt8](repeating: 0, count: 1 << (shift - 3))
                }
                let bit = row & (1 << shift - 1)
                bits[bit >> 3] |= 0x80 >> UInt8(bit & 7)
            }
            finish()
        }
        if blocks.isEmpty {
            sql = "SELECT 0 AS file, 0 AS block, CAST(NULL AS BIT) AS bits WHERE false"
        } else {
            sql = """
                SELECT file, block, CAST(from_base64(bits) AS BIT) AS bits
                FROM (VALUES \(blocks.joined(separator: ", "))) AS b(file, block, bits)
                """
        }
    }

    /// How `d`, the blocks, and `f`, the files, belong together.
    var condition: String { "d.file = f.file_index AND d.block = f.file_row_number >> \(shift)" }

    /// True for rows of `f` that count.
    var isKept: String {
        "(d.bits IS NULL OR get_bit(d.bits, CAST(f.file_row_number & \(1 << shift - 1) AS INTEGER)) = 0)"
    }

    /// The size of blocks that makes the text shortest.
    private static func shift(for rows: [RowSet]) -> Int {
        let candidates = [8, 10, 12, 14, 16]
        var counts = [Int](repeating: 0, count: candidates.count)
        for rows in rows {
            var last = [Int](repeating: -1, count: candidates.count)
            for range in rows.ranges {
                for (index, shift) in candidates.enumerated() {
                    let first = max(range.lowerBound >> shift, last[index] + 1)
                    last[index] = range.upperBound >> shift
                    counts[index] += max(0, last[index] - first + 1)
                }
            }
        }
        // Twenty characters around the four for each three bytes of a block.
        let lengths = zip(candidates, counts).map { shift, count in count * (20 + (1 << (shift - 3)) * 4 / 3) }
        return candidates[lengths.indices.min { lengths[$0] < lengths[$1] } ?? 0]
    }
}

/// The encoding of RFC 4648.
private enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let rest = bytes.count - index
            let group =
                UInt32(bytes[index]) << 16 | (rest > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
                | (rest > 2 ? UInt32(bytes[index + 2]) : 0)
            text.append(alphabet[Int(group >> 18)])
            text.append(alphabet[Int(group >> 12 & 63)])
            text.append(rest > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            text.append(rest > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }
}
