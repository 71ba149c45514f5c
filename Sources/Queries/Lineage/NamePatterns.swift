/// Which columns a pattern selects by their names.
enum NamePatterns {
    static let functions: Set<String> = ["~~", "!~~", "~~*", "!~~*", "~~~", "regexp_full_match"]

    typealias Matcher = (String) -> Bool

    /// What stands in `COLUMNS(…)`; nil when it cannot be told, and all columns are to be taken.
    static func selector(_ expression: SQLExpression) -> Matcher? {
        switch expression.kind {
        case .constant(let constant):
            guard let text = constant.text, let regex = try? Regex(text) else { return nil }
            return { $0.contains(regex) }
        case .function(let call) where call.name == "list_value":
            let names = call.arguments.compactMap { argument in
                switch argument.kind {
                case .constant(let constant): constant.text?.lowercased()
                case .column(let names): names.last?.lowercased()
                default: nil
                }
            }
            return names.count == call.arguments.count ? { names.contains($0.lowercased()) } : nil
        case .function(let call) where call.name == "list_filter" && call.arguments.count == 2:
            guard case .lambda(let parameter, let body) = call.arguments[1].kind,
                case .column(let names) = parameter.kind, let name = names.first
            else { return nil }
            return predicate(body, on: name.lowercased())
        default: return nil
        }
    }

    /// A condition on a name, as far as it is made of comparisons with texts.
    private static func predicate(_ expression: SQLExpression, on parameter: String) -> Matcher? {
        func isParameter(_ expression: SQLExpression) -> Bool {
            if case .column(let names) = expression.kind { names.map { $0.lowercased() } == [parameter] } else { false }
        }
        func text(_ expression: SQLExpression) -> String? {
            if case .constant(let constant) = expression.kind { constant.text } else { nil }
        }
        switch expression.kind {
        case .function(let call) where call.arguments.count == 2 && isParameter(call.arguments[0]):
            guard let text = text(call.arguments[1]) else { return nil }
            switch call.name.lowercased() {
            case "starts_with", "prefix", "^@": return { $0.hasPrefix(text) }
            case "ends_with", "suffix": return { $0.hasSuffix(text) }
            case "contains": return { text.isEmpty || $0.contains(text) }
            default: return matcher(call.name, text)
            }
        case .comparison(let comparison, let left, let right):
            guard let text = isParameter(left) ? text(right) : isParameter(right) ? text(left) : nil else { return nil }
            switch comparison {
            case .equal: return { $0 == text }
            case .notEqual: return { $0 != text }
            default: return nil
            }
        case .operation(let operation, let children):
            switch operation {
            case .not:
                guard let child = children.first, let matches = predicate(child, on: parameter) else { return nil }
                return { !matches($0) }
            case .isIn, .isNotIn:
                guard let first = children.first, isParameter(first) else { return nil }
                let texts = children.dropFirst().compactMap(text)
                guard texts.count == children.count - 1 else { return nil }
                return { texts.contains($0) == (operation == .isIn) }
            default: return nil
            }
        case .conjunction(let conjunction, let parts):
            let matchers = parts.compactMap { predicate($0, on: parameter) }
            guard matchers.count == parts.count else { return nil }
            return { name in
                conjunction == .and ? matchers.allSatisfy { $0(name) } : matchers.contains { $0(name) }
            }
        default: return nil
        }
    }

    /// `LIKE` and its like, by the names that the parser gives them.
    static func matcher(_ function: String, _ pattern: String) -> Matcher? {
        switch function {
        case "~~": return { like(Array($0), Array(pattern)[...]) }
        case "!~~": return { !like(Array($0), Array(pattern)[...]) }
        case "~~*": return { like(Array($0.lowercased()), Array(pattern.lowercased())[...]) }
        case "!~~*": return { !like(Array($0.lowercased()), Array(pattern.lowercased())[...]) }
        case "regexp_full_match":
            guard let regex = try? Regex(pattern) else { return nil }
            return { $0.wholeMatch(of: regex) != nil }
        default: return nil
        }
    }

    private static func like(_ name: [Character], _ pattern: ArraySlice<Character>) -> Bool {
        like(name[...], pattern)
    }

    private static func like(_ name: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        if first == "%" { return like(name, rest) || (!name.isEmpty && like(name.dropFirst(), pattern)) }
        guard let character = name.first, first == "_" || first == character else { return false }
        return like(name.dropFirst(), rest)
    }
}
