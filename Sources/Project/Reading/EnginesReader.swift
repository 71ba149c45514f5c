/// Reads `engines`.
struct EnginesReader {
    let context: ReadingContext

    /// The engines by name; `local` is always among them.
    func engines(_ entry: YAMLEntry?) -> [String: EngineDefinition] {
        var engines = ["local": EngineDefinition(name: "local", kind: .duckdb)]
        guard let entry, let field = FieldRegistry.project.field("engines") else { return engines }
        guard let mapping = entry.value.mapping else {
            context.mismatch(field, entry.value, at: entry, hint: "for example 'engines: { local: { type: duckdb } }'")
            return engines
        }
        for engine in mapping {
            if engine.name.isEmpty {
                context.error("an engine's name is empty", at: engine.span)
                continue
            }
            // Kept even when something in it is wrong, so that naming it is no second problem.
            engines[engine.name] = definition(engine) ?? EngineDefinition(name: engine.name, kind: .duckdb)
        }
        return engines
    }

    private func definition(_ entry: YAMLEntry) -> EngineDefinition? {
        if let mapping = entry.value.mapping, let type = mapping.first(where: { $0.name == "type" }),
            let scalar = type.value.scalar, FieldRegistry.plannedEngines.contains(scalar.text)
        {
            context.error(
                "engines of the type '\(scalar.text)' are not supported by this version of Millrace",
                at: type.value.span, hint: "use 'duckdb'")
            return nil
        }
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.engine, named: entry.name, at: entry.span, in: context),
            let kind = values.word("type", as: EngineDefinition.Kind.self)
        else { return nil }
        return EngineDefinition(
            name: entry.name, kind: kind, memory: memory(values), threads: values.integer("threads"),
            spill: values.text("spill").map { FilePath.resolve($0, in: context.root) })
    }

    private func memory(_ values: FieldValues) -> Int? {
        guard let entry = values.entry("memory"), let field = values.section.field("memory") else { return nil }
        guard let text = context.located(entry, field: field)?.value else { return nil }
        guard let bytes = MemorySize.bytes(text, machine: context.machineMemory) else {
            context.mismatch(field, entry.value)
            return nil
        }
        return bytes
    }
}
