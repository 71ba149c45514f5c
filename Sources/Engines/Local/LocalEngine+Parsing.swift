import Dispatch
import DuckDB
import Foundation
package import Queries
import Synchronization

extension LocalEngine: SQLParser {
    package func parse(_ texts: [String]) throws -> [Result<SQLTree, SQLFault>] {
        try parse(texts, keepsEmpty: false) { $0 }
    }

    /// Of `GROUPING SETS ((a), ())` the empty set counts, so what is empty is kept.
    package func queries(_ texts: [String]) throws -> [Result<SQLQuery, SQLFault>] {
        try parse(texts, keepsEmpty: true) { $0.map { SQLQuery($0) } }
    }

    private func parse<Parsed: Sendable>(
        _ texts: [String], keepsEmpty: Bool, _ body: @Sendable (Result<SQLTree, SQLFault>) -> Parsed
    ) throws -> [Parsed] {
        let database = try database()
        return try Parallel.map(texts, atLeast: 32) { part in
            try database.withConnection { connection in
                let sql = """
                    SELECT json_serialize_sql(text, skip_null := true, skip_empty := \(!keepsEmpty), \
                    skip_default := true)
                    FROM (SELECT unnest(?::VARCHAR[]) AS text)
                    """
                let rows = try connection.query(sql, [.list(part.map { .text($0) })])
                return try rows.map { body(try SQLTree.decode($0[0].text ?? "")) }
            }
        }
    }
}

/// Work that is cut into parts, one for each processor.
enum Parallel {
    /// The results in the order of the items. The first error of a part is thrown.
    /// - Parameter least: fewer items than this are not worth a thread of their own.
    static func map<Item: Sendable, Output: Sendable>(
        _ items: [Item], atLeast least: Int, _ body: @Sendable (ArraySlice<Item>) throws -> [Output]
    ) throws -> [Output] {
        let count = max(1, min(processors, items.count / max(1, least)))
        let size = (items.count + count - 1) / count
        let parts = Mutex<[Int: Result<[Output], any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let range = min(index * size, items.count)..<min((index + 1) * size, items.count)
            let result = Result { try body(items[range]) }
            parts.withLock { $0[index] = result }
        }
        return try parts.withLock { parts in try (0..<count).flatMap { try parts[$0]?.get() ?? [] } }
    }

    private static let processors = ProcessInfo.processInfo.activeProcessorCount
}
