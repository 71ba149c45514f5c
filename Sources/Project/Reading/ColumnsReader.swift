/// Reads `columns`: the contract, and the checks that stand in it.
struct ColumnsReader {
    let context: ReadingContext

    func columns(_ entry: YAMLEntry?) -> (contracts: [ColumnContract], checks: [Check]) {
        guard let entry, let field = FieldRegistry.dataset.field("columns") else { return ([], []) }
        guard let mapping = entry.value.mapping else {
            context.mismatch(field, entry.value, at: entry, hint: "for example 'columns: { id: { type: BIGINT } }'")
            return ([], [])
        }
        var contracts: [ColumnContract] = []
        var checks: [Check] = []
        var seen: [String: SourceSpan] = [:]
        for column in mapping {
            if column.name.isEmpty {
                context.error("a column's name is empty", at: column.span)
                continue
            }
            if let first = seen.updateValue(column.span, forKey: column.name.lowercased()) {
                context.error(
                    "the column '\(column.name)' is described twice: SQL does not tell upper from lower case",
                    at: column.span, notes: ["the first is at \(ReadingContext.place(of: first))"])
                continue
            }
            let name = Located(column.name, at: column.span)
            var contract = ColumnContract(name: name)
            if let scalar = column.value.scalar {
                if !scalar.isNull, let type = FieldRegistry.column.field("type") {
                    contract.type = context.located(
                        scalar, in: column.value, field: type, allowsEmpty: false)
                }
            } else if let values = FieldValues(
                column.value, as: FieldRegistry.column, named: column.name, at: column.span, in: context)
            {
                contract.type = values.located("type")
                contract.description = values.located("description", allowsEmpty: true)?.value
                checks += CheckReader(context: context, column: name).checks(values.present("checks"))
            }
            contracts.append(contract)
        }
        return (contracts, checks)
    }
}
