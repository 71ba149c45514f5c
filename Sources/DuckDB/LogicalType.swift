import CDuckDB

/// A type of DuckDB, taken apart so that vectors of it can be read, with its name as DuckDB writes it.
struct LogicalType: Sendable {
    indirect enum Shape: Sendable {
        case scalar
        case decimal(width: Int, scale: Int, storage: duckdb_type)
        case enumeration(labels: [String], storage: duckdb_type)
        case list(LogicalType)
        case array(LogicalType, size: Int)
        case map(key: LogicalType, value: LogicalType)
        case structure([Member])
        case union([Member])
    }

    struct Member: Sendable {
        var name: String
        var type: LogicalType
    }

    let id: duckdb_type
    let shape: Shape
    /// Such as `DECIMAL(18,3)` or `STRUCT(a INTEGER, b VARCHAR[])`.
    let name: String

    /// Takes `type` over and destroys it.
    init(consuming type: duckdb_logical_type?) {
        var type = type
        defer { duckdb_destroy_logical_type(&type) }
        guard let type else {
            self.init(id: DUCKDB_TYPE_INVALID, shape: .scalar, name: "INVALID")
            return
        }
        let id = duckdb_get_type_id(type)
        let alias = Self.takeText(duckdb_logical_type_get_alias(type))
        let (shape, name) = Self.takeApart(type, id)
        self.init(id: id, shape: shape, name: alias ?? name)
    }

    private init(id: duckdb_type, shape: Shape, name: String) {
        self.id = id
        self.shape = shape
        self.name = name
    }

    private static func takeApart(_ type: duckdb_logical_type, _ id: duckdb_type) -> (Shape, String) {
        switch id {
        case DUCKDB_TYPE_DECIMAL:
            let (width, scale) = (Int(duckdb_decimal_width(type)), Int(duckdb_decimal_scale(type)))
            return (
                .decimal(width: width, scale: scale, storage: duckdb_decimal_internal_type(type)),
                "DECIMAL(\(width),\(scale))"
            )
        case DUCKDB_TYPE_ENUM:
            let labels = (0..<idx_t(duckdb_enum_dictionary_size(type))).map {
                takeText(duckdb_enum_dictionary_value(type, $0)) ?? ""
            }
            return (
                .enumeration(labels: labels, storage: duckdb_enum_internal_type(type)),
                "ENUM(" + labels.map { SQL.literal($0) }.joined(separator: ", ") + ")"
            )
        case DUCKDB_TYPE_LIST:
            let child = LogicalType(consuming: duckdb_list_type_child_type(type))
            return (.list(child), child.name + "[]")
        case DUCKDB_TYPE_ARRAY:
            let child = LogicalType(consuming: duckdb_array_type_child_type(type))
            let size = Int(duckdb_array_type_array_size(type))
            return (.array(child, size: size), "\(child.name)[\(size)]")
        case DUCKDB_TYPE_MAP:
            let key = LogicalType(consuming: duckdb_map_type_key_type(type))
            let value = LogicalType(consuming: duckdb_map_type_value_type(type))
            return (.map(key: key, value: value), "MAP(\(key.name), \(value.name))")
        case DUCKDB_TYPE_STRUCT:
            let members = (0..<duckdb_struct_type_child_count(type)).map {
                Member(
                    name: takeText(duckdb_struct_type_child_name(type, $0)) ?? "",
                    type: LogicalType(consuming: duckdb_struct_type_child_type(type, $0))
                )
            }
            return (.structure(members), "STRUCT(\(list(members)))")
        case DUCKDB_TYPE_UNION:
            let members = (0..<duckdb_union_type_member_count(type)).map {
                Member(
                    name: takeText(duckdb_union_type_member_name(type, $0)) ?? "",
                    type: LogicalType(consuming: duckdb_union_type_member_type(type, $0))
                )
            }
            return (.union(members), "UNION(\(list(members)))")
        default:
            return (.scalar, scalarNames[id.rawValue] ?? "UNKNOWN")
        }
    }

