import DuckDB
package import Queries

extension LocalEngine: SQLParser {
    package func parse(_ texts: [String]) throws -> [Result<SQLTree, SQLFault>] {
        try database().withConnection { connection in
            try texts.map { text in
                let sql =
                    "SELECT json_serialize_sql(?::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)"
                let json = try connection.query(sql, [.text(text)]).first?[0].text ?? ""
                return try SQLTree.decode(json)
            }
        }
    }
}
