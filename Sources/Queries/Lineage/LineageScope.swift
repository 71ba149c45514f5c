/// A column of a table in a query, or of a query's result.
struct LineageField {
    /// Nil for one without a name that another query could use.
    var name: String? { didSet { folded = name?.lowercased() } }
    /// The name in lower case.
    private(set) var folded: String?
    var origins: Origins
    /// The table that `*` takes it from.
    var table: String?
    /// It stands for an unknown number of columns.
    var isSpread = false
    /// It may stand for several: `unnest` of a struct looks like that of a list.
    var mayBeSpread = false

    init(
        name: String? = nil, origins: Origins, table: String? = nil, isSpread: Bool = false, mayBeSpread: Bool = false
    ) {
        self.name = name
        folded = name?.lowercased()
        self.origins = origins
        self.table = table
        self.isSpread = isSpread
        self.mayBeSpread = mayBeSpread
    }
}

/// Rows with columns: what a query gives.
struct LineageResult {
    var fields: [LineageField]
    /// What decides over all columns.
    var rows: Origins

    var everything: Origins { Origins(joining: fields.map(\.origins)) }

    /// The same with other names for the first columns.
    func renamed(_ names: [String]) -> LineageResult {
        var result = self
        guard !names.isEmpty else { return result }
        if let spread = fields.firstIndex(where: \.isSpread), spread < names.count {
            // Which of the names the unknown columns get is unknown as well.
            let count = max(names.count, fields.count)
            let blurred = Origins(joining: fields[spread...].map(\.origins))
            result.fields = (0..<count).map { index in
                LineageField(
                    name: index < names.count ? names[index] : nil,
                    origins: index < spread ? fields[index].origins : blurred, isSpread: index >= names.count)
            }
            return result
        }
        for (index, name) in names.enumerated() where index < fields.count { result.fields[index].name = name }
        return result
    }

    /// The columns by the names that they are known to have.
    func named(_ names: [String]?) -> [(name: String, origins: Origins)] {
        guard let names else {
            return fields.enumerated().map { ($1.name ?? ($1.isSpread ? "*" : "column\($0)"), $1.origins) }
        }
        let spreads = fields.indices.filter { fields[$0].isSpread }
        let doubtful = fields.indices.filter { fields[$0].mayBeSpread }
        if spreads.isEmpty, names.count == fields.count { return zip(names, fields).map { ($0, $1.origins) } }
        let wide = spreads.isEmpty ? doubtful : spreads
        if let spread = wide.first, wide.count == 1, names.count + 1 >= fields.count {
            let count = names.count + 1 - fields.count
            let spreadFields = Array(repeating: fields[spread], count: count)
            return zip(names, fields[..<spread] + spreadFields + fields[(spread + 1)...]).map { ($0, $1.origins) }
        }
        let known = Dictionary(
            fields.compactMap { field in field.folded.map { ($0, field.origins) } },
            uniquingKeysWith: { $0 + $1 })
        let blurred = everything.blurred
        return names.map { ($0, known[$0.lowercased()] ?? blurred) }
    }
}

/// Something with columns that FROM puts into reach.
struct LineageRelation {
    enum Rest {
        case none
        /// A table whose columns are not known: any name may be one.
        case table(String)
        /// Columns of any other name are made of this.
        case made(Origins)
    }

    var name: String?
    var schema: String?
    var fields: [LineageField]
    var rest: Rest = .none
    /// A table that is stored, with columns that nobody declares, such as `rowid`.
    var isStored = false

    func field(_ name: String) -> Origins? {
        var found: Origins?
        // There may be several of a name only where no other place can name it.
        for field in fields where field.folded == name { found = (found ?? .none) + field.origins }
        return found
    }

    func unknown(_ name: String) -> Origins? {
        switch rest {
        case .none: nil
        case .table(let table): Origins(.init(dataset: table, column: name))
        case .made(let origins): origins
        }
    }

    /// All that `*` gives.
    var all: [LineageField] {
        let own = fields.map {
            var field = $0
            field.table = name
            return field
        }
        switch rest {
        case .none: return own
        case .table(let table):
            let origins = Origins(.init(dataset: table, column: nil))
            return own + [LineageField(name: nil, origins: origins, table: name, isSpread: true)]
        case .made(let origins):
            return own + [LineageField(name: nil, origins: origins, table: name, isSpread: true)]
        }
    }

    var everything: Origins { Origins(joining: all.map(\.origins)) }
}

/// What names mean in one SELECT.
struct LineageScope {
    var relations: [LineageRelation] = []
    /// What USING made one of two.
    var merged: [String: Origins] = [:]
    /// What `*` gives, in order.
    var star: [LineageField] = []
    /// The names that the list gives to its expressions.
    var aliases: [String: Origins] = [:]
    /// ORDER BY looks at them first, all others last.
    var prefersAliases = false
    /// HAVING may mean either.
    var takesBoth = false

    /// What a name means here; nil when it means nothing.
    /// - Parameter names: in lower case.
    func find(_ names: [String], written: [String]) -> Origins? {
        let alias = aliases[names[0]].map { names.count > 1 ? $0.transformed : $0 }
        if prefersAliases, let alias { return alias }
        let column = qualified(names, written) ?? plain(names)
        if takesBoth, let alias { return (column ?? .none) + alias }
        return column ?? alias ?? row(names)
    }

    private func qualified(_ names: [String], _ written: [String]) -> Origins? {
        for place in 0..<min(3, max(0, names.count - 1)) {
            guard let relation = relation(names[place], schema: place > 0 ? names[place - 1] : nil) else { continue }
            let column = relation.field(names[place + 1])
            guard let origins = column ?? relation.unknown(written[place + 1]) else { continue }
            return names.count > place + 2 ? origins.transformed : origins
        }
        return nil
    }

    func relation(_ name: String, schema: String? = nil) -> LineageRelation? {
        relations.last { relation in
            guard relation.name?.lowercased() == name else { return false }
            return schema == nil || (relation.schema?.lowercased() ?? "main") == schema
        }
    }

    private func plain(_ names: [String]) -> Origins? {
        let isField = names.count > 1
        if let origins = merged[names[0]] { return isField ? origins.transformed : origins }
        let found = relations.compactMap { $0.field(names[0]) }
        guard !found.isEmpty else { return nil }
        let origins = Origins(joining: found)
        return isField ? origins.transformed : origins
    }

    /// A table's name alone is a struct of its columns.
    private func row(_ names: [String]) -> Origins? {
        guard names.count == 1 else { return nil }
        return relation(names[0])?.everything.transformed
    }

    /// What a name may be of the tables whose columns are not known.
    func guess(_ written: String) -> Origins? {
        let guesses = relations.compactMap { $0.unknown(written) }
        switch guesses.count {
        case 0: return nil
        case 1: return guesses[0]
        default: return Origins(joining: guesses).blurred
        }
    }
}

/// What is known at one place of a query.
struct LineageEnvironment {
    /// Common table expressions, by their names in lower case.
    var tables: [String: LineageResult] = [:]
    /// From the outside inwards.
    var scopes: [LineageScope] = []
    /// The parameters of lambdas that are in reach.
    var parameters: Set<String> = []
    /// What `COLUMNS(…)` stands for just now.
    var bound: Origins?

    func inner(_ scope: LineageScope) -> LineageEnvironment {
        var environment = self
        environment.scopes.append(scope)
        environment.bound = nil
        return environment
    }
}
