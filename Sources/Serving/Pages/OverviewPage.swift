import Millrace
import Project
import Recording
import Scheduling

/// The first page: all datasets, what runs, what is wrong.
enum OverviewPage {
    /// A larger picture is shown when somebody asks for it.
    private static let largestPicture = 150

    static func html(_ visit: Visit, _ site: Site) -> HTML {
        let sight = site.sight
        let survey = sight.survey
        let marks = site.marks(now: visit.now)
        let picture = GraphPicture(sight.layout, marks: marks).html("The graph of datasets")
        let isLarge = survey.datasets.count > largestPicture
        let graph: HTML =
            survey.datasets.isEmpty
            ? Pieces.empty(site.knowledge.isRenewed ? "The project has no datasets yet." : "Looking at the project …")
            : isLarge
                ? "<details><summary>Show the graph of \(survey.datasets.count) datasets</summary>\(picture)</details>"
                : picture
        let body: HTML = """
            <div class="head"><h1>\(site.project)</h1><div class="actions">\(runForm(visit))</div></div>
            <div id="state" data-live>\(problems(survey, site))\(tally(marks, survey, visit))</div>
            \(going(visit, site))\(Pieces.section("graph", "Datasets", live: !isLarge, graph))
            \(table(survey, marks, visit))
            """
        return Frame.page("Overview", .overview, visit, site, live: "", body)
    }

    private static func runForm(_ visit: Visit) -> HTML {
        guard visit.mayBe(.operator) else { return "" }
        let full: HTML =
            visit.mayBe(.admin)
            ? "<label class=\"check\"><input type=\"checkbox\" name=\"full_refresh\" value=\"yes\"> anew from all rows</label>"
            : ""
        return """
            <form method="post" action="/runs" class="row">\(Pieces.seal(visit))\
            <label class="hidden" for="selection">Selection</label>\
            <input id="selection" name="selection" placeholder="all that is stale" maxlength="1000" autocomplete="off"\
             spellcheck="false" title="As on the command line: flights+, tag:daily, …">\(full)\
            <button class="main">Run</button></form>
            """
    }

    private static func problems(_ survey: Survey, _ site: Site) -> HTML {
        var problems = survey.problems
        if let failure = site.knowledge.failure {
            problems.insert(
                Survey.Problem(.error("the project could not be looked at: \(failure)")), at: 0)
        }
        guard !problems.isEmpty else { return "" }
        let hasErrors = problems.contains(where: \.isError)
        let items = problems.prefix(20).html { problem in
            let place: HTML =
                problem.file.map { file in
                    problem.line.map { "<span class=\"mono\">\(file):\($0)</span> " }
                        ?? "<span class=\"mono\">\(file)</span> "
                } ?? ""
            let hint: HTML = problem.hint.map { " <span class=\"faint\">\($0)</span>" } ?? ""
            return "<li>\(place)\(problem.message)\(hint)</li>"
        }
        let rest: HTML = problems.count > 20 ? "<li>… and \(problems.count - 20) more</li>" : ""
        return """
            <div class="banner \(hasErrors ? "bad" : "stale")" role="alert"><h2>\
            \(hasErrors ? "Something is wrong with the project" : "A word about the project")</h2>\
            <ul>\(items)\(rest)</ul></div>
            """
    }

    private static let order = ["bad", "late", "running", "stale", "new", "good", "unknown"]

    private static func tally(_ marks: [DatasetName: StateMark], _ survey: Survey, _ visit: Visit) -> HTML {
        let groups = Dictionary(grouping: marks.values, by: \.style)
        let items = order.compactMap { groups[$0] }.html { group in
            "<li class=\"\(group[0].style)\"><strong>\(group.count)</strong> \(group[0].word)</li>"
        }
        return """
            <ul class="tally" aria-label="Datasets by state">\(items)</ul>
            """
    }

    private static func going(_ visit: Visit, _ site: Site) -> HTML {
        let runs = site.control.snapshot().runs.filter { $0.phase == .queued || $0.phase == .running }
            .sorted { $0.run.text > $1.run.text }
        let rows = runs.html { run in
            """
            <li>\(Pieces.phase(run.phase.rawValue)) \(Pieces.run(run.run.text)) <span>\
            \(run.order.selection.isEmpty ? "everything" : run.order.selection)</span> \
            <span class="faint">\(run.cause) · \(Pieces.ago(run.startedAt ?? run.queuedAt, now: visit.now))</span></li>
            """
        }
        let body: HTML = runs.isEmpty ? Pieces.empty("Nothing runs right now.") : "<ul class=\"list\">\(rows)</ul>"
        return Pieces.section("going", "Going on", live: true, aside: "<a href=\"/runs\">all runs</a>", body)
    }

    private static func table(_ survey: Survey, _ marks: [DatasetName: StateMark], _ visit: Visit) -> HTML {
        guard !survey.datasets.isEmpty else { return "" }
        let rows = survey.datasets.html { dataset in
            let mark = marks[dataset.name] ?? .unknown
            let refused: HTML =
                (dataset.live?.quarantineRows ?? 0) > 0
                ? "<a href=\"/datasets/\(url: dataset.name.text)/quarantine\">\(Pieces.number(dataset.live?.quarantineRows))</a>"
                : "<span class=\"none\">–</span>"
            return """
                <tr><th scope="row">\(Pieces.dataset(dataset.name.text))</th><td>\(Pieces.badge(mark))</td>\
                <td class="number">\(dataset.live.map { "\($0.version)" } ?? "–")</td>\
                <td class="number">\(Pieces.number(dataset.live?.rows))</td><td class="number">\(refused)</td>\
                <td class="number">\(Pieces.bytes(dataset.live?.bytes))</td>\
                <td>\(Pieces.ago(dataset.live?.published, now: visit.now))</td>\
                <td class="wrap faint">\(dataset.description ?? "")</td></tr>
                """
        }
        let head: HTML = """
            <th scope="col">Dataset</th><th scope="col">State</th><th scope="col" class="number">Version</th>\
            <th scope="col" class="number">Rows</th><th scope="col" class="number">Refused</th>\
            <th scope="col" class="number">Size</th><th scope="col">Published</th><th scope="col">Description</th>
            """
        let filter: HTML = """
            <label class="filter"><span class="hidden">Show only</span>\
            <input type="search" data-filter="list" placeholder="Show only …" autocomplete="off"></label>
            """
        return Pieces.section(
            "list", "All datasets", live: true, aside: filter, Pieces.table("All datasets", head, rows))
    }
}
