extension ColumnLineage {
    /// Its parts as texts, for `AnalysisCache`: `c` and a column's name, or `r` for what decides over the rows, each
    /// followed by origins: how they take part, the dataset, and the column with a dot before it, or nothing.
    var cached: [String] {
        columns.flatMap { ["c", $0.name] + Self.texts(of: $0.origins) } + ["r"] + Self.texts(of: rows)
    }

    private static func texts(of origins: [Origin]) -> [String] {
        origins.flatMap { origin in
            [
                "o\(Origins.Kinds(origin.kinds).rawValue)", origin.source.dataset,
                origin.source.column.map { ".\($0)" } ?? "",
            ]
        }
    }

    /// Reads what `cached` wrote; of anything else, what can be understood.
    init(cached texts: [String]) {
        self.init(columns: [], rows: [])
        var isRows = false
        var index = 0
        while index < texts.count {
            let word = texts[index]
            if word == "c", index + 1 < texts.count {
                columns.append(Column(name: texts[index + 1], origins: []))
                index += 2
            } else if word.hasPrefix("o"), let kinds = UInt16(word.dropFirst()), index + 2 < texts.count {
                let column = texts[index + 2]
                let source = Source(
                    dataset: texts[index + 1], column: column.isEmpty ? nil : String(column.dropFirst()))
                let origin = Origin(source: source, kinds: Origins.Kinds(rawValue: kinds).all)
                if isRows {
                    rows.append(origin)
                } else if !columns.isEmpty {
                    columns[columns.count - 1].origins.append(origin)
                }
                index += 3
            } else {
                isRows = isRows || word == "r"
                index += 1
            }
        }
    }
}

extension Origins.Kinds {
    init(_ kinds: [ColumnLineage.Kind]) {
        self = kinds.reduce(into: []) { $0.formUnion(Self($1)) }
    }
}
