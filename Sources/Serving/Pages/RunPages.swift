import Project
import Recording
import Scheduling
import Timetable

/// The list of runs, and the page of one.
enum RunPages {
    static let perPage = 50

    private static let outcomes = ["done", "failed", "cancelled", "interrupted", "nothing_to_do"]

    static func list(_ visit: Visit, _ site: Site) throws -> HTML {
        let cursor = try visit.cursor()
        let outcome = visit.query.text("outcome").flatMap { outcomes.contains($0) ? $0 : nil }
        let page = site.runs(from: cursor, outcome: outcome, limit: perPage)
        let rows = page.runs.html { row($0, visit) }
        let filters = ([nil] + outcomes.map(Optional.some)).html { entry in
            let current: HTML = entry == outcome ? " aria-current=\"page\"" : ""
            let path: HTML = entry.map { "/runs?outcome=\(url: $0)" } ?? "/runs"
            return "<a href=\"\(path)\"\(current)>\(entry?.replacing("_", with: " ") ?? "all")</a>"
        }
        let head: HTML = """
            <th scope="col">Run</th><th scope="col">State</th><th scope="col">What</th><th scope="col">Why</th>\
            <th scope="col">Started</th><th scope="col" class="number">Took</th><th scope="col" class="number">Made</th>\
            <th scope="col" class="number">Failed</th><th scope="col" class="number">Skipped</th>
            """
        var older: HTML = ""
        if let next = page.next {
            let kept: HTML = outcome.map { "&amp;outcome=\(url: $0)" } ?? ""
            older =
                "<p class=\"more\"><a rel=\"next\" href=\"/runs?from=\(url: next.description)\(kept)\">older runs</a></p>"
        }
        let body: HTML =
            page.runs.isEmpty ? Pieces.empty("There is no such run.") : Pieces.table("Runs", head, rows) + older
        let content: HTML = """
            <div class="head"><h1>Runs</h1></div><nav class="tabs" aria-label="Show only">\(filters)</nav>
            \(Pieces.section("runs", cursor == nil ? "The newest" : "Older ones", live: true, body))
            """
        return Frame.page("Runs", .runs, visit, site, live: cursor == nil ? "" : nil, content)
    }

    private static func row(_ run: RunView, _ visit: Visit) -> HTML {
        let took: HTML = duration(run, visit.now).map { "\(Quantity.seconds($0))" } ?? "–"
        return """
            <tr><th scope="row">\(Pieces.run(run.run.text))</th><td>\(Pieces.phase(run.phase))</td>\
            <td class="mono wrap">\(what(run))</td><td class="wrap">\(run.cause ?? "command line")</td>\
            <td>\(Pieces.ago(run.startedAt ?? run.queuedAt, now: visit.now))</td><td class="number">\(took)</td>\
            <td class="number">\(Pieces.number(run.counts?.done))</td>\
            <td class="number">\(Pieces.number(run.counts?.failed))</td>\
            <td class="number">\(Pieces.number(run.counts?.skipped))</td></tr>
            """
    }

    private static func what(_ run: RunView) -> String {
        guard let order = run.order else { return "–" }
        var words = order.selection.isEmpty ? "everything" : order.selection
        if order.isFullRefresh { words += ", anew" }
        if !order.partitions.isEmpty {
            let names = order.partitions.prefix(3).map(\.text).joined(separator: " ")
            words += " [\(names)\(order.partitions.count > 3 ? " …" : "")]"
        }
        return words
    }

    private static func duration(_ run: RunView, _ now: Int) -> Double? {
        guard let start = run.startedAt, let end = run.finishedAt ?? (run.phase == "running" ? now : nil) else {
            return nil
        }
        return Double(max(0, end - start)) / 1000
    }

    // MARK: One run

    static func one(_ run: RunView, _ visit: Visit, _ site: Site) -> HTML {
        let id = run.run.text
        var actions: HTML = ""
        if visit.mayBe(.operator) {
            if run.isLive { actions += Pieces.button("Cancel", "/runs/\(url: id)/cancel", visit, style: "danger") }
            if run.mayRetry { actions += Pieces.button("Retry", "/runs/\(url: id)/retry", visit, style: "main") }
        }
        var facts: [(String, HTML)] = [
            ("What", "<span class=\"mono\">\(what(run))</span>"), ("Why", "\(run.cause ?? "command line")"),
        ]
        if let queued = run.queuedAt { facts.append(("Queued", Pieces.ago(queued, now: visit.now))) }
        facts.append(("Started", Pieces.ago(run.startedAt, now: visit.now)))
        if let seconds = duration(run, visit.now) { facts.append(("Took", "\(Quantity.seconds(seconds))")) }
        if let counts = run.counts {
            facts.append(
                (
                    "Steps",
                    "\(counts.done) made, \(counts.failed) failed, \(counts.skipped) skipped, \(counts.upToDate) up to date"
                ))
        }
        if let attempt = run.attempt, attempt > 1 { facts.append(("Attempt", "\(attempt)")) }
        let steps = site.history.steps(of: run.run)
        let log = site.log(of: run)
        let body: HTML = """
            <nav class="crumbs" aria-label="Where"><a href="/runs">Runs</a> / <span>\(id)</span></nav>
            <div class="head" id="head" data-live><h1><span class="mono">\(id)</span> \(Pieces.phase(run.phase))</h1>\
            <div class="actions">\(actions)</div></div>
            \(Pieces.section("facts", "At a glance", live: true, Pieces.facts(facts)))
            \(Pieces.section("steps", "Steps", live: true, timeline(run, steps, visit, site)))
            \(Pieces.section("log", "Log", logHTML(log)))
            """
        return Frame.page("Run \(id)", .runs, visit, site, live: id, body)
    }

