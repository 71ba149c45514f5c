extension SparkWriting {
    /// Terms of ORDER BY; several for ALL.
    ///
    /// - Parameters:
    ///   - list: The translated expressions of the query's list.
    func terms(
        _ order: SQLOrder, list: [SparkPiece?], columns: [DuckType.Field], _ scope: SparkScope
    ) -> [String] {
        let direction = direction(order)
        func place(_ number: Int) -> String {
            checkSortable(columns[number - 1].type)
            return "\(number) \(direction)"
        }
        switch order.expression.kind {
        case .constant(let constant):
            guard let text = constant.numeral, let number = Int(text) else { return [] }
            guard (1...max(1, columns.count)).contains(number), !columns.isEmpty else {
                fault("ORDER BY \(number): there are \(columns.count) columns", at: order.expression.position)
                return []
            }
            return [place(number)]
        case .star(let star) where !star.isColumns || star.selector == nil: return columns.indices.map { place($0 + 1) }
        case .column(let names) where names.count == 1:
            // What the list calls a column goes before what the tables call one.
            if let index = columns.firstIndex(where: { $0.name.lowercased() == names[0].lowercased() }) {
                return [place(index + 1)]
            }
        default: break
        }
        let piece = piece(order.expression, scope)
        checkSortable(piece.type)
        if let index = list.firstIndex(where: { $0?.text == piece.text }) { return [place(index + 1)] }
        return ["\(piece.text) \(direction)"]
    }

    /// Terms of the ORDER BY of a window or an aggregate.
    func terms(_ orders: [SQLOrder], _ scope: SparkScope) -> [String] {
        orders.map { order in
            let piece = piece(order.expression, scope)
            checkSortable(piece.type)
            return "\(piece.text) \(direction(order))"
        }
    }

    func direction(_ order: SQLOrder) -> String {
        (order.direction == .descending ? "DESC" : "ASC") + (order.nulls == .first ? " NULLS FIRST" : " NULLS LAST")
    }

    private func checkSortable(_ type: DuckType) {
        guard type.isNested || type == .interval || type == .null else { return }
        if type == .null { return }
        fault("values of type \(type) sort in another order on Spark", hint: "sort by what is in them")
    }
}
