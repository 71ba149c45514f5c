import Testing

@testable import DeltaLog

@Suite("Schema evolution")
struct SchemaEvolutionTests {
    private func merge(
        _ table: DeltaSchema, _ new: DeltaSchema, _ policy: SchemaPolicy
    ) throws -> SchemaChange {
        try SchemaEvolution.merge(table: table, new: new, policy: policy)
    }

    private func refusal(_ table: DeltaSchema, _ new: DeltaSchema, _ policy: SchemaPolicy) -> String? {
        do throws(SchemaRefusal) {
            _ = try SchemaEvolution.merge(table: table, new: new, policy: policy)
        } catch {
            return error.description
        }
        return nil
    }

    private func structure(_ fields: KeyValuePairs<String, DeltaType>) -> DeltaType {
        .structure(DeltaSchema(fields).fields)
    }

    @Test("equal columns fit whatever the policy and their order")
    func equal() throws {
        let table = DeltaSchema(["a": .long, "b": structure(["x": .string])])
        for policy in SchemaPolicy.allCases {
            let change = try merge(table, DeltaSchema(["b": structure(["x": .string]), "a": .long]), policy)
            #expect(change == SchemaChange(schema: table))
        }
    }

    @Test("columns and nested fields are added where the policy says so")
    func adding() throws {
        let table = DeltaSchema(["a": .long, "s": structure(["x": .string])])
        let new = DeltaSchema([
            "b": .string, "s": structure(["y": .date, "x": .string]), "a": .long,
            "l": .array(element: .long, containsNull: true),
        ])
        #expect(
            refusal(table, new, .fixed) == """
                the column b is new, which the policy fixed does not allow (add_columns and widen do); \
                the column s.y is new, which the policy fixed does not allow (add_columns and widen do); \
                the column l is new, which the policy fixed does not allow (add_columns and widen do)
                """)
        for policy in [SchemaPolicy.addColumns, .widen] {
            let change = try merge(table, new, policy)
            #expect(change.added == ["b", "s.y", "l"])
            #expect(
                change.schema
                    == DeltaSchema([
                        "a": .long, "s": structure(["x": .string, "y": .date]), "b": .string,
                        "l": .array(element: .long, containsNull: true),
                    ]))
        }
    }

    @Test("an added column may be NULL, because the rows before have no value for it")
    func addedNullability() throws {
        var new = DeltaSchema(["a": .long, "b": .long])
        new.fields[1].nullable = false
        #expect(try merge(DeltaSchema(["a": .long]), new, .addColumns).schema["b"]?.nullable == true)
    }

    @Test("missing columns and fields are told; those that must not be NULL are refused")
    func missing() throws {
        var table = DeltaSchema(["a": .long, "s": structure(["x": .string, "y": .string]), "b": .long])
        let new = DeltaSchema(["a": .long, "s": structure(["y": .string])])
        let change = try merge(table, new, .fixed)
        #expect(change.missing == ["s.x", "b"] && change.schema == table)
        table.fields[2].nullable = false
        #expect(
            refusal(table, new, .widen) == "the column b may not be NULL in the table, and is missing in the new rows")
    }

    @Test("names are compared without regard to case, and must be written as in the table")
    func names() throws {
        let table = DeltaSchema(["Name": .string, "s": structure(["X": .long])])
        #expect(
            refusal(table, DeltaSchema(["name": .string, "s": structure(["x": .long])]), .widen)
                == "the column name is written Name in the table; the column s.x is written X in the table")
        #expect(
            refusal(table, DeltaSchema(["Name": .string, "NAME": .long]), .widen)
                == "the column NAME is there twice in the new rows; names that differ only in case count as equal")
        #expect(
            refusal(DeltaSchema(["a": .long]), DeltaSchema(["a": .long, "b": .long, "B": .long]), .widen)
                == "the column B is there twice in the new rows; names that differ only in case count as equal")
    }

    @Test("a type is widened only by the policy that says so, and the change is recorded")
    func widening() throws {
        let table = DeltaSchema(["a": .integer, "b": .string])
        let new = DeltaSchema(["a": .long, "b": .string])
        for policy in [SchemaPolicy.fixed, .addColumns] {
            #expect(
                refusal(table, new, policy)
                    == "the column a is INTEGER in the table and BIGINT in the new rows, which the policy "
                    + "\(policy.rawValue) does not allow (widen does)")
        }
        let change = try merge(table, new, .widen)
        #expect(change.widened == [.init(name: "a", from: .integer, to: .long)])
        #expect(change.schema["a"]?.type == .long)
        #expect(
            change.schema["a"]?.metadata["delta.typeChanges"]
                == .array([.object(["fromType": .string("integer"), "toType": .string("long")])]))
        let again = try merge(
            change.schema, DeltaSchema(["a": .decimal(precision: 22, scale: 2), "b": .string]), .widen)
        #expect(again.schema["a"]?.metadata["delta.typeChanges"]?.array?.count == 2)
        #expect(again.schema.wasWidened && !table.wasWidened)
    }

    @Test("widening reaches into structs, lists and maps")
    func nestedWidening() throws {
        let table = DeltaSchema([
            "s": structure(["x": .short]),
            "l": .array(element: .array(element: .float, containsNull: true), containsNull: true),
            "m": .map(key: .integer, value: structure(["d": .date]), valueContainsNull: true),
        ])
        let new = DeltaSchema([
            "s": structure(["x": .integer]),
            "l": .array(element: .array(element: .double, containsNull: true), containsNull: true),
            "m": .map(key: .long, value: structure(["d": .timestampNTZ]), valueContainsNull: true),
        ])
        let change = try merge(table, new, .widen)
        #expect(
            change.widened.map(\.name) == ["s.x", "l.element.element", "m.key", "m.value.d"])
        #expect(change.schema.fields.map(\.type.shape) == new.fields.map(\.type.shape))
        func recorded(_ field: DeltaField?) -> String? {
            field?.metadata["delta.typeChanges"].map(\.serialized)
        }
        #expect(recorded(change.schema["s"]) == nil)
        guard case .structure(let fields) = change.schema["s"]?.type else { return }
        #expect(recorded(fields.first) == #"[{"fromType":"short","toType":"integer"}]"#)
        #expect(
            recorded(change.schema["l"])
                == #"[{"fromType":"float","toType":"double","fieldPath":"element.element"}]"#)
        #expect(
            recorded(change.schema["m"]) == #"[{"fromType":"integer","toType":"long","fieldPath":"key"}]"#)
    }

    @Test("a field in the key of a map cannot be added")
    func keys() {
        #expect(
            refusal(
                DeltaSchema([
                    "m": .map(key: structure(["k": structure(["x": .long])]), value: .long, valueContainsNull: true)
                ]),
                DeltaSchema([
                    "m": .map(
                        key: structure(["k": structure(["x": .long, "y": .long])]), value: .long,
                        valueContainsNull: true)
                ]), .widen) == "the column m.key.k.y is new in the key of a map, which cannot change")
    }

    @Test("a narrower type is told as a cast, whatever the policy")
    func narrower() throws {
        let table = DeltaSchema(["a": .long, "s": structure(["x": .double])])
        let new = DeltaSchema(["a": .byte, "s": structure(["x": .float])])
        let change = try merge(table, new, .fixed)
        #expect(change.schema == table)
        #expect(
            change.casts == [
                .init(name: "a", from: .byte, to: .long), .init(name: "s.x", from: .float, to: .double),
            ])
    }

    @Test("all that is wrong is named, column by column")
    func collected() {
        let table = DeltaSchema(["a": .long, "b": .string, "c": .date])
        let new = DeltaSchema(["a": .string, "b": .string, "c": structure(["x": .long]), "D": .long])
        #expect(
            refusal(table, new, .fixed) == """
                the column a is BIGINT in the table and VARCHAR in the new rows; \
                the column c is DATE in the table and STRUCT("x" BIGINT) in the new rows; \
                the column D is new, which the policy fixed does not allow (add_columns and widen do)
                """)
    }

    @Test("what must not be NULL is told by its path, and refused where nothing can tell")
    func notNull() throws {
        let field = DeltaField(name: "x", type: .long, nullable: false)
        let table = DeltaSchema(fields: [
            DeltaField(name: "a", type: .long, nullable: false), DeltaField(name: "s", type: .structure([field])),
        ])
        let new = DeltaSchema(["a": .long, "s": structure(["x": .long])])
        #expect(try merge(table, new, .fixed).notNull == [["a"], ["s", "x"]])
        #expect(
            refusal(
                DeltaSchema(["l": .array(element: .long, containsNull: false)]),
                DeltaSchema(["l": .array(element: .long, containsNull: true)]), .widen)
                == "the column l has elements that may not be NULL in the table, but may be in the new rows")
    }

    @Test("the types that hold all of another's values")
    func pairs() {
        func decimal(_ precision: Int, _ scale: Int) -> DeltaType { .decimal(precision: precision, scale: scale) }
        let widening: [(DeltaType, DeltaType)] = [
            (.byte, .short), (.byte, .long), (.short, .integer), (.integer, .long), (.float, .double),
            (.byte, .double), (.short, .double), (.integer, .double), (.date, .timestampNTZ),
            (.integer, decimal(10, 0)), (.byte, decimal(12, 2)), (.long, decimal(20, 0)),
            (decimal(10, 2), decimal(12, 2)), (decimal(10, 2), decimal(12, 4)),
        ]
        for (from, to) in widening {
            #expect(from.canWiden(to: to) && !to.canWiden(to: from), "\(from) \(to)")
        }
        let others: [(DeltaType, DeltaType)] = [
            (.long, .double), (.integer, .float), (.integer, decimal(10, 1)), (.long, decimal(19, 0)),
            (decimal(10, 2), decimal(11, 4)), (decimal(10, 2), decimal(10, 2)), (decimal(10, 2), .double),
            (.date, .timestamp), (.timestampNTZ, .timestamp), (.integer, .string), (.boolean, .byte), (.long, .long),
        ]
        for (from, to) in others { #expect(!from.canWiden(to: to), "\(from) \(to)") }
    }

    @Test("a widened table needs the feature, and its columns keep their history")
    func protocolOfWidening() throws {
        var log = try TableLog("1")
        try log.commit(
            .make(
                .append, ["a": .decimal(precision: 20, scale: 0)], [.make("2")], policy: .widen))
        let snapshot = try log.snapshot()
        #expect(snapshot.protocolVersion.readerFeatures == ["typeWidening"])
        #expect(
            snapshot.protocolVersion.writerFeatures == ["appendOnly", "invariants", "typeWidening"])
        #expect(snapshot.metadata.schema.wasWidened)
        try log.commit(.make(.append, ["a": .decimal(precision: 20, scale: 0)], [.make("3")]))
        #expect(try log.snapshot().metadata.schema.wasWidened)
        // Files of the former type are gone with a replace.
        try log.commit(.make(.replace, ["a": .decimal(precision: 20, scale: 0)], [.make("4")]))
        #expect(try !log.snapshot().metadata.schema.wasWidened)
    }

    @Test("a widened table whose files are all written anew needs no feature")
    func widenedReplace() throws {
        var log = try TableLog("1", "2")
        let wide: KeyValuePairs<String, DeltaType> = ["a": .decimal(precision: 20, scale: 0)]
        var change = TableChange.make(.replace, wide, [.make("12", rows: 2), .make("3")], policy: .widen)
        change.operation = Operation(name: "WRITE", parameters: ["mode": .string("Append")])
        try log.commit(change)
        let commit = try log.commit(1)
        #expect(commit.protocolVersion == nil && commit.metadata?.schema == DeltaSchema(wide))
        #expect(commit.info?["operationParameters"]?.object?["mode"]?.text == "Append")
        #expect(try log.snapshot().paths == ["12", "3"])
    }

    @Test("a column that the table is partitioned by keeps its type")
    func partitions() throws {
        var log = TableLog()
        try log.commit(.make(.replace, ["p": .integer, "a": .long], partitionedBy: ["p"]))
        let change = TableChange.make(.append, ["p": .long, "a": .long], policy: .widen)
        let error = #expect(throws: DeltaLogError.self) { try change.commit(after: log.snapshot(), time: 1) }
        #expect(error?.message.hasSuffix("a column that the table is partitioned by keeps its type") == true)
    }
}
