import Millrace
import Project
import Queries

/// Which columns a column is made from, and which are made from it.
enum ColumnLineagePiece {
    static func html(_ lineage: DatasetLineage?) -> HTML {
        guard let lineage else {
            return Pieces.section("columns", "Columns", Pieces.empty("Nobody has looked at the columns yet."))
        }
        let problem: HTML = lineage.problem.map { "<p class=\"lead\">Not all is known: \($0).</p>" } ?? ""
        guard !lineage.columns.isEmpty else {
            return Pieces.section("columns", "Columns", problem + Pieces.empty("Its columns are not known yet."))
        }
        let head: HTML = """
            <th scope="col">Column</th><th scope="col">Made from</th><th scope="col">Used for</th>
            """
        let rows = lineage.columns.html { column in
            """
            <tr id="column-\(url: column.name.lowercased())"><th scope="row" class="mono">\(column.name)</th>\
            <td>\(made(column.origins))</td><td>\(used(column.uses))</td></tr>
            """
        }
        let table = Pieces.table("Columns with what they are made from and used for", head, rows, style: "lineage")
        let deciding: HTML =
            lineage.rows.isEmpty
            ? ""
            : Pieces.section(
                "deciding", "What decides which rows there are, and in what order",
                "<div class=\"card lineage\">\(made(lineage.rows))</div>")
        return Pieces.section("columns", "Columns", live: true, problem + table) + deciding
    }

    private static func made(_ origins: [ColumnOrigin]) -> HTML {
        guard !origins.isEmpty else { return "<span class=\"none\">no column</span>" }
        return list(origins, kinds: \.kinds) {
            $0.name
        } word: { name, origins in
            guard origins.first?.place == .dataset else {
                return "<span class=\"mono\">\(name)</span>: \(words(origins.map { "\($0.column ?? "all columns")" }))"
            }
            return dataset(name) + ": "
                + words(origins.map { origin in origin.column.map { column(name, $0) } ?? "all columns" })
        }
    }

    private static func used(_ uses: [ColumnUse]) -> HTML {
        guard !uses.isEmpty else { return "<span class=\"none\">–</span>" }
        return list(uses, kinds: \.kinds) {
            $0.dataset.text
        } word: { name, uses in
            dataset(name) + ": "
                + words(uses.map { use in use.column.map { column(name, $0) } ?? "its rows" })
        }
    }

    /// A line for each table and each way of taking part.
    private static func list<Item>(
        _ items: [Item], kinds: (Item) -> [ColumnLineage.Kind], _ name: (Item) -> String,
        word: (String, [Item]) -> HTML
    ) -> HTML {
        var groups: [(kinds: [ColumnLineage.Kind], name: String, items: [Item])] = []
        for item in items {
            var kinds = kinds(item)
            // What is computed from a column says more than that it decides as well.
            if kinds.first?.isDirect == true { kinds = Array(kinds.prefix(1)) }
            if let index = groups.firstIndex(where: { $0.kinds == kinds && $0.name == name(item) }) {
                groups[index].items.append(item)
            } else {
                groups.append((kinds, name(item), [item]))
            }
        }
        groups.sort { left, right in
            guard let one = left.kinds.first, let other = right.kinds.first, one != other else {
                return left.name < right.name
            }
            return one < other
        }
        let lines = groups.html { group in
            let words = group.kinds.map { $0.rawValue.replacing("_", with: " ") }.joined(separator: ", ")
            return """
                <li><span class="kind">\(words)</span> <span>\(word(group.name, group.items))</span></li>
                """
        }
        return "<ul>\(lines)</ul>"
    }

    private static func words(_ words: [HTML]) -> HTML {
        HTML(words.enumerated().map { $0 == 0 ? $1 : ", " + $1 })
    }

    private static func dataset(_ name: String) -> HTML {
        "<a href=\"/datasets/\(url: name)/lineage\">\(name)</a>"
    }

    private static func column(_ dataset: String, _ name: String) -> HTML {
        """
        <a class="mono" href="/datasets/\(url: dataset)/lineage#column-\(url: name.lowercased())">\(name)</a>
        """
    }
}