    private static func list(_ members: [Member]) -> String {
        members.map { $0.name.isEmpty ? $0.type.name : "\(SQL.identifier($0.name)) \($0.type.name)" }
            .joined(separator: ", ")
    }

    private static func takeText(_ text: UnsafeMutablePointer<CChar>?) -> String? {
        guard let text else { return nil }
        defer { duckdb_free(text) }
        return String(cString: text)
    }

    static let scalarNames: [UInt32: String] = [
        DUCKDB_TYPE_BOOLEAN.rawValue: "BOOLEAN",
        DUCKDB_TYPE_TINYINT.rawValue: "TINYINT",
        DUCKDB_TYPE_SMALLINT.rawValue: "SMALLINT",
        DUCKDB_TYPE_INTEGER.rawValue: "INTEGER",
        DUCKDB_TYPE_BIGINT.rawValue: "BIGINT",
        DUCKDB_TYPE_HUGEINT.rawValue: "HUGEINT",
        DUCKDB_TYPE_UTINYINT.rawValue: "UTINYINT",
        DUCKDB_TYPE_USMALLINT.rawValue: "USMALLINT",
        DUCKDB_TYPE_UINTEGER.rawValue: "UINTEGER",
        DUCKDB_TYPE_UBIGINT.rawValue: "UBIGINT",
        DUCKDB_TYPE_UHUGEINT.rawValue: "UHUGEINT",
        DUCKDB_TYPE_BIGNUM.rawValue: "BIGNUM",
        DUCKDB_TYPE_FLOAT.rawValue: "FLOAT",
        DUCKDB_TYPE_DOUBLE.rawValue: "DOUBLE",
        DUCKDB_TYPE_DATE.rawValue: "DATE",
        DUCKDB_TYPE_TIME.rawValue: "TIME",
        DUCKDB_TYPE_TIME_NS.rawValue: "TIME_NS",
        DUCKDB_TYPE_TIME_TZ.rawValue: "TIME WITH TIME ZONE",
        DUCKDB_TYPE_TIMESTAMP.rawValue: "TIMESTAMP",
        DUCKDB_TYPE_TIMESTAMP_S.rawValue: "TIMESTAMP_S",
        DUCKDB_TYPE_TIMESTAMP_MS.rawValue: "TIMESTAMP_MS",
        DUCKDB_TYPE_TIMESTAMP_NS.rawValue: "TIMESTAMP_NS",
        DUCKDB_TYPE_TIMESTAMP_TZ.rawValue: "TIMESTAMP WITH TIME ZONE",
        DUCKDB_TYPE_INTERVAL.rawValue: "INTERVAL",
        DUCKDB_TYPE_VARCHAR.rawValue: "VARCHAR",
        DUCKDB_TYPE_BLOB.rawValue: "BLOB",
        DUCKDB_TYPE_BIT.rawValue: "BIT",
        DUCKDB_TYPE_UUID.rawValue: "UUID",
        DUCKDB_TYPE_GEOMETRY.rawValue: "GEOMETRY",
        DUCKDB_TYPE_VARIANT.rawValue: "VARIANT",
        DUCKDB_TYPE_SQLNULL.rawValue: "\"NULL\"",
        DUCKDB_TYPE_ANY.rawValue: "ANY",
    ]
}

extension LogicalType {
    var isStoredAsBytes: Bool { id == DUCKDB_TYPE_VARCHAR || id == DUCKDB_TYPE_BLOB }

    var containsVariant: Bool {
        switch shape {
        case .scalar: id == DUCKDB_TYPE_VARIANT
        case .decimal, .enumeration: false
        case .list(let child), .array(let child, _): child.containsVariant
        case .map(let key, let value): key.containsVariant || value.containsVariant
        case .structure(let members), .union(let members): members.contains { $0.type.containsVariant }
        }
    }
}
