/// The names of a Python module: no name twice, none that Python reserves.
struct PythonNames {
    private var taken: Set<String>

    /// - Parameter taken: what the module itself defines and imports.
    init(taken: some Sequence<String>) { self.taken = Self.reserved.union(taken) }

    /// A name for something, as near as possible to the one wished for.
    mutating func claim(_ wish: String) -> String {
        var name = String(wish.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
        if name.first.map(\.isNumber) ?? true { name = "_" + name }
        while !taken.insert(name).inserted { name += "_" }
        return name
    }

    /// Snake case to the case of classes: `flights_raw` becomes `FlightsRaw`.
    static func className(_ name: String) -> String {
        let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return joined.first.map(\.isNumber) ?? true ? "Dataset" + joined : joined
    }

    /// Python's keywords, and the built-in names that the files use.
    private static let reserved: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "match", "case", "type", "_",
        "BaseException", "KeyboardInterrupt", "NotImplementedError", "ProcessLookupError", "RuntimeError", "bool",
        "dict", "int", "isinstance", "len", "list", "max", "min", "print", "set", "sorted", "str", "super", "tuple",
        "property", "__file__", "__name__", "self",
    ]
}
