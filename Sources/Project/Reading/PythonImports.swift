/// The modules that a Python file imports, as far as its lines tell: `import a.b, c`, `from .a import b`.
enum PythonImports {
    /// The paths, without their ending, that a module of the project may have.
    static func candidates(in source: String, at path: String, root: String) -> [String] {
        let folder = FilePath.parent(of: path) ?? root
        var found: [String] = []
        for line in source.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "," })
            switch words.first {
            case "import":
                // `as` and the name after it lead nowhere, or to a module that is read once more than need be.
                for name in words.dropFirst() { found += places(String(name), [folder, root]) }
            case "from" where words.count > 3 && words[2] == "import":
                let dots = words[1].prefix { $0 == "." }.count
                var start = [folder, root]
                if dots > 0 {
                    start = [(1..<dots).reduce(folder) { parent, _ in FilePath.parent(of: parent) ?? parent }]
                }
                let module = String(words[1].dropFirst(dots))
                if !module.isEmpty { found += places(module, start) }
                for name in words.dropFirst(3) {
                    let name = name.filter { $0 != "(" && $0 != ")" }
                    found += places(module.isEmpty ? name : "\(module).\(name)", start)
                }
            default: break
            }
        }
        return found
    }

    private static func places(_ module: String, _ folders: [String]) -> [String] {
        guard module.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }) else { return [] }
        let path = module.split(separator: ".").joined(separator: "/")
        return path.isEmpty ? [] : folders.flatMap { ["\($0)/\(path).py", "\($0)/\(path)/__init__.py"] }
    }
}
