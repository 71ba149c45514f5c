import Millrace
import Project
import Recording
import Scheduling
import Timetable

/// The pages of triggers and of backfills.
enum ControlPages {
    static func triggers(_ visit: Visit, _ site: Site) -> HTML {
        let triggers = site.control.snapshot().triggers
        let mayChange = visit.mayBe(.operator)
        let rows = triggers.html { trigger in
            let name = trigger.name
            let actions: HTML =
                !mayChange
                ? ""
                : Pieces.button("Run now", "/triggers/\(url: name)/fire", visit, label: "Run \(name) now")
                    + (trigger.isPaused
                        ? Pieces.button(
                            "Resume", "/triggers/\(url: name)/resume", visit, style: "main", label: "Resume \(name)")
                        : Pieces.button(
                            "Pause", "/triggers/\(url: name)/pause", visit, style: "quiet", label: "Pause \(name)"))
            return """
                <tr><th scope="row">\(name)</th><td>\(trigger.isPaused ? Pieces.badge("stale", "paused") : Pieces.badge("good", "active"))</td>\
                <td class="wrap">\(trigger.condition)</td>\
                <td class="mono wrap">\(trigger.selection.isEmpty ? "everything" : trigger.selection)</td>\
                <td>\(trigger.isPaused ? "<span class=\"none\">–</span>" : Pieces.ahead(trigger.next, now: visit.now))</td>\
                <td>\(Pieces.ago(trigger.lastFired, now: visit.now))</td>\
                <td>\(trigger.lastRun.map { Pieces.run($0.text) } ?? "<span class=\"none\">–</span>")</td>\
                <td class="actions">\(actions)</td></tr>
                """
        }
        let head: HTML = """
            <th scope="col">Trigger</th><th scope="col">State</th><th scope="col">Fires</th><th scope="col">Runs</th>\
            <th scope="col">Next</th><th scope="col">Last fired</th><th scope="col">Last run</th>\
            <th scope="col"><span class="hidden">Actions</span></th>
            """
        let body: HTML =
            triggers.isEmpty
            ? Pieces.empty("The project has no triggers. They are written in millrace.yaml, under triggers.")
            : Pieces.table("Triggers", head, rows)
        return Frame.page(
            "Triggers", .triggers, visit, site, live: "",
            "<div class=\"head\"><h1>Triggers</h1></div>\(Pieces.section("triggers", "What starts runs", live: true, body))"
        )
    }

    // MARK: Backfills

    static func backfills(_ visit: Visit, _ site: Site) -> HTML {
        let backfills = site.control.snapshot().backfills.sorted { $0.createdAt > $1.createdAt }
        let list = backfills.html { card($0, visit) }
        let body: HTML = backfills.isEmpty ? Pieces.empty("There is no backfill.") : "<ul class=\"cards\">\(list)</ul>"
        let content: HTML = """
            <div class="head"><h1>Backfills</h1></div>
            \(Pieces.section("backfills", "All of them", live: true, body))\(form(visit, site))
            """
        return Frame.page("Backfills", .backfills, visit, site, live: "", content)
    }

    private static func card(_ backfill: SchedulerSnapshot.BackfillState, _ visit: Visit) -> HTML {
        let id = backfill.id.text
        var actions: HTML = ""
        if visit.mayBe(.operator) {
            func button(_ word: String, _ action: String, _ style: HTML) -> HTML {
                Pieces.button(
                    word, "/backfills/\(url: id)/\(url: action)", visit, style: style, label: "\(word) backfill \(id)")
            }
            if backfill.phase == .running { actions += button("Pause", "pause", "quiet") }
            if backfill.phase == .paused { actions += button("Resume", "resume", "main") }
            if backfill.phase == .running || backfill.phase == .paused {
                actions += button("Cancel", "cancel", "danger")
            }
        }
        let total = max(1, backfill.total)
        func width(_ count: Int) -> Int { count * 1000 / total }
        let (done, failed, running) = (width(backfill.done), width(backfill.failed), width(backfill.running))
        let runs = backfill.runs.suffix(5).html { "\(Pieces.run($0.text)) " }
        let order = backfill.order
        return """
            <li class="card"><div class="head"><h3>\(Pieces.dataset(order.dataset.text)) <span class="mono">\(order.from.text) … \(order.to.text)</span> \
            \(Pieces.phase(backfill.phase.rawValue))</h3><div class="actions">\(actions)</div></div>
            <svg class="bar stack" viewBox="0 0 1000 14" preserveAspectRatio="none" role="img"\
             aria-label="\(backfill.done) of \(backfill.total) partitions are made">\
            <rect class="rail" width="1000" height="14"/><rect class="span good" width="\(done)" height="14"/>\
            <rect class="span bad" x="\(done)" width="\(failed)" height="14"/>\
            <rect class="span running" x="\(done + failed)" width="\(running)" height="14"/></svg>
            <p>\(backfill.done) of \(Quantity.count(backfill.total, "partition")) made, \(backfill.running) going on, \
            \(backfill.failed) failed <span class="faint">· \(order.which.rawValue) · \(Quantity.count(order.concurrency, "run")) at once · \
            \(Pieces.ago(backfill.createdAt, now: visit.now)) · \(id)</span></p><p>\(runs)</p></li>
            """
    }

    private static func form(_ visit: Visit, _ site: Site) -> HTML {
        guard visit.mayBe(.operator) else { return "" }
        let datasets = site.sight.survey.datasets.filter { $0.partitions != nil }
        guard !datasets.isEmpty else {
            return Pieces.section(
                "new", "A new one", Pieces.empty("No dataset of the project is made part by part (partitions)."))
        }
        let options = datasets.html {
            "<option value=\"\($0.name.text)\">\($0.name.text) (\($0.partitions ?? ""))</option>"
        }
        return Pieces.section(
            "new", "A new one",
            """
            <form method="post" action="/backfills" class="fields">\(Pieces.seal(visit))
            <label>Dataset <select name="dataset" required>\(options)</select></label>
            <label>First partition <input name="from" required maxlength="128" placeholder="2024-01-01" autocomplete="off"></label>
            <label>Last partition <input name="to" required maxlength="128" placeholder="2024-12-31" autocomplete="off"></label>
            <label>Which <select name="which"><option value="missing">missing ones</option><option value="failed">failed ones</option>\
            <option value="all">all</option></select></label>
            <label>Runs at once <input name="concurrency" type="number" min="1" max="64" value="1"></label>
            <label>Partitions a run <input name="partitions_per_run" type="number" min="1" max="1000" value="10"></label>
            <button class="main">Start</button></form>
            """)
    }
}
