/// The YAML files of a project: `millrace.yaml` and all that it includes, each read once.
struct ProjectDocuments {
    /// The fields of `millrace.yaml`; nil when it could not be read.
    private(set) var project: FieldValues?
    /// The entries under `datasets`, `feeds` and `triggers`, of all files, in the order of reading.
    private(set) var datasets: [YAMLEntry] = []
    private(set) var feeds: [YAMLEntry] = []
    private(set) var triggers: [YAMLEntry] = []
    private let context: ReadingContext
    private var read: Set<String> = []

    init(_ context: ReadingContext) {
        self.context = context
        let path = context.root + "/" + ProjectReader.fileName
        read.insert(path)
        guard let root = document(path, namedAt: nil, emptyHint: "start with 'project: NAME'") else { return }
        guard root.mapping != nil else {
            context.error(
                "a project is a mapping of fields, not \(root.found)", at: root.span, hint: "start with 'project: NAME'"
            )
            return
        }
        project = FieldValues(
            root, as: FieldRegistry.project, named: ProjectReader.fileName, at: root.span, in: context)
        if let project { take(project, from: path) }
    }

    private mutating func take(_ values: FieldValues, from path: String) {
        datasets += named(values, "datasets")
        feeds += named(values, "feeds")
        triggers += named(values, "triggers")
        for pattern in values.present("include") == nil ? [] : values.texts("include") {
            include(pattern, from: path)
        }
    }

    private func named(_ values: FieldValues, _ name: String) -> [YAMLEntry] {
        guard let entry = values.present(name), let field = values.section.field(name) else { return [] }
        guard let mapping = entry.value.mapping else {
            let isList = entry.value.list != nil
            context.mismatch(
                field, entry.value, at: entry,
                hint: isList ? "write 'NAME:' in place of '- '" : field.example.map { "for example '\(name): \($0)'" })
            return []
        }
        return mapping
    }

    private mutating func include(_ pattern: Located<String>, from path: String) {
        let folder = FilePath.parent(of: path) ?? "/"
        let resolved = FilePath.resolve(pattern.value, in: folder)
        var paths = [resolved]
        if Glob.isPattern(pattern.value) {
            paths = Glob(resolved).matches(in: context.files)
            if paths.isEmpty {
                let shown = FilePath.shown(folder, from: context.root)
                context.error(
                    "no file matches this pattern", at: pattern.span,
                    hint: "it is looked for in \(shown == folder ? "the project's folder" : "'\(shown)'")")
            }
        }
        for path in paths where read.insert(path).inserted {
            guard let root = document(path, namedAt: pattern.span, emptyHint: "add 'datasets:' or remove the file")
            else {
                continue
            }
            guard let mapping = root.mapping else {
                context.error("an included file is a mapping of fields, not \(root.found)", at: root.span)
                continue
            }
            let known = FieldRegistry.project.fields.map(\.name).filter { FieldRegistry.included.field($0) == nil }
            for entry in mapping where known.contains(entry.name) {
                context.error(
                    "'\(entry.name)' cannot stand in an included file", at: entry.span,
                    hint: "move it to \(ProjectReader.fileName)")
            }
            let values = FieldValues(
                root, as: FieldRegistry.included, named: context.source(path, namedAt: nil)?.path ?? path,
                at: root.span, in: context, passing: Set(known))
            if let values { take(values, from: path) }
        }
    }

    private func document(_ path: String, namedAt span: SourceSpan?, emptyHint: String) -> YAMLNode? {
        guard let file = context.source(path, namedAt: span) else { return nil }
        var document = YAMLDocument(file)
        let root = document.root()
        context.add(document.diagnostics)
        if document.diagnostics.isEmpty, root?.isNull ?? true {
            context.error("this file is empty", at: .wholeFile(file.path), hint: emptyHint)
            return nil
        }
        return root
    }
}
