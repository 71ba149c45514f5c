import DuckDB
import Project

/// A condition in SQL that a user wrote: one expression over the columns of some rows.
struct Condition {
    let text: String
    /// What the user calls it, for errors.
    private let role: String

    init(_ text: String, named role: String) {
        self.text = text
        self.role = role
    }

    /// Makes sure that it is a condition over the rows' columns.
    ///
    /// - Parameters:
    ///   - rows: a SELECT of the rows.
    ///   - dataset: the name by which the condition may refer to them.
    /// - Throws: `invalidCondition`.
    func check(over rows: String, of dataset: DatasetName, on connection: Connection) throws {
        guard try isExpression(of: dataset, on: connection) else {
            throw invalid("is not one expression", dataset)
        }
        do {
            let columns = try connection.columns(
                of: "SELECT (\(text)\n) AS condition FROM (\(rows)) AS \(SQL.quoted(dataset.text))")
            guard let type = columns.first?.type, ["BOOLEAN", "\"NULL\"", "NULL"].contains(type) else {
                throw invalid("is no condition, but of type \(columns.first?.type ?? "?")", dataset)
            }
        } catch let error as DuckDBError {
            let candidates =
                error.candidates.isEmpty ? "" : "; did you mean \(error.candidates.joined(separator: ", "))?"
            throw invalid("is wrong: \(error.message)\(candidates)", dataset)
        }
    }

    /// Runs a statement that puts the condition to rows: a value that it fails on is no fault of the store.
    ///
    /// - Throws: `invalidCondition`.
    func deciding<Answer>(rowsOf dataset: DatasetName, _ work: () throws -> Answer) throws -> Answer {
        do {
            return try work()
        } catch let error as DuckDBError
            where [.conversion, .outOfRange].contains(error.code) && !error.message.contains("failed to cast column")
        {
            throw invalid(
                "fails on a row (\(error.message))", dataset,
                hint: "TRY_CAST gives NULL where a value cannot be converted")
        }
    }

    /// The text must not end what it is put into and go on with something else.
    private func isExpression(of dataset: DatasetName, on connection: Connection) throws -> Bool {
        do {
            let tree = try connection.query(
                """
                WITH tree AS (SELECT json_serialize_sql(?::VARCHAR) AS t)
                SELECT json_array_length(t -> '$.statements') = 1
                    AND json_array_length(t -> '$.statements[0].node.select_list') = 1
                    AND (t ->> '$.statements[0].node.from_table.type') = 'EMPTY'
                    AND coalesce(t ->> '$.statements[0].node.where_clause', 'null') = 'null'
                    AND json_array_length(t -> '$.statements[0].node.modifiers') = 0 AS ok
                FROM tree
                """, [.text("SELECT (\(text)\n)")])
            return tree.first?["ok"].bool ?? false
        } catch let error as DuckDBError {
            throw invalid("is no SQL: \(error.message)", dataset)
        }
    }

    private func invalid(_ what: String, _ dataset: DatasetName, hint: String? = nil) -> StoreError {
        StoreError(
            .invalidCondition, dataset: dataset, message: "\(dataset): the condition \(role) \(what): \(text)",
            hint: hint ?? "Write one condition over the columns of '\(dataset)', such as: amount < 0 AND kind = 'x'")
    }
}
