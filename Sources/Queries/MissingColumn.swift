package import Project

extension Diagnostic {
    /// A column that is named where there is none of that name.
    package static func missingColumn(
        _ name: Located<String>, of dataset: DatasetName, among columns: [QueryColumn]
    ) -> Diagnostic {
        let names = columns.map(\.name)
        let hint =
            Spelling.nearest(to: name.value, among: names).map { "did you mean '\($0)'?" }
            ?? "it has " + names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
        return .error("'\(dataset)' has no column '\(name.value)'", at: name.span, hint: hint)
    }
}
