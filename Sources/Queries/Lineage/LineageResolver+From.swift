/// What FROM puts into reach, and what decides over its rows.
struct LineageFrom {
    var scope: LineageScope
    var rows: Origins = .none

    static let nothing = LineageFrom(scope: LineageScope())

    init(scope: LineageScope, rows: Origins = .none) {
        self.scope = scope
        self.rows = rows
    }

    init(_ relation: LineageRelation, rows: Origins = .none) {
        self.init(scope: LineageScope(relations: [relation], star: relation.all), rows: rows)
    }

    /// What a table gets from its alias: a name, and names for its columns.
    func named(_ traits: SQLTableTraits) -> LineageFrom {
        guard traits.alias != nil || !traits.columnAliases.isEmpty else { return self }
        let result = LineageResult(fields: scope.star, rows: rows).renamed(traits.columnAliases)
        let rest = scope.relations.count == 1 ? scope.relations[0].rest : .none
        var fields = result.fields
        // The rest says the same, and by name.
        if case .none = rest {} else { fields.removeAll { $0.isSpread } }
        return LineageFrom(
            LineageRelation(name: traits.alias ?? scope.relations.first?.name, fields: fields, rest: rest), rows: rows)
    }
}

extension LineageResolver {
    func source(_ reference: SQLTableReference, _ outer: LineageEnvironment) -> LineageFrom {
        switch reference {
        case .none: return .nothing
        case .table(let table): return source(table, outer).named(table.traits)
        case .join(let join): return source(join, outer).named(join.traits)
        case .subquery(let subquery):
            let found = result(of: subquery.query, outer)
            return LineageFrom(Self.relation(nil, of: found), rows: found.rows).named(subquery.traits)
        case .function(let function): return source(function, outer)
        case .values(let values): return source(values, outer).named(values.traits)
        case .pivot(let pivot):
            return (pivot.isUnpivot ? unpivoted(pivot, outer) : pivoted(pivot, outer)).named(pivot.traits)
        case .show(let show):
            var rows = Origins.none
            if let query = show.query {
                let found = result(of: query, outer)
                rows = found.rows + found.everything.blurred.deciding(.filter)
            }
            return LineageFrom(LineageRelation(fields: [], rest: .made(rows.deciding(.filter)))).named(show.traits)
        case .other:
            return LineageFrom(LineageRelation(fields: [], rest: .made(reach(outer))))
        }
    }

    /// The relation that a query's result is. Columns of an unknown number become what any name may mean.
    static func relation(_ name: String?, of result: LineageResult) -> LineageRelation {
        let spreads = result.fields.filter { $0.isSpread || $0.mayBeSpread }
        return LineageRelation(
            name: name, fields: result.fields.filter { !$0.isSpread },
            rest: spreads.isEmpty ? .none : .made(Origins(joining: spreads.map(\.origins))))
    }

    private func source(_ table: SQLNamedTable, _ outer: LineageEnvironment) -> LineageFrom {
        let name = table.name.lowercased()
        let schema = table.schema?.lowercased()
        if schema == nil || schema == "recurring", table.catalog == nil, let known = outer.tables[name] {
            return LineageFrom(Self.relation(table.name, of: known), rows: known.rows)
        }
        return LineageFrom(relation(table.name, input: table.name, schema: table.schema))
    }

    private func relation(_ name: String, input: String, schema: String?) -> LineageRelation {
        let found = inputs(input) ?? ColumnLineage.Input(dataset: input, columns: nil)
        guard let columns = found.columns else {
            return LineageRelation(name: name, schema: schema, fields: [], rest: .table(found.dataset), isStored: true)
        }
        return LineageRelation(
            name: name, schema: schema,
            fields: columns.map { LineageField(name: $0, origins: Origins(.init(dataset: found.dataset, column: $0))) },
            isStored: true)
    }

    private func source(_ function: SQLTableFunction, _ outer: LineageEnvironment) -> LineageFrom {
        guard case .function(let call) = function.call.kind else {
            return LineageFrom(LineageRelation(fields: [], rest: .made(reach(outer)))).named(function.traits)
        }
        if call.name.lowercased() == DeltaScans.function, let argument = call.arguments.first,
            case .constant(let path) = argument.kind, let path = path.text
        {
            return LineageFrom(relation(call.name, input: ColumnLineage.deltaScan(path), schema: nil))
                .named(function.traits)
        }
        // Its rows and its columns are made from what it is given.
        let given = Origins(joining: call.arguments.map { origins(of: $0, outer) }).transformed
        var relation = LineageRelation(name: call.name, fields: [], rest: .made(given))
        if ["unnest", "range", "generate_series"].contains(call.name.lowercased()) {
            relation.fields = [
                LineageField(name: function.traits.columnAliases.first ?? call.name, origins: given, mayBeSpread: true)
            ]
        } else {
            relation.fields = function.traits.columnAliases.map { LineageField(name: $0, origins: given) }
        }
        if function.hasOrdinality {
            let name = function.traits.columnAliases.count > 1 ? function.traits.columnAliases.last : "ordinality"
            relation.fields.append(LineageField(name: name, origins: .none))
        }
        relation.name = function.traits.alias ?? relation.name
        var from = LineageFrom(relation, rows: given.deciding(.join))
        // One column is the rule; for a struct it is as many as it has fields, which their names will tell.
        if relation.fields.count == 1, relation.fields[0].mayBeSpread { from.scope.star = relation.fields }
        return from
    }

    private func source(_ values: SQLValuesTable, _ outer: LineageEnvironment) -> LineageFrom {
        let count = values.rows.map(\.count).max() ?? 0
        let fields = (0..<count).map { column in
            LineageField(
                name: column < values.names.count ? values.names[column] : "col\(column)",
                origins: Origins(
                    joining: values.rows.map { column < $0.count ? origins(of: $0[column], outer) : .none }))
        }
        return LineageFrom(LineageRelation(name: "valueslist", fields: fields))
    }
}
