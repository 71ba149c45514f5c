import Millrace
import Project
import Recording
import Store

/// The pages of one dataset.
enum DatasetPage {
    enum Tab: String, CaseIterable {
        case about, versions, preview, checks, lineage, quarantine

        var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    }

    static func frame(
        _ dataset: Survey.Dataset, _ tab: Tab, _ visit: Visit, _ site: Site, _ body: HTML
    ) -> HTML {
        let mark = site.marks(now: visit.now)[dataset.name] ?? .unknown
        let name = dataset.name.text
        let tabs = Tab.allCases.html { entry in
            let current: HTML = entry == tab ? " aria-current=\"page\"" : ""
            let path: HTML = entry == .about ? "" : "/\(entry.rawValue)"
            return "<a href=\"/datasets/\(url: name)\(path)\"\(current)>\(entry.word)</a>"
        }
        let run: HTML =
            visit.mayBe(.operator)
            ? Pieces.button(
                "Run", "/runs", visit, style: "main", label: "Run \(name)",
                fields: "<input type=\"hidden\" name=\"selection\" value=\"\(name)\">") : ""
        let description: HTML = dataset.description.map { "<p class=\"lead\">\($0)</p>" } ?? ""
        let page: HTML = """
            <nav class="crumbs" aria-label="Where"><a href="/">Datasets</a> / <span>\(name)</span></nav>
            <div class="head" id="head" data-live><h1>\(name) \(Pieces.badge(mark))</h1><div class="actions">\(run)</div></div>
            \(description)<nav class="tabs" aria-label="Dataset">\(tabs)</nav>
            \(body)
            """
        return Frame.page("\(name) \(tab == .about ? "" : tab.rawValue)", .overview, visit, site, live: "", page)
    }

    static func about(_ dataset: Survey.Dataset, _ visit: Visit, _ site: Site) -> HTML {
        let live = dataset.live
        var facts: [(String, HTML)] = [
            ("Version", live.map { "\($0.version.number)" } ?? "none yet"),
            ("Published", Pieces.ago(live?.published, now: visit.now)),
            ("Rows", Pieces.number(live?.rows)), ("Size", Pieces.bytes(live?.bytes)),
            ("Why it stands so", "\(dataset.reasons.isEmpty ? "–" : dataset.reasons.joined(separator: ", "))"),
            ("Step", "\(dataset.kind), \(dataset.mode)"),
            ("Defined in", "<span class=\"mono\">\(dataset.definedIn)</span>"),
        ]
        if let run = live?.record?.run { facts.append(("Made by", Pieces.run(run.text))) }
        if let account = live?.record?.rows {
            facts.append(
                (
                    "Account",
                    "\(Quantity.grouped(account.read)) read = \(Quantity.grouped(account.published)) published + \(Quantity.grouped(account.quarantined)) refused"
                ))
        }
        if !dataset.key.isEmpty {
            facts.append(("Key", "<span class=\"mono\">\(dataset.key.joined(separator: ", "))</span>"))
        }
        if let partitions = dataset.partitions { facts.append(("Partitions", "\(partitions)")) }
        if let within = dataset.freshWithin {
            facts.append(
                (
                    "Freshness",
                    "within \(Quantity.seconds(Double(within)))\(dataset.isLate(at: visit.now) ? ", and it is late" : "")"
                ))
        }
        if let splits = live?.record?.splits, !splits.isEmpty {
            let words = splits.sorted { $0.value > $1.value }.map { "\($0.key) \(Quantity.grouped($0.value))" }
            facts.append(("Splits", "\(words.joined(separator: ", "))"))
        }
        if !dataset.needs.isEmpty { facts.append(("Made from", names(dataset.needs))) }
        if !dataset.neededFor.isEmpty { facts.append(("Needed for", names(dataset.neededFor))) }
        if !dataset.tags.isEmpty { facts.append(("Tags", "\(dataset.tags.joined(separator: ", "))")) }
        let sql: HTML =
            dataset.sql.map {
                "<details><summary>The query</summary><pre class=\"code\" tabindex=\"0\"><code>\($0)</code></pre></details>"
            } ?? ""
        let body =
            Pieces.section("facts", "At a glance", live: true, Pieces.facts(facts))
            + Pieces.section("checks", "Checks of the live version", live: true, checks(live?.record))
            + Pieces.section("columns", "Columns", live: true, columns(dataset)) + sql
        return frame(dataset, .about, visit, site, body)
    }

    private static func names(_ names: [DatasetName]) -> HTML {
        HTML(
            names.enumerated().map {
                $0.offset == 0 ? Pieces.dataset($0.element.text) : ", \(Pieces.dataset($0.element.text))"
            })
    }

