/// What a field for SQL holds: the SQL itself or the path of a file.
enum SQLSource {
    case inline(SQLText)
    /// The absolute path, and where it is written.
    case file(path: String, span: SourceSpan)

    /// Nil, and reported, when the node is neither.
    init?(_ node: YAMLNode, named name: String = "sql", _ context: ReadingContext) {
        guard let scalar = node.scalar, !scalar.isNull else {
            context.error("'\(name)' takes \(FieldKind.sql.phrase), not \(node.found)", at: node.span)
            return nil
        }
        if Self.isPath(scalar) {
            guard let path = context.text(of: scalar, in: node) else { return nil }
            self = .file(path: FilePath.resolve(path, in: context.root), span: node.span)
            return
        }
        guard let text = context.sql(in: node, scalar) else { return nil }
        if FrontMatter.isWithoutSQL(text.text) {
            context.error("'\(name)' holds no SQL", at: node.span, hint: "write a SELECT, or the path of a .sql file")
            return nil
        }
        self = .inline(text)
    }

    /// True for one line that ends in `.sql` and does not start like a query.
    static func isPath(_ scalar: YAMLScalar) -> Bool {
        let text = scalar.text
        guard text.utf8.count > 4, text.lowercased().hasSuffix(".sql"), !text.utf8.contains(UInt8(ascii: "\n")) else {
            return false
        }
        let first = text.prefix { $0.isLetter }.lowercased()
        let follows = text.dropFirst(first.count).first
        let isQuery = ["select", "with", "from", "values", "table", "pivot"].contains(first) && follows == " "
        return !isQuery && !text.hasPrefix("(")
    }
}
