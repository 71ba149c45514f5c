/// What a commit says that it does: `commitInfo.operation` and its parameters, under the names that other tools know.
///
/// Parameters are texts, and what has parts is JSON in a text, as the reference writers have it.
package struct Operation: Hashable, Sendable {
    package let name: String
    package let parameters: JSONObject

    package init(name: String, parameters: JSONObject = JSONObject()) {
        self.name = name
        self.parameters = parameters
    }

    /// Rows replaced, added and, where `deleteWhen` is true for the new row, taken out, by equal keys.
    package static func merge(on key: [String], deleteWhen: String? = nil) -> Operation {
        let predicate = key.map { "target.\(DuckDBType.quoted($0)) = source.\(DuckDBType.quoted($0))" }
        var matched: [JSONValue] = []
        if let deleteWhen {
            matched.append(.object(["actionType": .string("delete"), "predicate": .string(deleteWhen)]))
        }
        matched.append(.object(["actionType": .string("update")]))
        return Operation(
            name: "MERGE",
            parameters: [
                "predicate": encoded([.string(predicate.joined(separator: " AND "))]),
                "matchedPredicates": encoded(matched),
                "notMatchedPredicates": encoded([.object(["actionType": .string("insert")])]),
            ])
    }

    /// Rows taken out for which a condition is true.
    package static func delete(where condition: String) -> Operation {
        Operation(name: "DELETE", parameters: ["predicate": encoded([.string(condition)])])
    }

    /// The same rows in other files.
    package static func optimize(zOrderBy: [String] = [], sortBy: [String] = []) -> Operation {
        var parameters: JSONObject = ["predicate": encoded([]), "zOrderBy": encoded(zOrderBy.map(JSONValue.string))]
        if !sortBy.isEmpty { parameters.add("sortBy", encoded(sortBy.map(JSONValue.string))) }
        return Operation(name: "OPTIMIZE", parameters: parameters)
    }

    /// Before files are deleted that no version needs from `retention` milliseconds ago on.
    package static func vacuumStart(retention: Int) -> Operation {
        Operation(name: "VACUUM START", parameters: ["specifiedRetentionMillis": .string(String(retention))])
    }

    package static let vacuumEnd = Operation(name: "VACUUM END", parameters: ["status": .string("COMPLETED")])

    /// Properties set, and those unset whose value is nil.
    package static func setProperties(_ properties: [String: String?]) -> Operation {
        let set = properties.compactMapValues { $0 }
        if set.isEmpty, !properties.isEmpty {
            let keys = properties.keys.sorted().map(JSONValue.string)
            return Operation(name: "UNSET TBLPROPERTIES", parameters: ["properties": encoded(keys)])
        }
        return Operation(
            name: "SET TBLPROPERTIES", parameters: ["properties": .string(serialized(JSONObject(map: set)))])
    }

    static func write(mode: String, partitionedBy columns: [String]) -> Operation {
        Operation(
            name: "WRITE",
            parameters: ["mode": .string(mode), "partitionBy": encoded(columns.map(JSONValue.string))])
    }

    static func createTable(_ metadata: Metadata) -> Operation {
        Operation(
            name: "CREATE TABLE",
            parameters: [
                "partitionBy": encoded(metadata.partitionColumns.map(JSONValue.string)),
                "properties": .string(serialized(JSONObject(map: metadata.configuration))),
            ])
    }

    static func restore(to version: Int) -> Operation {
        Operation(name: "RESTORE", parameters: ["version": .string(String(version))])
    }

    private static func encoded(_ values: [JSONValue]) -> JSONValue { .string(JSONValue.array(values).serialized) }

    private static func serialized(_ object: JSONObject) -> String { JSONValue.object(object).serialized }
}
