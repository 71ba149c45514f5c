package import Project

extension CheckOutcome {
    package var json: JSON {
        .object([
            ("name", .string(name)), ("status", .string(status.rawValue)), ("looked", .optional(looked)),
            ("failing", .optional(failing)), ("value", .optional(value)), ("message", .optional(message)),
            (
                "examples",
                .array(examples.map { row in .object(row.map { ($0.column, .optional($0.value)) }) })
            ),
        ])
    }
}

extension RowAccount {
    package var json: JSON {
        .object([("read", .int(read)), ("published", .int(published)), ("quarantined", .int(quarantined))])
    }
}

extension SourceSet {
    package var json: JSON { .object([("files", .int(files)), ("bytes", .int(bytes))]) }
}

extension Diagnostic {
    package var json: JSON {
        let hasPlace = span.map { $0.length > 0 || !$0.file.text.isEmpty } ?? false
        return .object([
            ("severity", .string(severity.rawValue)), ("message", .string(message)),
            ("file", .optional(span?.file.path)), ("line", .optional(hasPlace ? span?.line : nil)),
            ("column", .optional(hasPlace ? span?.column : nil)), ("notes", .strings(notes)),
            ("hint", .optional(hint)),
        ])
    }
}

extension JSON {
    /// Rows by name, in the order of names.
    package static func counts(_ counts: [String: Int]) -> JSON {
        .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })
    }

    /// The versions of inputs, in the order of their names.
    package static func inputs(_ inputs: [DatasetName: PinnedVersion]) -> JSON {
        .object(inputs.sorted { $0.key < $1.key }.map { ($0.key.text, .int($0.value.version.number)) })
    }

    /// The versions of tables outside of the project, in the order of their paths.
    package static func foreign(_ tables: [String: PinnedVersion]) -> JSON {
        .object(tables.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value.version.number)) })
    }
}
