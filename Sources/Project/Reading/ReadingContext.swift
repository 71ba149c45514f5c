/// What all parts of one reading share: the files, the environment, and the problems found so far.
final class ReadingContext {
    let root: String
    let files: any ProjectFiles
    let machineMemory: Int
    private(set) var redaction = Redaction()
    private(set) var diagnostics: [Diagnostic] = []
    private let environment: Environment
    private var sources: [String: SourceFile] = [:]
    private var frontMatter: [String: FrontMatter.Content] = [:]
    /// Names of datasets that checks refer to, looked up when all datasets are known.
    private(set) var references: [Located<String>] = []

    init(root: String, files: any ProjectFiles, environment: Environment, machineMemory: Int) {
        self.root = root
        self.files = files
        self.environment = environment
        self.machineMemory = machineMemory
    }

    // MARK: Problems

    func error(_ message: String, at span: SourceSpan?, notes: [String] = [], hint: String? = nil) {
        diagnostics.append(.error(message, at: span, notes: notes, hint: hint))
    }

    func add(_ more: [Diagnostic]) { diagnostics += more }

    /// The hint that proposes the nearest of some names, or else `otherwise`.
    func suggestion(for word: String, among names: some Sequence<String>, otherwise: String? = nil) -> String? {
        Spelling.nearest(to: word, among: names).map { "did you mean '\($0)'?" } ?? otherwise
    }

    func remember(reference: Located<String>) { references.append(reference) }

    /// "first written at more/a.yaml:3:5", for a second place.
    static func place(of span: SourceSpan) -> String {
        span.file.text.isEmpty ? span.file.path : "\(span.file.path):\(span.line):\(span.column)"
    }

    // MARK: Files

    /// A text file, by its absolute path; nil when it cannot be read, which is then reported at `span`.
    func source(_ path: String, namedAt span: SourceSpan?) -> SourceFile? {
        if let known = sources[path] { return known }
        let shown = redaction.redact(FilePath.shown(path, from: root))
        do {
            guard let text = try Self.text(path, files) else {
                error(
                    "'\(shown)' is no UTF-8 text", at: span ?? .wholeFile(shown),
                    hint: "save it with the encoding UTF-8")
                return nil
            }
            let file = SourceFile(path: redaction.redact(shown), text: text)
            sources[path] = file
            return file
        } catch {
            let missing = error == .missing
            self.error(
                missing ? "there is no file '\(shown)'" : "'\(shown)' cannot be read: \(error.reason)",
                at: span ?? .wholeFile(shown), hint: missing ? nearestFile(to: path) : nil)
            return nil
        }
    }

    /// The text of a file; nil when it is not UTF-8.
    static func text(_ path: String, _ files: any ProjectFiles) throws(ProjectFileError) -> String? {
        var bytes = try files.read(path)
        // A byte order mark says nothing about UTF-8 and would be taken for a part of the first word.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Takes what was read ahead, so that asking for it later costs nothing.
    func take(_ ahead: [FilesAhead.File]) {
        for file in ahead {
            sources[file.path] = file.source
            frontMatter[file.path] = file.frontMatter
        }
    }

    /// The mapping in a SQL file's leading comment; what is wrong with it is reported.
    func frontMatter(of file: SourceFile, at path: String) -> YAMLNode? {
        let content = frontMatter[path] ?? FrontMatter.read(file)
        add(content.diagnostics)
        return content.mapping
    }

    private func nearestFile(to path: String) -> String? {
        guard let folder = FilePath.parent(of: path), let entries = try? files.list(folder) else { return nil }
        let names = entries.filter { !$0.isFolder }.map(\.name)
        guard let name = Spelling.nearest(to: FilePath.lastPart(of: path), among: names) else { return nil }
        return "did you mean '\(redaction.redact(FilePath.shown(folder + "/" + name, from: root)))'?"
    }

    // MARK: Texts

    /// A scalar's text with the values of the environment in place; nil, and reported, when one is missing.
    func text(of scalar: YAMLScalar, in node: YAMLNode) -> String? {
        guard Environment.occurs(in: scalar.text) else { return scalar.text }
        let map = TextMap(of: scalar, in: node.file.utf8, at: node.offset)
        return expand(scalar.text, map: map, in: node.file)?.text
    }

    /// SQL that stands in a YAML scalar.
    func sql(in node: YAMLNode, _ scalar: YAMLScalar) -> SQLText? {
        sql(scalar.text, map: TextMap(of: scalar, in: node.file.utf8, at: node.offset), in: node.file)
    }

    /// SQL that is a whole file.
    func sql(of file: SourceFile) -> SQLText? { sql(file.text, map: TextMap(at: 0), in: file) }

    private func sql(_ text: String, map: TextMap, in file: SourceFile) -> SQLText? {
        guard Environment.occurs(in: text) else { return SQLText(text, in: file, stretches: map.stretches) }
        guard let expansion = expand(text, map: map, in: file) else { return nil }
        return SQLText(expansion.text, in: file, stretches: map.edited(expansion.edits).stretches)
    }

    private func expand(_ text: String, map: TextMap, in file: SourceFile) -> Environment.Expansion? {
        let expansion = environment.expand(text)
        for (name, value) in expansion.used { redaction.add(value, from: name) }
        for fault in expansion.faults {
            let span = SourceSpan(
                file: file, offset: map.file(of: fault.range.lowerBound), length: fault.range.count)
            error(fault.message, at: span, hint: fault.hint)
        }
        return expansion.faults.isEmpty ? expansion : nil
    }
}