    private static func columns(_ dataset: Survey.Dataset) -> HTML {
        guard let columns = dataset.live?.columns, !columns.isEmpty else {
            return Pieces.empty("The columns are known once there is a version.")
        }
        let rows = columns.html { column in
            let key: HTML = dataset.key.contains(column.name) ? " \(Pieces.badge("plain", "key"))" : ""
            return """
                <tr><th scope="row" class="mono">\(column.name)\(key)</th><td class="mono faint">\(column.type)</td>\
                <td class="wrap">\(column.description ?? "")</td></tr>
                """
        }
        return Pieces.table(
            "Columns", "<th scope=\"col\">Column</th><th scope=\"col\">Type</th><th scope=\"col\">Description</th>",
            rows)
    }

    private static func checks(_ record: VersionRecord?) -> HTML {
        guard let checks = record?.checks, !checks.isEmpty else { return Pieces.empty("No check was made.") }
        let rows = checks.html { check in
            """
            <tr><th scope="row" class="mono">\(check.name)</th><td>\(Pieces.check(check.status.rawValue))</td>\
            <td class="number">\(Pieces.number(check.failing))</td><td class="number">\(Pieces.number(check.looked))</td>\
            <td class="wrap">\(check.message ?? "")</td></tr>
            """
        }
        return Pieces.table(
            "Checks",
            """
            <th scope="col">Check</th><th scope="col">Result</th><th scope="col" class="number">Failing</th>\
            <th scope="col" class="number">Looked at</th><th scope="col">What was found</th>
            """, rows)
    }

    // MARK: Versions

    static func versions(
        _ dataset: Survey.Dataset, _ entries: [HistoryEntry], hasMore: Bool, _ visit: Visit, _ site: Site
    ) -> HTML {
        let name = dataset.name.text
        let tags = Dictionary(grouping: dataset.live?.tags ?? [], by: \.version)
        let rows = entries.html { entry in
            let labels = (tags[entry.version.number] ?? []).html { " \(Pieces.badge("plain", $0.name))" }
            let inputs = (entry.record?.inputs ?? [:]).sorted { $0.key < $1.key }.map {
                "\($0.key)@\($0.value.version)"
            }
            return """
                <tr><th scope="row">\(entry.version.number)\(labels)</th>\
                <td>\(Pieces.ago(entry.time, now: visit.now))</td>\
                <td>\(entry.upkeep ?? entry.operation ?? "")</td>\
                <td class="number">\(Pieces.number(entry.record?.rows.published ?? entry.rowsAdded))</td>\
                <td class="number">\(Pieces.number(entry.record?.rows.quarantined))</td>\
                <td class="number">\(Pieces.bytes(entry.bytesAdded))</td>\
                <td>\(entry.record.map { Pieces.run($0.run.text) })</td>\
                <td class="mono wrap faint">\(inputs.joined(separator: " "))</td>\
                <td><a href="/datasets/\(url: name)/preview?version=\(entry.version.number)"\
                 aria-label="Rows of version \(entry.version.number)">rows</a></td></tr>
                """
        }
        let head: HTML = """
            <th scope="col">Version</th><th scope="col">Published</th><th scope="col">By</th>\
            <th scope="col" class="number">Rows</th><th scope="col" class="number">Refused</th>\
            <th scope="col" class="number">Added</th><th scope="col">Run</th><th scope="col">Made from</th>\
            <th scope="col">Look</th>
            """
        let more: HTML =
            hasMore
            ? "<p class=\"more\"><a href=\"/datasets/\(url: name)/versions?limit=\(entries.count * 4)\">older versions</a></p>"
            : ""
        let body: HTML =
            entries.isEmpty ? Pieces.empty("There is no version yet.") : Pieces.table("Versions", head, rows) + more
        return frame(dataset, .versions, visit, site, Pieces.section("versions", "Versions", live: true, body))
    }

    // MARK: Rows

    static func preview(_ dataset: Survey.Dataset, _ rows: Site.Rows, _ visit: Visit, _ site: Site) -> HTML {
        let title = rows.version.map { "The first rows of version \($0)" } ?? "Rows"
        let body: HTML =
            rows.rows.isEmpty
            ? Pieces.empty(dataset.live == nil ? "There is no version yet." : "The version has no rows.") : table(rows)
        let form: HTML = """
            <form class="row" method="get"><label>Version <input name="version" type="number" min="0" class="small"\
             value="\(rows.version.map { "\($0)" } ?? "")"></label><label>Rows <input name="limit" type="number" min="1"\
             max="200" class="small" value="\(visit.query.text("limit") ?? "20")"></label><button>Show</button></form>
            """
        return frame(dataset, .preview, visit, site, Pieces.section("rows", title, aside: form, body))
    }

    static func quarantine(_ dataset: Survey.Dataset, _ rows: Site.Rows, _ visit: Visit, _ site: Site) -> HTML {
        let count = dataset.live?.quarantineRows ?? rows.rows.count
        let body: HTML =
            rows.rows.isEmpty
            ? Pieces.empty("The live version refused no row.")
            : "<p class=\"lead\">The live version refused \(Quantity.count(count, "row")); here are the first \(rows.rows.count).</p>\(table(rows))"
        return frame(dataset, .quarantine, visit, site, Pieces.section("refused", "Refused rows", body))
    }

