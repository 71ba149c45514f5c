/// The tables that a query reads, found in its parse tree: not the names of its common table expressions, not aliases.
package struct TableReferences: Sendable, Equatable {
    package struct Reference: Sendable, Hashable, Codable {
        package var name: String
        package var schema: String?
        /// The byte of the query at which the name stands, if known.
        package var position: Int?

        package init(name: String, schema: String? = nil, position: Int? = nil) {
            self.name = name
            self.schema = schema
            self.position = position
        }
    }

    /// `delta_scan('PATH')`: a Delta table outside of the store.
    package struct ForeignTable: Sendable, Hashable {
        /// The path as the user wrote it; nil when there is no text in quotes, or more than that.
        package var path: String?
        /// The byte of the query at which the call stands, if known.
        package var position: Int?

        package init(path: String?, position: Int? = nil) {
            self.path = path
            self.position = position
        }
    }

    /// Tables, each once, in the order in which the query names them.
    package private(set) var tables: [Reference] = []
    /// Table functions such as `range` and `read_csv`, each once.
    package private(set) var functions: [Reference] = []

    /// Delta tables outside of the store, each once, in the order in which the query names them.
    package private(set) var foreign: [ForeignTable] = []

    package init(in tree: SQLTree) {
        walk(tree, scope: [])
        tables.sort { ($0.position ?? 0) < ($1.position ?? 0) }
        foreign.sort { ($0.position ?? 0) < ($1.position ?? 0) }
    }

    package init(tables: [Reference], functions: [Reference], foreign: [ForeignTable] = []) {
        self.tables = tables
        self.functions = functions
        self.foreign = foreign
    }

    private mutating func walk(_ tree: SQLTree, scope: Set<String>) {
        switch tree {
        case .object(let members): walk(members, scope: scope)
        case .array(let elements): for element in elements { walk(element, scope: scope) }
        case .text, .number, .numeral, .truth, .null: break
        }
    }

    private mutating func walk(_ members: [String: SQLTree], scope outer: Set<String>) {
        var scope = outer
        // Each expression sees those before it; the body sees all. The name of a recursive one is visible inside itself.
        if let entries = members["cte_map"]?["map"]?.elements {
            for entry in entries {
                if let value = entry["value"] { walk(value, scope: scope) }
                if let name = entry["key"]?.text { scope.insert(name.lowercased()) }
            }
        }
        switch members["type"]?.text {
        case "RECURSIVE_CTE_NODE", "CTE_NODE":
            if let name = members["cte_name"]?.text { scope.insert(name.lowercased()) }
        case "BASE_TABLE":
            note(table: members, scope: scope)
        case "TABLE_FUNCTION":
            if let function = members["function"], let name = function["function_name"]?.text {
                if name.lowercased() == DeltaScans.function { note(foreign: function) }
                add(Reference(name: name, position: function["query_location"]?.number), to: \.functions)
            }
        default: break
        }
        for (key, child) in members where key != "cte_map" { walk(child, scope: scope) }
    }

    private mutating func note(table members: [String: SQLTree], scope: Set<String>) {
        guard let name = members["table_name"]?.text else { return }
        let schema = members["schema_name"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        if schema == nil, scope.contains(name.lowercased()) { return }
        add(Reference(name: name, schema: schema, position: members["query_location"]?.number), to: \.tables)
    }

    private mutating func note(foreign function: SQLTree) {
        let arguments = function["children"]?.elements ?? []
        var table = ForeignTable(path: nil, position: function["query_location"]?.number)
        if arguments.count == 1, let argument = arguments.first, argument["type"]?.text == "VALUE_CONSTANT",
            argument["alias"] == nil, function["schema"] == nil
        {
            table.path = argument["value"]?["value"]?.text
        }
        guard let known = foreign.firstIndex(where: { $0.path == table.path }) else { return foreign.append(table) }
        if let position = table.position, position < foreign[known].position ?? .max { foreign[known] = table }
    }

    private mutating func add(_ reference: Reference, to list: WritableKeyPath<Self, [Reference]>) {
        let known = self[keyPath: list].firstIndex {
            $0.name.lowercased() == reference.name.lowercased() && $0.schema == reference.schema
        }
        guard let known else { return self[keyPath: list].append(reference) }
        // The tree is walked in no particular order; what a message points at is the first mention.
        if let position = reference.position, position < self[keyPath: list][known].position ?? .max {
            self[keyPath: list][known].position = position
        }
    }
}
