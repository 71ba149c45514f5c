/// The names that DuckDB makes up for columns without an alias, as far as a query can be expected to use them.
enum ResultNames {
    static func name(of expression: SQLExpression) -> String? {
        switch expression.kind {
        case .column(let names): names.last
        case .function(let call): text(of: call)
        default: text(of: expression)
        }
    }

    private static func text(of expression: SQLExpression) -> String? {
        switch expression.kind {
        case .column(let names): return names.joined(separator: ".")
        case .constant(let constant):
            if constant.isNull { return "NULL" }
            if let text = constant.text { return Quote.text(text) }
            return constant.numeral
        case .function(let call): return text(of: call)
        default: return nil
        }
    }

    private static func text(of call: SQLFunctionCall) -> String? {
        let arguments = call.arguments.compactMap { argument in
            argument.alias == nil ? text(of: argument) : nil
        }
        guard arguments.count == call.arguments.count, call.filter == nil, call.order.isEmpty, call.schema == nil else {
            return nil
        }
        if call.isOperator, arguments.count == 2 { return "(\(arguments[0]) \(call.name) \(arguments[1]))" }
        if call.isOperator { return nil }
        return "\(call.name)(\(call.isDistinct ? "DISTINCT " : "")\(arguments.joined(separator: ", ")))"
    }
}
