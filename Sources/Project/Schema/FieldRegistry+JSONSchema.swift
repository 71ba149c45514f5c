extension FieldRegistry {
    /// A JSON Schema (draft 7, which editors know best) of `millrace.yaml` and the files that it includes: editors
    /// propose fields, show their documentation and underline what is wrong.
    package static func jsonSchema() -> String {
        // An included file has no `project`; what requires one is left to `millrace check`.
        var root = project
        root.fields = root.fields.map { field in
            var field = field
            field.isRequired = false
            return field
        }
        var members: [(String, JSONText)] = [
            ("$schema", .string("http://json-schema.org/draft-07/schema#")),
            ("title", .string("A Millrace project")),
        ]
        members += SchemaWriter.section(root)
        members.append(("definitions", SchemaWriter.definitions()))
        return JSONText.object(members).written() + "\n"
    }
}

/// Writes the schema of fields and sections.
private enum SchemaWriter {
    /// What is used in many places, or by itself, stands once.
    static func definitions() -> JSONText {
        .object([
            (
                "environment",
                .object([
                    ("type", .string("string")), ("pattern", .string("\\$\\{env:")),
                    ("description", .string("A value of the environment.")),
                ])
            ),
            ("condition", .object(section(FieldRegistry.triggerCondition))), ("check", check(ofColumn: false)),
            ("columnCheck", check(ofColumn: true)),
        ])
    }

    static func section(_ section: Section) -> [(String, JSONText)] {
        var members: [(String, JSONText)] = [("type", .string("object"))]
        if !section.doc.isEmpty { members.append(("description", .string(section.doc))) }
        members.append(("properties", .object(section.fields.map { ($0.name, field($0)) })))
        if let others = section.others {
            members.append(("additionalProperties", field(others)))
        } else {
            members.append(("additionalProperties", .bool(false)))
        }
        let required = section.fields.filter(\.isRequired).map { JSONText.string($0.name) }
        if !required.isEmpty { members.append(("required", .array(required))) }
        if !section.needsOneOf.isEmpty {
            let choices = section.needsOneOf.map { JSONText.object([("required", .array([.string($0)]))]) }
            members.append(("anyOf", .array(choices)))
        }
        return members
    }

    private static func field(_ field: Field) -> JSONText {
        var members = kind(field.kind).filter { $0.0 != "description" }
        members.insert(("description", .string(field.doc)), at: 0)
        if let example = field.example, isScalar(field.kind) {
            members.append(("examples", .array([value(example, field.kind)])))
        }
        return .object(members)
    }

    private static func isScalar(_ kind: FieldKind) -> Bool {
        switch kind {
        case .text, .word, .integer, .number, .bool, .memory, .duration, .sql: true
        default: false
        }
    }

    private static func value(_ example: String, _ kind: FieldKind) -> JSONText {
        switch kind {
        case .integer, .number: YAMLScalar.double(example).map(JSONText.number) ?? .string(example)
        case .bool: .bool(example == "true")
        default: .string(unquoted(example))
        }
    }

    private static func unquoted(_ example: String) -> String {
        guard example.count >= 2, let first = example.first, first == "\"" || first == "'", example.last == first
        else { return example }
        return String(example.dropFirst().dropLast())
    }

    private static let environment = JSONText.object([("$ref", .string("#/definitions/environment"))])

    private static func orEnvironment(_ members: [(String, JSONText)]) -> [(String, JSONText)] {
        [("anyOf", .array([.object(members), environment]))]
    }