    private static func timeline(_ run: RunView, _ steps: [PastStep], _ visit: Visit, _ site: Site) -> HTML {
        guard !steps.isEmpty else {
            return Pieces.empty(
                run.phase == "queued"
                    ? "It waits for its turn."
                    : run.isLive ? "No step has begun yet." : "No step was made.")
        }
        let start = min(run.startedAt ?? .max, steps.map(\.startedAt).min() ?? 0)
        let end = max(
            run.finishedAt ?? (run.isLive ? visit.now : start), steps.compactMap(\.finishedAt).max() ?? start, start + 1
        )
        let marks = site.logs.marks(of: run.run)
        let checks = Dictionary(
            grouping: site.history.checks(of: run.run).filter { $0.status != "passed" }, by: \.dataset)
        let rows = steps.html { row($0, checks[$0.dataset] ?? [], from: start, to: end, run, marks[$0.dataset], visit) }
        let total = Double(end - start) / 1000
        let ticks = (0...4).html { "<span>\(Quantity.seconds(total * Double($0) / 4))</span>" }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Steps over time"><table class="timeline">
            <thead><tr><th scope="col">Dataset</th><th scope="col">State</th><th scope="col" class="axis">\
            <span class="hidden">Time</span><span class="ticks" aria-hidden="true">\(ticks)</span></th>\
            <th scope="col" class="number">Took</th><th scope="col" class="number">Rows</th><th scope="col">Reason</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func row(
        _ step: PastStep, _ unhappy: [PastCheck], from start: Int, to end: Int, _ run: RunView, _ mark: StepMark?,
        _ visit: Visit
    ) -> HTML {
        let isRunning = step.result == nil && run.phase == "running"
        let last = step.finishedAt ?? (isRunning ? visit.now : step.startedAt)
        func place(_ moment: Int) -> Int { (moment - start) * 1000 / max(1, end - start) }
        let left = min(996, max(0, place(step.startedAt)))
        let width = min(1000 - left, max(4, place(last) - place(step.startedAt)))
        let style =
            switch step.result {
            case "done": "good"
            case "failed": "bad"
            case "skipped": "unknown"
            default: isRunning ? "running" : "stale"
            }
        let state: HTML
        if isRunning {
            let words = mark.map { mark in
                mark.fraction.map { "\(mark.phase) \(Int(($0 * 100).rounded())) %" } ?? mark.phase
            }
            state = Pieces.badge("running", words ?? "running")
        } else {
            state = Pieces.badge(style, step.result ?? "interrupted")
        }
        var reason = step.message ?? ""
        if step.result == "skipped" { reason = (step.cause ?? "").replacing("_", with: " ") }
        let checks = unhappy.html { check in
            "<li>\(Pieces.check(check.status)) <span class=\"mono\">\(check.name)</span> \(check.message ?? "")</li>"
        }
        let list: HTML = unhappy.isEmpty ? "" : "<ul class=\"list small\">\(checks)</ul>"
        let seconds = step.seconds ?? (isRunning ? Double(visit.now - step.startedAt) / 1000 : nil)
        let version: HTML =
            step.version.map {
                "<a href=\"/datasets/\(url: step.dataset)/preview?version=\($0.number)\">version \($0.number)</a> "
            } ?? ""
        return """
            <tr><th scope="row">\(Pieces.dataset(step.dataset))</th><td data-step="\(step.dataset)">\(state)</td>\
            <td class="axis"><svg class="bar \(style)" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="rail" width="1000" height="14"/><rect class="span" x="\(left)" width="\(width)" height="14"/></svg></td>\
            <td class="number">\(seconds.map { "\(Quantity.seconds($0))" } ?? "–" as HTML)</td>\
            <td class="number">\(Pieces.number(step.rows?.published))</td>\
            <td class="wrap">\(version)\(reason)\(list)</td></tr>
            """
    }

    private static func logHTML(_ lines: [LogLine]) -> HTML {
        let items = lines.html { line in
            let time = line.at.map { String($0.dropFirst(11).prefix(8)) } ?? ""
            let dataset: HTML = line.dataset.map { "<b>\($0)</b> " } ?? ""
            return
                "<li class=\"\(line.level.rawValue)\"><span class=\"when\">\(time)</span> \(dataset)<span>\(line.text)</span></li>"
        }
        return """
            <ol class="log" id="lines" tabindex="0" role="log" aria-label="Log of the run">\(items)</ol>
            """
    }
}