    private static let longestValue = 300

    private static func table(_ rows: Site.Rows) -> HTML {
        let head = rows.columns.html { "<th scope=\"col\" class=\"mono\">\($0)</th>" }
        let body = rows.rows.html { row in
            let fields = Dictionary(row.asFields ?? [], uniquingKeysWith: { first, _ in first })
            return "<tr>\(rows.columns.html { value(fields[$0] ?? .null) })</tr>"
        }
        return Pieces.table("Rows", head, body, style: "rows")
    }

    private static func value(_ json: JSON) -> HTML {
        switch json {
        case .null: return "<td><span class=\"none\">NULL</span></td>"
        case .int, .double: return "<td class=\"number\">\(json.text)</td>"
        case .string(let text):
            let short = text.count > longestValue ? text.prefix(longestValue) + "…" : text[...]
            return "<td>\(short)</td>"
        default:
            let text = json.text
            return "<td class=\"mono\">\(text.count > longestValue ? text.prefix(longestValue) + "…" : text[...])</td>"
        }
    }

    // MARK: Checks over time

    static func checks(_ dataset: Survey.Dataset, _ visit: Visit, _ site: Site) -> HTML {
        let runs = Array(site.checkedRuns(of: dataset.name, limit: 30).reversed())
        var names: [String] = []
        for run in runs.reversed() {
            for check in run.checks where !names.contains(check.name) { names.append(check.name) }
        }
        guard !names.isEmpty else {
            return frame(
                dataset, .checks, visit, site,
                Pieces.section("checks", "Checks", Pieces.empty("No run has checked this dataset yet.")))
        }
        let head = runs.html { run in
            "<th scope=\"col\"><a href=\"/runs/\(url: run.run.text)\" title=\"\(Timestamp.utc(run.at))\" aria-label=\"Run of \(Timestamp.utc(run.at))\">\(String(Timestamp.utc(run.at).dropFirst(5).prefix(5)))</a></th>"
        }
        let rows = names.html { name in
            let cells = runs.html { run in
                guard let check = run.checks.first(where: { $0.name == name }) else { return "<td></td>" }
                return cell(check)
            }
            return "<tr><th scope=\"row\" class=\"mono\">\(name)</th>\(cells)</tr>"
        }
        let body: HTML = """
            <p class="lead">Each column is a run, the newest on the right: ✓ passed, ! warned, » rows refused, ✗ failed.</p>
            \(Pieces.table("Checks over time", "<th scope=\"col\">Check</th>\(head)", rows, style: "matrix"))
            """
        return frame(dataset, .checks, visit, site, Pieces.section("checks", "Checks over time", live: true, body))
    }

    private static func cell(_ check: PastCheck) -> HTML {
        let (style, sign) =
            switch check.status {
            case "passed": ("good", "✓")
            case "warned": ("stale", "!")
            case "quarantined": ("stale", "»")
            default: ("bad", "✗")
            }
        var words = check.status
        if let failing = check.failing, failing > 0 { words += ", \(Quantity.count(failing, "row"))" }
        if let value = check.value { words += ", \(Quantity.value(value))" }
        return """
            <td class="\(style)" title="\(words)"><span aria-hidden="true">\(sign)</span><span class="hidden">\(words)</span></td>
            """
    }

    // MARK: Lineage

    static func lineage(_ dataset: Survey.Dataset, _ visit: Visit, _ site: Site) -> HTML {
        let sight = site.sight
        let around = neighbourhood(of: dataset.name, in: sight)
        let layout = GraphLayout(
            sight.survey.datasets.filter { around.contains($0.name) }.map {
                ($0.name, $0.needs.filter { around.contains($0) })
            })
        let picture = GraphPicture(layout, marks: site.marks(now: visit.now), centre: dataset.name)
            .html("What \(dataset.name) is made from, and what is made from it")
        let upstream = sight.upstream(of: dataset.name)
        let downstream = sight.downstream(of: dataset.name)
        let facts = Pieces.facts([
            ("Made from, by whatever way", upstream.isEmpty ? "nothing in this project" : names(upstream)),
            ("Needed for, by whatever way", downstream.isEmpty ? "nothing in this project" : names(downstream)),
        ])
        let body =
            Pieces.section("around", "Around it", live: true, picture)
            + ColumnLineagePiece.html(site.outlook.lineage(dataset.name)) + Pieces.section("all", "All of it", facts)
        return frame(dataset, .lineage, visit, site, body)
    }

    /// What is within two steps.
    private static func neighbourhood(of name: DatasetName, in sight: Sight) -> Set<DatasetName> {
        var found: Set<DatasetName> = [name]
        for next in [{ sight[$0]?.needs ?? [] }, { sight[$0]?.neededFor ?? [] }] as [(DatasetName) -> [DatasetName]] {
            var edge: [DatasetName] = [name]
            for _ in 0..<2 {
                edge = Array(edge.flatMap(next).prefix(60))
                found.formUnion(edge)
            }
        }
        return found
    }
}