    private static func kind(_ kind: FieldKind) -> [(String, JSONText)] {
        switch kind {
        case .text: return [("type", .array([.string("string"), .string("number"), .string("boolean")]))]
        case .sql: return [("type", .string("string"))]
        case .word(let words): return orEnvironment([("enum", .array(words.map(JSONText.string)))])
        case .integer(let min):
            return orEnvironment(
                [("type", .string("integer"))] + (min.map { [("minimum", .number(Double($0)))] } ?? []))
        case .number(let min, let max):
            return orEnvironment(
                [("type", .string("number"))] + (min.map { [("minimum", .number($0))] } ?? [])
                    + (max.map { [("maximum", .number($0))] } ?? []))
        case .bool: return orEnvironment([("type", .string("boolean"))])
        case .literal: return [("type", .array([.string("number"), .string("string"), .string("boolean")]))]
        case .memory:
            return [
                (
                    "anyOf",
                    .array([
                        .object([("type", .string("integer")), ("minimum", .number(1))]),
                        .object([
                            ("type", .string("string")),
                            ("pattern", .string("^[0-9.]+ ?([KMGTkmgt]?[iI]?[Bb]|%)?$")),
                        ]),
                        environment,
                    ])
                )
            ]
        case .duration:
            let pattern = JSONText.string("^([0-9]+(\\.[0-9]+)?(w|d|h|ms|m|s))+$")
            return orEnvironment([("type", .string("string")), ("pattern", pattern)])
        case .conditions:
            return [
                ("type", .string("array")), ("items", .object([("$ref", .string("#/definitions/condition"))])),
                ("minItems", .number(2)),
            ]
        case .list(let item): return [("type", .string("array")), ("items", .object(self.kind(item)))]
        case .oneOrMore(let item):
            return [
                (
                    "anyOf",
                    .array([
                        .object(self.kind(item)),
                        .object([
                            ("type", .string("array")), ("items", .object(self.kind(item))), ("minItems", .number(1)),
                        ]),
                    ])
                )
            ]
        case .named(let value, _):
            return [
                ("type", .array([.string("object"), .string("null")])),
                ("additionalProperties", .object(orNothing(value))),
            ]
        case .section(let section): return self.section(section)
        case .anyOf(let kinds): return [("anyOf", .array(kinds.map { .object(self.kind($0)) }))]
        case .checks(let ofColumn):
            return [
                ("type", .array([.string("array"), .string("null")])),
                ("items", .object([("$ref", .string("#/definitions/\(ofColumn ? "columnCheck" : "check")"))])),
            ]
        }
    }

    /// A dataset or column may be a name and nothing else.
    private static func orNothing(_ kind: FieldKind) -> [(String, JSONText)] {
        switch kind {
        case .section(let section) where section.fields.contains(where: \.isRequired): self.kind(kind)
        case .section, .anyOf:
            [("anyOf", .array([.object(self.kind(kind)), .object([("type", .string("null"))])]))]
        default: self.kind(kind)
        }
    }

    private static func check(ofColumn: Bool) -> JSONText {
        let rules = FieldRegistry.checkRules.filter { !ofColumn || $0.looksAt != .table }
        let words = rules.filter { ofColumn && $0.isWordForColumn }.map(\.name)
        var choices: [JSONText] = []
        if !words.isEmpty {
            choices.append(.object([("enum", .array(words.map(JSONText.string)))]))
        }
        let mapping = rules.map { rule in (rule.name, self.rule(rule, ofColumn: ofColumn)) }
        let one = rules.map { JSONText.object([("required", .array([.string($0.name)]))]) }
        choices.append(
            .object([
                ("type", .string("object")),
                ("properties", .object(mapping + FieldRegistry.common.map { ($0.name, field($0)) })),
                ("additionalProperties", .bool(false)), ("oneOf", .array(one)),
            ]))
        return .object([
            ("description", .string("One rule, and what to do when it fails.")), ("anyOf", .array(choices)),
        ])
    }

    private static func rule(_ rule: CheckRule, ofColumn: Bool) -> JSONText {
        var forms: [FieldKind] = [.section(ofColumn ? rule.columnSection : rule.section)]
        if let short = ofColumn ? rule.columnShort : rule.short { forms.insert(short, at: 0) }
        var members: [(String, JSONText)] = forms.count == 1 ? kind(forms[0]) : kind(.anyOf(forms))
        members.removeAll { $0.0 == "description" }
        members.insert(("description", .string(rule.doc)), at: 0)
        return .object(members)
    }
}
