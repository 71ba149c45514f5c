import Crypto

/// Reads `run`.
struct ProgramReader {
    let context: ReadingContext

    func program(_ entry: YAMLEntry) -> ProgramStep? {
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.program, named: entry.name, at: entry.span, in: context)
        else { return nil }
        if let python = values.entry("python"), let command = values.entry("command") {
            context.error(
                "a step runs a Python function or a command, not both", at: command.span,
                notes: ["'python' is at \(ReadingContext.place(of: python.span))"], hint: "keep one of them")
            return nil
        }
        let inputs = inputs(values)
        let further = values.texts("files").flatMap(files)
        let memory = memory(values)
        let workers = values.integer("workers") ?? 1
        let batchRows = values.integer("batch_rows") ?? ProgramStep.usualBatchRows
        let isOrdered = values.bool("ordered") ?? true
        let retries = values.integer("retries") ?? 0
        let timeout = values.duration("timeout") ?? ProgramStep.usualTimeout
        let setupTimeout = values.duration("setup_timeout") ?? ProgramStep.usualTimeout
        let onFail = values.word("on_fail", as: ProgramStep.OnFail.self) ?? .quarantine
        let mostFailing = values.integer("max_failing") ?? ProgramStep.usualMostFailing
        if onFail == .fail, let most = values.entry("max_failing") {
            context.error(
                "'max_failing' means nothing with 'on_fail: fail': the first failing row ends the step",
                at: most.span, hint: "remove it")
        }
        let program: ProgramStep.Program
        var known: [SourceFile] = further
        if let python = values.located("python") {
            guard let (path, source, function) = function(python) else { return nil }
            program = .python(path: path, source: source, function: function, span: python.span)
            known += sources(from: source, at: path)
        } else {
            if let setup = values.entry("setup_timeout") {
                context.error(
                    "'setup_timeout' means nothing for a command, which is started for each batch", at: setup.span,
                    hint: "remove it")
            }
            let words = values.texts("command", allowsEmpty: true)
            guard let first = words.first else { return nil }
            program = .command(words)
            let path = FilePath.resolve(first.value, in: context.root)
            if first.value.contains("/"), !FilePath.isAbsolute(first.value) {
                guard context.files.isFile(path) else {
                    context.error(
                        "there is no file '\(FilePath.shown(path, from: context.root))'", at: first.span,
                        hint: "paths are relative to the project's folder")
                    return nil
                }
                known += contents(path)
            }
        }
        guard !inputs.isEmpty else { return nil }
        var seen: Set<String> = []
        let files = known.filter { seen.insert($0.path).inserted }.sorted { $0.path < $1.path }
        return ProgramStep(
            program: program, inputs: inputs, workers: workers, batchRows: batchRows, isOrdered: isOrdered,
            retries: retries, timeout: timeout, setupTimeout: setupTimeout, memory: memory, onFail: onFail,
            mostFailing: mostFailing,
            files: files, span: entry.span)
    }

    private func inputs(_ values: FieldValues) -> [Located<DatasetName>] {
        var seen: Set<String> = []
        return values.texts("inputs").compactMap { text in
            guard let name = DatasetName(text.value) else {
                context.error(
                    "this is no name of a dataset", at: text.span, hint: "name datasets of this project, as SQL does")
                return nil
            }
            guard seen.insert(name.folded).inserted else {
                context.error("'inputs' names a dataset twice", at: text.span, hint: "remove one of them")
                return nil
            }
            context.remember(reference: text)
            return Located(name, at: text.span)
        }
    }

    private func memory(_ values: FieldValues) -> Int? {
        guard let entry = values.entry("memory"), let field = values.section.field("memory"),
            let text = context.located(entry, field: field)?.value
        else { return nil }
        let bytes = MemorySize.bytes(text, machine: context.machineMemory)
        if bytes == nil { context.mismatch(field, entry.value) }
        return bytes
    }

    /// A file and a function: `steps/clean.py:clean`.
    private func function(_ text: Located<String>) -> (path: String, SourceFile, function: String)? {
        guard let colon = text.value.lastIndex(of: ":"), text.value[..<colon].hasSuffix(".py"),
            case let function = text.value[text.value.index(after: colon)...], !function.isEmpty,
            function.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
        else {
            context.error(
                "'python' takes a file and a function of it, not '\(context.redaction.redact(text.value))'",
                at: text.span, hint: "for example 'steps/clean.py:clean'")
            return nil
        }
        let path = FilePath.resolve(String(text.value[..<colon]), in: context.root)
        return context.source(path, namedAt: text.span).map { (path, $0, String(function)) }
    }

    /// The file and the project's own modules that it imports, and what these import.
    private func sources(from source: SourceFile, at path: String) -> [SourceFile] {
        var found = [source]
        var seen: Set<String> = [path]
        var rest = [(source, path)]
        while let (source, path) = rest.popLast() {
            for candidate in PythonImports.candidates(in: source.text, at: path, root: context.root)
            where seen.insert(candidate).inserted && context.files.isFile(candidate) {
                guard let module = context.source(candidate, namedAt: nil) else { continue }
                found.append(module)
                rest.append((module, candidate))
            }
        }
        return found
    }

    /// Files that a step depends on, whatever they hold.
    private func files(_ pattern: Located<String>) -> [SourceFile] {
        let path = FilePath.resolve(pattern.value, in: context.root)
        guard context.files.isFile(path) else {
            context.error(
                "there is no file '\(FilePath.shown(path, from: context.root))'", at: pattern.span,
                hint: "'files' takes paths of files, relative to the project's folder")
            return []
        }
        return contents(path)
    }

    private func contents(_ path: String) -> [SourceFile] {
        guard let bytes = try? context.files.read(path) else { return [] }
        // A model, say: nobody will ever want to see it.
        let digest = SHA256.hash(data: bytes).map { String($0, radix: 16) }.joined(separator: " ")
        return [SourceFile(path: FilePath.shown(path, from: context.root), text: digest)]
    }
}
