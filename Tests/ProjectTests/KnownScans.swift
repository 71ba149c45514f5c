/// DuckDB's parse trees of some queries (`json_serialize_sql`, without what nobody asks for: positions, select lists),
/// and what is known of the rows that they need of a table.
enum KnownScans {
    struct Case: Sendable {
        var sql: String
        var tree: String
        var table: String
        /// The predicate in words; nil when every row may be needed.
        var predicate: String?
    }

    static let all = [
        Case(
            sql: #"FROM t WHERE x = 5 AND 'b' > y AND z BETWEEN 1 AND 2.50"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","ta\#
                ble_name":"t"},"where_clause":{"type":"CONJUNCTION_AND","children":[{"type":"COMPARE_EQUAL","lef\#
                t":{"type":"COLUMN_REF","column_names":["x"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{\#
                "id":"INTEGER"},"is_null":false,"value":5}}},{"type":"COMPARE_GREATERTHAN","left":{"type":"VALUE\#
                _CONSTANT","value":{"type":{"id":"VARCHAR"},"is_null":false,"value":"b"}},"right":{"type":"COLUM\#
                N_REF","column_names":["y"]}},{"type":"COMPARE_BETWEEN","input":{"type":"COLUMN_REF","column_nam\#
                es":["z"]},"lower":{"type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"va\#
                lue":1}},"upper":{"type":"VALUE_CONSTANT","value":{"type":{"id":"DECIMAL","type_info":{"type":"D\#
                ECIMAL_TYPE_INFO","width":3,"scale":2}},"is_null":false,"value":250}}}]}}}]}
                """#,
            table: "t", predicate: "x = 5; y < 'b'; z >= 1 and z <= 2.50"),
        Case(
            sql: #"FROM t a WHERE a.x IN (1, NULL, 2) OR (a.s.f IS NULL AND upper(y) = 'B')"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","al\#
                ias":"a","table_name":"t"},"where_clause":{"type":"CONJUNCTION_OR","children":[{"type":"COMPARE_\#
                IN","children":[{"type":"COLUMN_REF","column_names":["a","x"]},{"type":"VALUE_CONSTANT","value":\#
                {"type":{"id":"INTEGER"},"is_null":false,"value":1}},{"type":"VALUE_CONSTANT","value":{"type":{"\#
                id":"NULL"},"is_null":true}},{"type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null"\#
                :false,"value":2}}]},{"type":"CONJUNCTION_AND","children":[{"type":"OPERATOR_IS_NULL","children"\#
                :[{"type":"COLUMN_REF","column_names":["a","s","f"]}]},{"type":"COMPARE_EQUAL","left":{"type":"F\#
                UNCTION","function_name":"upper","children":[{"type":"COLUMN_REF","column_names":["y"]}]},"right\#
                ":{"type":"VALUE_CONSTANT","value":{"type":{"id":"VARCHAR"},"is_null":false,"value":"B"}}}]}]}}}\#
                ]}
                """#,
            table: "t", predicate: "x in 1, 2 or s.f is null"),
        Case(
            sql: #"FROM t WHERE d >= DATE '2026-01-31' AND u < TIMESTAMP '2026-01-31 12:30:00.5' AND b = true"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","ta\#
                ble_name":"t"},"where_clause":{"type":"CONJUNCTION_AND","children":[{"type":"COMPARE_GREATERTHAN\#
                OREQUALTO","left":{"type":"COLUMN_REF","column_names":["d"]},"right":{"type":"OPERATOR_CAST","ch\#
                ild":{"type":"VALUE_CONSTANT","value":{"type":{"id":"VARCHAR"},"is_null":false,"value":"2026-01-\#
                31"}},"cast_type":{"id":"DATE"}}},{"type":"COMPARE_LESSTHAN","left":{"type":"COLUMN_REF","column\#
                _names":["u"]},"right":{"type":"OPERATOR_CAST","child":{"type":"VALUE_CONSTANT","value":{"type":\#
                {"id":"VARCHAR"},"is_null":false,"value":"2026-01-31 12:30:00.5"}},"cast_type":{"id":"TIMESTAMP"\#
                }}},{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["b"]},"right":{"type":"O\#
                PERATOR_CAST","child":{"type":"VALUE_CONSTANT","value":{"type":{"id":"VARCHAR"},"is_null":false,\#
                "value":"t"}},"cast_type":{"id":"BOOLEAN"}}}]}}}]}
                """#,
            table: "t", predicate: "d >= day 20484; u < time 1769862600500000; b = true"),
        Case(
            sql: #"FROM t WHERE x = 1 OR f(y)"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","ta\#
                ble_name":"t"},"where_clause":{"type":"CONJUNCTION_OR","children":[{"type":"COMPARE_EQUAL","left\#
                ":{"type":"COLUMN_REF","column_names":["x"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"\#
                id":"INTEGER"},"is_null":false,"value":1}}},{"type":"FUNCTION","function_name":"f","children":[{\#
                "type":"COLUMN_REF","column_names":["y"]}]}]}}}]}
                """#,
            table: "t", predicate: nil),
        Case(
            sql: #"FROM t WHERE NOT b AND x = y AND x LIKE 'a%' AND x > 1e3"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","ta\#
                ble_name":"t"},"where_clause":{"type":"CONJUNCTION_AND","children":[{"type":"OPERATOR_NOT","chil\#
                dren":[{"type":"COLUMN_REF","column_names":["b"]}]},{"type":"COMPARE_EQUAL","left":{"type":"COLU\#
                MN_REF","column_names":["x"]},"right":{"type":"COLUMN_REF","column_names":["y"]}},{"type":"FUNCT\#
                ION","function_name":"~~","children":[{"type":"COLUMN_REF","column_names":["x"]},{"type":"VALUE_\#
                CONSTANT","value":{"type":{"id":"VARCHAR"},"is_null":false,"value":"a%"}}],"is_operator":true},{\#
                "type":"COMPARE_GREATERTHAN","left":{"type":"COLUMN_REF","column_names":["x"]},"right":{"type":"\#
                VALUE_CONSTANT","value":{"type":{"id":"DOUBLE"},"is_null":false,"value":1000.0}}}]}}}]}
                """#,
            table: "t", predicate: nil),
        Case(
            sql: #"FROM t a, t b WHERE a.x = 1"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"JOIN","left":{"\#
                type":"BASE_TABLE","alias":"a","table_name":"t"},"right":{"type":"BASE_TABLE","alias":"b","table\#
                _name":"t"},"join_type":"INNER","ref_type":"CROSS"},"where_clause":{"type":"COMPARE_EQUAL","left\#
                ":{"type":"COLUMN_REF","column_names":["a","x"]},"right":{"type":"VALUE_CONSTANT","value":{"type\#
                ":{"id":"INTEGER"},"is_null":false,"value":1}}}}}]}
                """#,
            table: "t", predicate: nil),
        Case(
            sql: #"FROM t a, T b WHERE a.x = 1 AND b.x = 2"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"JOIN","left":{"\#
                type":"BASE_TABLE","alias":"a","table_name":"t"},"right":{"type":"BASE_TABLE","alias":"b","table\#
                _name":"T"},"join_type":"INNER","ref_type":"CROSS"},"where_clause":{"type":"CONJUNCTION_AND","ch\#
                ildren":[{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["a","x"]},"right":{\#
                "type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":1}}},{"type":"C\#
                OMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["b","x"]},"right":{"type":"VALUE_CONST\#
                ANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":2}}}]}}}]}
                """#,
            table: "t", predicate: "x = 1 or x = 2"),
        Case(
            sql: #"FROM t JOIN u ON t.id = u.id AND u.x = 3 WHERE t.x = 1 AND y = 2"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"JOIN","left":{"\#
                type":"BASE_TABLE","table_name":"t"},"right":{"type":"BASE_TABLE","table_name":"u"},"condition":\#
                {"type":"CONJUNCTION_AND","children":[{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","colum\#
                n_names":["t","id"]},"right":{"type":"COLUMN_REF","column_names":["u","id"]}},{"type":"COMPARE_E\#
                QUAL","left":{"type":"COLUMN_REF","column_names":["u","x"]},"right":{"type":"VALUE_CONSTANT","va\#
                lue":{"type":{"id":"INTEGER"},"is_null":false,"value":3}}}]},"join_type":"INNER","ref_type":"REG\#
                ULAR"},"where_clause":{"type":"CONJUNCTION_AND","children":[{"type":"COMPARE_EQUAL","left":{"typ\#
                e":"COLUMN_REF","column_names":["t","x"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"id"\#
                :"INTEGER"},"is_null":false,"value":1}}},{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","co\#
                lumn_names":["y"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":f\#
                alse,"value":2}}}]}}}]}
                """#,
            table: "t", predicate: "x = 1"),
        Case(
            sql: #"FROM t JOIN u ON t.id = u.id AND u.x = 3 WHERE t.x = 1 AND y = 2"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"JOIN","left":{"\#
                type":"BASE_TABLE","table_name":"t"},"right":{"type":"BASE_TABLE","table_name":"u"},"condition":\#
                {"type":"CONJUNCTION_AND","children":[{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","colum\#
                n_names":["t","id"]},"right":{"type":"COLUMN_REF","column_names":["u","id"]}},{"type":"COMPARE_E\#
                QUAL","left":{"type":"COLUMN_REF","column_names":["u","x"]},"right":{"type":"VALUE_CONSTANT","va\#
                lue":{"type":{"id":"INTEGER"},"is_null":false,"value":3}}}]},"join_type":"INNER","ref_type":"REG\#
                ULAR"},"where_clause":{"type":"CONJUNCTION_AND","children":[{"type":"COMPARE_EQUAL","left":{"typ\#
                e":"COLUMN_REF","column_names":["t","x"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"id"\#
                :"INTEGER"},"is_null":false,"value":1}}},{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","co\#
                lumn_names":["y"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":f\#
                alse,"value":2}}}]}}}]}
                """#,
            table: "u", predicate: "x = 3"),
        Case(
            sql: #"FROM t LEFT JOIN u USING (id) WHERE t.x = 1 AND u.x IS NULL"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"JOIN","left":{"\#
                type":"BASE_TABLE","table_name":"t"},"right":{"type":"BASE_TABLE","table_name":"u"},"join_type":\#
                "LEFT","ref_type":"REGULAR","using_columns":["id"]},"where_clause":{"type":"CONJUNCTION_AND","ch\#
                ildren":[{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["t","x"]},"right":{\#
                "type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":1}}},{"type":"O\#
                PERATOR_IS_NULL","children":[{"type":"COLUMN_REF","column_names":["u","x"]}]}]}}}]}
                """#,
            table: "t", predicate: "x = 1"),
        Case(
            sql: #"FROM t LEFT JOIN u USING (id) WHERE t.x = 1 AND u.x IS NULL"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"JOIN","left":{"\#
                type":"BASE_TABLE","table_name":"t"},"right":{"type":"BASE_TABLE","table_name":"u"},"join_type":\#
                "LEFT","ref_type":"REGULAR","using_columns":["id"]},"where_clause":{"type":"CONJUNCTION_AND","ch\#
                ildren":[{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["t","x"]},"right":{\#
                "type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":1}}},{"type":"O\#
                PERATOR_IS_NULL","children":[{"type":"COLUMN_REF","column_names":["u","x"]}]}]}}}]}
                """#,
            table: "u", predicate: nil),
        Case(
            sql: #"FROM t FULL JOIN u USING (id) WHERE t.x = 1"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"JOIN","left":{"\#
                type":"BASE_TABLE","table_name":"t"},"right":{"type":"BASE_TABLE","table_name":"u"},"join_type":\#
                "FULL","ref_type":"REGULAR","using_columns":["id"]},"where_clause":{"type":"COMPARE_EQUAL","left\#
                ":{"type":"COLUMN_REF","column_names":["t","x"]},"right":{"type":"VALUE_CONSTANT","value":{"type\#
                ":{"id":"INTEGER"},"is_null":false,"value":1}}}}}]}
                """#,
            table: "t", predicate: nil),
        Case(
            sql: #"FROM t POSITIONAL JOIN u WHERE t.x = 1"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"JOIN","left":{"\#
                type":"BASE_TABLE","table_name":"t"},"right":{"type":"BASE_TABLE","table_name":"u"},"join_type":\#
                "INNER","ref_type":"POSITIONAL"},"where_clause":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_R\#
                EF","column_names":["t","x"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},\#
                "is_null":false,"value":1}}}}}]}
                """#,
            table: "t", predicate: nil),
        Case(
            sql: #"FROM (SELECT * FROM t WHERE x = 1) WHERE y = 2"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"SUBQUERY","subq\#
                uery":{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","table_name":"t"},"where_c\#
                lause":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["x"]},"right":{"type"\#
                :"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":1}}}}}},"where_clause\#
                ":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["y"]},"right":{"type":"VAL\#
                UE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":2}}}}}]}
                """#,
            table: "t", predicate: "x = 1"),
        Case(
            sql: #"WITH t AS (SELECT * FROM u WHERE x = 1) FROM t WHERE x = 2"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","cte_map":{"map":[{"key":"t","value":\#
                {"query":{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","table_name":"u"},"wher\#
                e_clause":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["x"]},"right":{"ty\#
                pe":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":1}}}}},"materializ\#
                ed":"CTE_MATERIALIZE_DEFAULT"}}]},"from_table":{"type":"BASE_TABLE","table_name":"t"},"where_cla\#
                use":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["x"]},"right":{"type":"\#
                VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":2}}}}}]}
                """#,
            table: "t", predicate: nil),
        Case(
            sql: #"WITH t AS (SELECT * FROM u WHERE x = 1) FROM t WHERE x = 2"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","cte_map":{"map":[{"key":"t","value":\#
                {"query":{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","table_name":"u"},"wher\#
                e_clause":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["x"]},"right":{"ty\#
                pe":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":1}}}}},"materializ\#
                ed":"CTE_MATERIALIZE_DEFAULT"}}]},"from_table":{"type":"BASE_TABLE","table_name":"t"},"where_cla\#
                use":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names":["x"]},"right":{"type":"\#
                VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value":2}}}}}]}
                """#,
            table: "u", predicate: "x = 1"),
        Case(
            sql: #"SELECT (SELECT max(x) FROM u) FROM t WHERE x = 1"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","ta\#
                ble_name":"t"},"where_clause":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_names"\#
                :["x"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"value\#
                ":1}}}}}]}
                """#,
            table: "u", predicate: nil),
        Case(
            sql: #"FROM t TABLESAMPLE 10% WHERE x = 1"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","sa\#
                mple":{"sample_size":{"type":{"id":"DOUBLE"},"is_null":false,"value":10.0},"is_percentage":true,\#
                "method":"System","seed":-1},"table_name":"t"},"where_clause":{"type":"COMPARE_EQUAL","left":{"t\#
                ype":"COLUMN_REF","column_names":["x"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"id":"\#
                INTEGER"},"is_null":false,"value":1}}}}}]}
                """#,
            table: "t", predicate: nil),
        Case(
            sql: #"FROM t a(x, y) WHERE x = 1"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","al\#
                ias":"a","table_name":"t","column_name_alias":["x","y"]},"where_clause":{"type":"COMPARE_EQUAL",\#
                "left":{"type":"COLUMN_REF","column_names":["x"]},"right":{"type":"VALUE_CONSTANT","value":{"typ\#
                e":{"id":"INTEGER"},"is_null":false,"value":1}}}}}]}
                """#,
            table: "t", predicate: nil),
        Case(
            sql: #"FROM "t@3" WHERE x = 1"#,
            tree: #"""
                {"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"BASE_TABLE","ta\#
                ble_name":"t@3"},"where_clause":{"type":"COMPARE_EQUAL","left":{"type":"COLUMN_REF","column_name\#
                s":["x"]},"right":{"type":"VALUE_CONSTANT","value":{"type":{"id":"INTEGER"},"is_null":false,"val\#
                ue":1}}}}}]}
                """#,
            table: "t@3", predicate: "x = 1"),
    ]
}
