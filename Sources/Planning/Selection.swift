package import Project

/// Which datasets a command is about, in dbt's selection language: `a`, `+a`, `a+`, `2+a+1`, `@a`, `flights*`, `tag:x`,
/// `path:x`, `state:stale`, `result:failed`; a blank joins, a comma intersects.
package struct Selection: Sendable {
    /// What atoms are looked up in.
    package struct Context {
        package var project: Project
        package var graph: Graph
        /// The datasets that a run would make again, for `state:stale`.
        package var stale: @Sendable () -> Set<DatasetName>
        /// The datasets without any version, for `state:new`.
        package var new: @Sendable () -> Set<DatasetName>
        /// How each dataset's last run ended (`failed`, `skipped`, `done`), for `result:`.
        package var results: @Sendable () -> [DatasetName: String]

        package init(
            project: Project, graph: Graph, stale: @escaping @Sendable () -> Set<DatasetName>,
            new: @escaping @Sendable () -> Set<DatasetName>,
            results: @escaping @Sendable () -> [DatasetName: String]
        ) {
            self.project = project
            self.graph = graph
            self.stale = stale
            self.new = new
            self.results = results
        }
    }

    private let included: [String]
    private let excluded: [String]

    /// - Parameters:
    ///   - included: selectors as given on the command line; none means everything.
    package init(_ included: [String], excluding excluded: [String] = []) {
        func words(_ texts: [String]) -> [String] { texts.flatMap { $0.split(separator: " ").map(String.init) } }
        self.included = words(included)
        self.excluded = words(excluded)
    }

    package var isEverything: Bool { included.isEmpty && excluded.isEmpty }

    /// The datasets meant. Selectors that cannot be read, or name a dataset that is not there, are diagnostics.
    package func resolve(in context: Context) throws(Diagnostics) -> Set<DatasetName> {
        let all = Set(context.graph.order)
        var problems: [Diagnostic] = []
        func union(_ words: [String]) -> Set<DatasetName> {
            words.reduce(into: []) { result, word in
                do throws(Diagnostic) {
                    result.formUnion(try intersection(word, in: context))
                } catch {
                    problems.append(error)
                }
            }
        }
        let selected = (included.isEmpty ? all : union(included)).subtracting(union(excluded))
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return selected
    }

    private func intersection(_ word: String, in context: Context) throws(Diagnostic) -> Set<DatasetName> {
        var result: Set<DatasetName>?
        for part in word.split(separator: ",") {
            let found = try Selector(String(part)).resolve(in: context)
            result = result.map { $0.intersection(found) } ?? found
        }
        return result ?? []
    }
}

/// One selector: an atom with its operators.
private struct Selector {
    private var text: String
    private var atom: Substring
    /// How far up and down the graph; nil means not at all, `Int.max` all the way.
    private var up: Int?
    private var down: Int?
    /// `@`: what depends on it, and everything that those need.
    private var withSiblings = false

    init(_ text: String) {
        self.text = text
        atom = text[...]
        if atom.first == "@" {
            withSiblings = true
            atom.removeFirst()
        }
        if let plus = atom.firstIndex(of: "+") {
            let before = atom[..<plus]
            if before.isEmpty || Int(before) != nil {
                up = Int(before) ?? .max
                atom = atom[atom.index(after: plus)...]
            }
        }
        if let plus = atom.lastIndex(of: "+") {
            let after = atom[atom.index(after: plus)...]
            if after.isEmpty || Int(after) != nil {
                down = Int(after) ?? .max
                atom = atom[..<plus]
            }
        }
    }

    func resolve(in context: Selection.Context) throws(Diagnostic) -> Set<DatasetName> {
        let base = try matches(in: context)
        var result = base
        if let up { result.formUnion(reach(from: base, along: context.graph.inputs, steps: up)) }
        if let down { result.formUnion(reach(from: base, along: context.graph.dependents, steps: down)) }
        if withSiblings {
            result.formUnion(reach(from: base, along: context.graph.dependents, steps: .max))
            result.formUnion(reach(from: result, along: context.graph.inputs, steps: .max))
        }
        return result
    }

    private func matches(in context: Selection.Context) throws(Diagnostic) -> Set<DatasetName> {
        let datasets = context.project.datasets
        let parts = atom.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return try named(String(atom), in: datasets) }
        let value = String(parts[1])
        func names(where matches: (Dataset) -> Bool) -> Set<DatasetName> {
            Set(datasets.filter(matches).map(\.name))
        }
        switch parts[0] {
        case "tag": return names { $0.tags.contains { Glob.matches($0, pattern: value) } }
        case "path": return names { PathPrefix.matches($0.definedIn, pattern: value) }
        case "state":
            switch value {
            case "stale", "modified": return context.stale()
            case "new": return context.new()
            default:
                throw .error(
                    "unknown state '\(value)' in '\(text)'", hint: "write state:stale or state:new")
            }
        case "result":
            let known = ["failed", "skipped", "done"]
            guard known.contains(value) else {
                throw .error(
                    "unknown result '\(value)' in '\(text)'",
                    hint: "write one of result:failed, result:skipped, result:done")
            }
            return Set(context.results().filter { $0.value == value }.keys)
        default:
            throw .error(
                "unknown method '\(parts[0]):' in '\(text)'", hint: "the methods are tag:, path:, state: and result:")
        }
    }

    private func named(_ name: String, in datasets: [Dataset]) throws(Diagnostic) -> Set<DatasetName> {
        let found = datasets.filter { Glob.matches($0.name.text, pattern: name) }.map(\.name)
        if found.isEmpty {
            if let near = Spelling.nearest(to: name, among: datasets.map(\.name.text)) {
                throw .error("no dataset '\(name)' in this project", hint: "did you mean '\(near)'?")
            }
            throw .error("no dataset matches '\(name)'", hint: "'millrace list' names them all")
        }
        return Set(found)
    }

    private func reach(
        from start: Set<DatasetName>, along edges: [DatasetName: [DatasetName]], steps: Int
    ) -> Set<DatasetName> {
        var reached = start
        var frontier = start
        var left = steps
        while left > 0, !frontier.isEmpty {
            frontier = Set(frontier.flatMap { edges[$0] ?? [] }).subtracting(reached)
            reached.formUnion(frontier)
            left -= 1
        }
        return reached
    }
}

extension Dataset {
    /// The file that defines the dataset: its SQL file, or the YAML file with its entry.
    fileprivate var definedIn: String { step.sql?.file.path ?? span.file.path }
}

private enum PathPrefix {
    /// A path, a folder above it, or a glob.
    static func matches(_ path: String, pattern: String) -> Bool {
        let pattern = pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
        return path == pattern || path.hasPrefix(pattern + "/") || Glob.matches(path, pattern: pattern)
    }
}
