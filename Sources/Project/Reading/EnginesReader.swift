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
                at: type.value.span, hint: "use 'duckdb' or 'spark'")
            return nil
        }
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.engine, named: entry.name, at: entry.span, in: context),
            let kind = values.word("type", as: EngineDefinition.Kind.self)
        else { return nil }
        reportForeign(to: kind, values)
        var engine = EngineDefinition(
            name: entry.name, kind: kind, memory: memory(values), threads: values.integer("threads"),
            spill: values.text("spill").map { FilePath.resolve($0, in: context.root) })
        engine.remote = values.located("remote")
        engine.settings = settings(values.present("settings"))
        if kind == .spark, values.entry("remote") == nil {
            context.error(
                "the engine '\(entry.name)' does not say where Spark is", at: entry.span,
                hint: "add 'remote: \"sc://HOST:15002\"', the address of a Spark Connect server")
        }
        return engine
    }

    /// Fields that another type of engine has.
    private func reportForeign(to kind: EngineDefinition.Kind, _ values: FieldValues) {
        let foreign = kind == .spark ? ["memory", "threads", "spill"] : ["remote", "settings"]
        for entry in foreign.compactMap(values.entry) {
            context.error(
                "'\(entry.name)' is not for engines of the type '\(kind.rawValue)'", at: entry.span,
                hint: kind == .spark
                    ? "memory and cores are the cluster's own; 'settings' takes settings of Spark's" : nil)
        }
    }

    private func settings(_ entry: YAMLEntry?) -> [String: String] {
        guard let entry, let field = FieldRegistry.engine.field("settings") else { return [:] }
        guard let mapping = entry.value.mapping else {
            context.mismatch(field, entry.value, at: entry, hint: field.example.map { "for example 'settings: \($0)'" })
            return [:]
        }
        var settings: [String: String] = [:]
        for setting in mapping {
            if let value = context.located(setting, field: Field(setting.name, .text, field.doc)) {
                settings[setting.name] = value.value
            }
        }
        return settings
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
