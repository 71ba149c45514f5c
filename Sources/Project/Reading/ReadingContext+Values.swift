/// Single values, each checked against what its field takes.
extension ReadingContext {
    /// "'batch' takes a whole number of at least 1, not 'many'".
    func mismatch(_ field: Field, _ node: YAMLNode, at entry: YAMLEntry? = nil, hint: String? = nil) {
        error(
            "'\(field.name)' takes \(field.kind.phrase), not \(node.found)",
            at: node.isNull ? entry?.span ?? node.span : node.span, hint: hint)
    }

    func located(_ entry: YAMLEntry, field: Field, allowsEmpty: Bool = false) -> Located<String>? {
        guard let scalar = entry.value.scalar, !scalar.isNull else {
            mismatch(field, entry.value, at: entry)
            return nil
        }
        return located(scalar, in: entry.value, field: field, allowsEmpty: allowsEmpty)
    }

    func texts(_ entry: YAMLEntry, field: Field, allowsEmpty: Bool) -> [Located<String>] {
        if let items = entry.value.list {
            if items.isEmpty { error("'\(field.name)' is an empty list", at: entry.value.span) }
            return items.compactMap { item in
                guard let scalar = item.scalar, allowsEmpty || !scalar.isNull else {
                    error("an item of '\(field.name)' must be text, not \(item.found)", at: item.span)
                    return nil
                }
                return located(scalar, in: item, field: field, allowsEmpty: allowsEmpty)
            }
        }
        return located(entry, field: field, allowsEmpty: allowsEmpty).map { [$0] } ?? []
    }

    func located(
        _ scalar: YAMLScalar, in node: YAMLNode, field: Field, allowsEmpty: Bool
    ) -> Located<String>? {
        guard let text = text(of: scalar, in: node) else { return nil }
        if !allowsEmpty, text.allSatisfy(\.isWhitespace) {
            error("'\(field.name)' is empty", at: node.span)
            return nil
        }
        return Located(text, at: node.span)
    }

    func integer(_ entry: YAMLEntry, field: Field) -> Int? {
        guard case .integer(let min) = field.kind else { return nil }
        return plain(entry, field) { text in
            guard let number = YAMLScalar.integer(text), number >= min ?? .min else { return nil }
            return number
        }
    }

    func number(_ entry: YAMLEntry, field: Field) -> Double? {
        guard case .number(let min, let max) = field.kind else { return nil }
        return plain(entry, field) { text in
            guard let number = YAMLScalar.double(text), number.isFinite,
                number >= min ?? -.infinity, number <= max ?? .infinity
            else { return nil }
            return number
        }
    }

    func bool(_ entry: YAMLEntry, field: Field) -> Bool? { plain(entry, field, YAMLScalar.bool) }

    func word(_ entry: YAMLEntry, field: Field) -> String? {
        guard case .word(let words) = field.kind, let scalar = entry.value.scalar, !scalar.isNull else {
            mismatch(field, entry.value, at: entry)
            return nil
        }
        guard let text = text(of: scalar, in: entry.value) else { return nil }
        if words.contains(text) { return text }
        mismatch(field, entry.value, hint: suggestion(for: scalar.text, among: words.filter { $0.count > 1 }))
        return nil
    }

    /// A value of the data: numbers keep their digits, text in quotes is always text.
    func literal(_ node: YAMLNode, field: Field) -> Literal? {
        guard let scalar = node.scalar, !scalar.isNull else {
            error("'\(field.name)' takes \(FieldKind.literal.phrase), not \(node.found)", at: node.span)
            return nil
        }
        guard let text = text(of: scalar, in: node) else { return nil }
        guard scalar.style == .plain else { return .text(text) }
        if let number = YAMLScalar.number(text) { return .number(number) }
        return YAMLScalar.bool(text).map(Literal.bool) ?? .text(text)
    }

    private func plain<Value>(_ entry: YAMLEntry, _ field: Field, _ read: (String) -> Value?) -> Value? {
        guard let scalar = entry.value.scalar, !scalar.isNull else {
            mismatch(field, entry.value, at: entry)
            return nil
        }
        guard let text = text(of: scalar, in: entry.value) else { return nil }
        // A value of the environment is text whatever it looks like, and is often quoted for the braces' sake.
        let isValue = scalar.style == .plain || text != scalar.text
        guard isValue, let value = read(text) else {
            let isQuotedValue = !isValue && read(text) != nil
            mismatch(field, entry.value, at: entry, hint: isQuotedValue ? "write it without quotation marks" : nil)
            return nil
        }
        return value
    }
}
