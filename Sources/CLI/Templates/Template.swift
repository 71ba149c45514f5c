/// What `init` begins a project with.
struct Template {
    struct File {
        /// Relative to the project's folder.
        var path: String
        var text: String
    }

    var name: String
    /// One line for the help.
    var summary: String
    private var files: [File]

    init(name: String, summary: String, files: [File]) {
        self.name = name
        self.summary = summary
        self.files = files
    }

    /// The first is the usual one.
    static let all = [csv, jsonl, minimal]

    /// The files of a project with that name.
    func files(project: String) -> [File] {
        let ignored = File(path: ".gitignore", text: "/store/\n/.millrace/\n")
        return files.map { File(path: $0.path, text: Self.fill($0.text, project)) } + [ignored]
    }

    /// Puts the project's name where the template leaves it open.
    private static func fill(_ text: String, _ project: String) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "«") {
            result += rest[..<mark]
            guard let end = rest[mark...].firstIndex(of: "»") else { break }
            result += project
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
