extension DeltaSchema {
    package var json: JSONObject {
        ["type": .string("struct"), "fields": .array(fields.map { .object($0.json) })]
    }

    /// - Throws: `corrupt` when it is no schema, `unsupportedType` for a type that is not understood, with the
    ///   column's path.
    package init(json: JSONValue) throws(DeltaLogError) {
        guard case .structure(let fields) = try DeltaType(json: json, path: "") else {
            throw DeltaLogError(.corrupt, "a table's schema must be a struct")
        }
        self.fields = fields
    }
}

extension DeltaField {
    var json: JSONObject {
        [
            "name": .string(name), "type": type.json, "nullable": .bool(nullable), "metadata": .object(metadata),
        ]
    }

    init(json: JSONValue, path: String) throws(DeltaLogError) {
        guard let object = json.object, let name = object["name"]?.text, let type = object["type"] else {
            throw DeltaLogError(.corrupt, "a field of \(path.isEmpty ? "the schema" : path) has no name or type")
        }
        self.name = name
        self.type = try DeltaType(json: type, path: path.isEmpty ? name : "\(path).\(name)")
        self.nullable = object["nullable"]?.bool ?? true
        self.metadata = object["metadata"]?.object ?? JSONObject()
    }
}

extension DeltaType {
    var json: JSONValue {
        switch self {
        case .structure(let fields):
            .object(DeltaSchema(fields: fields).json)
        case .array(let element, let containsNull):
            .object(["type": .string("array"), "elementType": element.json, "containsNull": .bool(containsNull)])
        case .map(let key, let value, let valueContainsNull):
            .object([
                "type": .string("map"), "keyType": key.json, "valueType": value.json,
                "valueContainsNull": .bool(valueContainsNull),
            ])
        default: .string(name)
        }
    }

    /// The name in the schema; of a nested type, its kind.
    package var name: String {
        switch self {
        case .string: "string"
        case .long: "long"
        case .integer: "integer"
        case .short: "short"
        case .byte: "byte"
        case .float: "float"
        case .double: "double"
        case .boolean: "boolean"
        case .binary: "binary"
        case .date: "date"
        case .timestamp: "timestamp"
        case .timestampNTZ: "timestamp_ntz"
        case .void: "void"
        case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
        case .structure: "struct"
        case .array: "array"
        case .map: "map"
        }
    }

    init(json: JSONValue, path: String) throws(DeltaLogError) {
        let column = path.isEmpty ? "the schema" : "column \(path)"
        if let name = json.text {
            guard let type = DeltaType(primitive: name) else {
                throw DeltaLogError(.unsupportedType, "\(column) has the type \(name), which is not supported")
            }
            self = type
            return
        }
        guard let object = json.object, let kind = object["type"]?.text else {
            throw DeltaLogError(.corrupt, "\(column) has no readable type")
        }
        switch kind {
        case "struct":
            var fields: [DeltaField] = []
            for field in object["fields"]?.array ?? [] { fields.append(try DeltaField(json: field, path: path)) }
            self = .structure(fields)
        case "array":
            self = .array(
                element: try DeltaType(json: object["elementType"] ?? .null, path: path + ".element"),
                containsNull: object["containsNull"]?.bool ?? true)
        case "map":
            self = .map(
                key: try DeltaType(json: object["keyType"] ?? .null, path: path + ".key"),
                value: try DeltaType(json: object["valueType"] ?? .null, path: path + ".value"),
                valueContainsNull: object["valueContainsNull"]?.bool ?? true)
        default:
            throw DeltaLogError(.unsupportedType, "\(column) has the type \(kind), which is not supported")
        }
    }

    private init?(primitive name: String) {
        let simple: [DeltaType] = [
            .string, .long, .integer, .short, .byte, .float, .double, .boolean, .binary, .date, .timestamp,
            .timestampNTZ, .void,
        ]
        if let type = simple.first(where: { $0.name == name }) {
            self = type
        } else if name == "decimal" {
            self = .decimal(precision: 10, scale: 0)
        } else if name.hasPrefix("decimal("), name.hasSuffix(")") {
            let numbers = name.dropFirst(8).dropLast().split(separator: ",").map { Int($0.filter { $0 != " " }) }
            guard numbers.count == 2, let precision = numbers[0], let scale = numbers[1], (1...38).contains(precision),
                (0...precision).contains(scale)
            else { return nil }
            self = .decimal(precision: precision, scale: scale)
        } else {
            return nil
        }
    }
}
