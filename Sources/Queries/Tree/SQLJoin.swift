/// Two sides of a FROM. A comma is a cross join.
package struct SQLJoin: Sendable {
    package enum Kind: String, Sendable {
        case inner = "INNER"
        case left = "LEFT"
        case right = "RIGHT"
        case full = "FULL"
        case semi = "SEMI"
        case anti = "ANTI"
    }

    /// How partners are found.
    package enum Pairing: String, Sendable {
        /// By a condition or by equal columns.
        case regular = "REGULAR"
        /// By all columns of the same name.
        case natural = "NATURAL"
        case cross = "CROSS"
        /// Row by row.
        case positional = "POSITIONAL"
        /// The nearest one.
        case asof = "ASOF"
    }

    package var left: SQLTableReference
    package var right: SQLTableReference
    /// Nil for one that is unknown; its name is then among what was not read.
    package var kind: Kind?
    package var pairing: Pairing?
    package var condition: SQLExpression?
    /// `USING (…)`.
    package var using: [String]
    package var traits: SQLTableTraits

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        left = SQLTableReference(fields.take("left") ?? .null, reading)
        right = SQLTableReference(fields.take("right") ?? .null, reading)
        condition = fields.expression("condition")
        using = fields.texts("using_columns")
        let (type, reference) = (fields.take("join_type"), fields.take("ref_type"))
        kind = type.map { $0.text.flatMap { Kind(rawValue: $0) } } ?? .inner
        pairing = reference.map { $0.text.flatMap { Pairing(rawValue: $0) } } ?? .regular
        if kind == nil, let type { reading.note(["join_type": type], of: fields.kind) }
        if pairing == nil, let reference { reading.note(["ref_type": reference], of: fields.kind) }
        traits = SQLTableTraits(&fields)
        fields.finish()
    }
}
