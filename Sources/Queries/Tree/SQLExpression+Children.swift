extension SQLExpression {
    /// One that stands nowhere in a text.
    package init(kind: Kind, alias: String? = nil) {
        self.kind = kind
        self.alias = alias
        position = nil
    }

    /// The expressions that this one is made of, in no particular order; not those of the queries in it.
    package var children: [SQLExpression] {
        switch kind {
        case .column, .constant, .parameter, .place, .defaultValue, .other: return []
        case .function(let call):
            return call.arguments + [call.filter].compactMap { $0 } + call.order.map(\.expression)
        case .window(let call): return call.children
        case .cast(let child, _, _), .collate(let child, _): return [child]
        case .case(let branches, let otherwise):
            return branches.flatMap { [$0.condition, $0.result] } + [otherwise].compactMap { $0 }
        case .comparison(_, let left, let right): return [left, right]
        case .conjunction(_, let parts): return parts
        case .between(let input, let lower, let upper): return [input, lower, upper]
        case .operation(_, let children): return children
        case .star(let star): return star.replaced.map(\.expression) + [star.selector].compactMap { $0 }
        case .subquery(let subquery): return [subquery.child].compactMap { $0 }
        case .lambda(let parameters, let body): return [parameters, body]
        }
    }
}

extension SQLWindowCall {
    package var children: [SQLExpression] {
        let bounds = [frame.start, frame.end].compactMap { bound -> SQLExpression? in
            switch bound {
            case .preceding(let value), .following(let value): value
            case .unboundedPreceding, .currentRow, .unboundedFollowing, .other: nil
            }
        }
        return arguments + partitions + order.map(\.expression) + argumentOrder.map(\.expression) + bounds
            + [offset, `default`, filter].compactMap { $0 }
    }
}
